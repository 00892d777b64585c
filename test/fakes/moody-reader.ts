// A reader process that does what hostile files make a real one do, by the file's first word. Bundled as workers/reader by the failure tests.
import { readFile } from "node:fs/promises";
import { implement } from "@orpc/server";
import { readerContract } from "../../engine/workers/reader/contract.ts";
import { serveWorker } from "../../engine/workers/serve-worker.ts";

const os = implement(readerContract);
const extract = os.extract.handler(async function* ({ input }) {
  const text = await readFile(input.path, "utf8");
  yield { type: "progress" as const, done: 0, total: 1, unit: "parts" as const };
  if (text.startsWith("crash")) process.abort();
  if (text.startsWith("spin")) for (;;);
  if (text.startsWith("eat")) for (const eaten: unknown[] = []; ; ) eaten.push(new Array(1_000_000).fill(1.5));
  if (text.startsWith("refuse")) return yield { type: "refused" as const, reason: { code: "encrypted" as const, message: "Locked." } };
  yield {
    type: "extracted" as const,
    extraction: { format: "text" as const, mediaType: "text/plain", blocks: [{ kind: "paragraph" as const, text, start: 0, headingPath: [] }], runs: [], pages: [], warnings: [] },
  };
});
const renderPage = os.renderPage.handler(() => { throw new Error("There are no pages here"); });

serveWorker(os.router({ extract, renderPage }));
