import { implement, onError } from "@orpc/server";
import { readFile } from "node:fs/promises";
import { LorekeepError } from "../../engine/base/errors.ts";
import type { Extraction } from "../../engine/contract/document.ts";
import type { WorkerHost } from "../../engine/workers/host.ts";
import { ocrContract, type Recognised, type RecognisedWord } from "../../engine/workers/ocr/contract.ts";
import { readerContract } from "../../engine/workers/reader/contract.ts";
import { toWorkerError } from "../../engine/workers/worker-errors.ts";
import { createFakeWorkers } from "./worker-host.ts";

/** How a picture was drawn, which stands in the place of its pixels. */
export interface FakeDrawing { readonly turn: number; readonly width: number }

export interface RecognisingWorkers {
  readonly host: WorkerHost;
  /** Documents want a password. */
  locked: boolean;
  /** What recognition answers, or throws. */
  recognise: (drawing: FakeDrawing) => Recognised;
  /** What was drawn and recognised so far. */
  readonly drawn: FakeDrawing[];
}

/** Words of ten letters each, that are all read with this confidence. */
export const wordsRead = (count: number, confidence: number): Recognised => ({
  skew: 0, paragraphs: count === 0 ? [] : [{ lines: [Array.from({ length: count }, (_, i): RecognisedWord => ({ text: "recognised", confidence, box: [10 + i * 60, 10, 50, 10] }))] }],
});

/**
 * A reader and a recogniser in this process. A document is a file whose first line is the number of its scanned pages, and the rest the text of its
 * first page. A page is as high as wide.
 */
export function createRecognisingWorkers(): RecognisingWorkers {
  const os = implement(readerContract).use(onError((error) => { throw toWorkerError(error); }));
  const ocr = implement(ocrContract).use(onError((error) => { throw toWorkerError(error); }));
  const reader = createFakeWorkers(os.router({
    extract: os.extract.handler(async function* ({ input }) {
      if (workers.locked && input.password === undefined) return yield { type: "refused" as const, reason: { code: "encrypted" as const, message: "Locked." } };
      yield { type: "extracted" as const, extraction: extractionOf(await readFile(input.path, "utf8")) };
    }),
    renderPage: os.renderPage.handler(({ input }) => {
      if (workers.locked && input.password === undefined) throw new LorekeepError("NEEDS_PASSWORD", { reason: "Locked." });
      return { png: JSON.stringify({ turn: input.turn, width: input.width } satisfies FakeDrawing), width: input.width, height: input.width };
    }),
  }));
  const recogniser = createFakeWorkers(ocr.router({
    recognise: ocr.recognise.handler(({ input }) => {
      const drawing = JSON.parse(input.png) as FakeDrawing;
      workers.drawn.push(drawing);
      return workers.recognise(drawing);
    }),
  }));
  const workers: RecognisingWorkers = {
    host: { spawn: (name, options) => (name === "ocr" ? recogniser : reader).host.spawn(name, options) },
    locked: false, recognise: () => wordsRead(3, 0.95), drawn: [],
  };
  return workers;
}

function extractionOf(file: string): Extraction {
  const [count = "0", ...rest] = file.split("\n");
  const text = rest.join("\n").trim();
  const pages = Array.from({ length: Number(count) }, (_, i) => i + 1);
  return {
    format: "pdf", mediaType: "application/pdf", runs: [], warnings: [],
    blocks: text === "" ? [] : [{ kind: "paragraph", text, start: 0, headingPath: [], page: 1 }],
    pages: pages.map((page) => ({ page, width: 600, height: 600, hasText: page === 1 && text !== "" })),
    pictures: pages.map((page) => ({ page })),
  };
}
