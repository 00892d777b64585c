import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { extraction } from "../../engine/contract/document.ts";
import type { WhyReport } from "../../engine/contract/index.ts";
import { blockEngine, type BlockEngine } from "../block-engine.ts";
import { fixture } from "../data.ts";
import { scannedPdf, scanOf } from "../scanned.ts";
import { importModel } from "../test-engine.ts";

/** What was expected is on its way into the index, or never came there. */
const engine = blockEngine();

type Expected = Omit<Parameters<BlockEngine["client"]["evaluation"]["why"]>[0], "question">;
const why = (expected: Expected): Promise<WhyReport> => engine.client.evaluation.why({ question: "Who paints the lighthouse?", ...expected });
const add = async (name: string, content: string | Buffer) => {
  const { added: [document] } = await engine.client.documents.add({ paths: [engine.write(name, content)] });
  return document?.id ?? "";
};

describe("why it was not found, where it is not in the index", () => {
  test("needs-ocr: a scan that waits for a person's word, and one whose pictures are left unread", async () => {
    const scan = await scannedPdf([{ scan: scanOf(["The keeper paints the lighthouse."]) }]);
    await engine.client.settings.update({ ingest: { ocr: "ask" } });
    await add("asked.pdf", scan);
    await engine.client.queue.idle();
    const asked = await why({ document: "asked.pdf" });
    expect(asked.verdict).toMatchObject({ code: "needs-ocr", change: { kind: "ocr", sentence: expect.stringContaining("Start text recognition") } });
    expect(asked.steps[0]).toMatchObject({ name: "file", state: "cut", sentence: "All text of “asked.pdf” is in pictures; 1 of 1 picture is not recognised yet. It waits for your word." });
    expect(asked.steps.slice(1).every(({ state }) => state === "open")).toBe(true);
    await engine.client.queue.recognise({ start: false });
    expect((await why({ document: "asked.pdf" })).verdict).toMatchObject({ code: "needs-ocr", change: { kind: "ocr" } });
  });

  test("needs-ocr: the document has text, and the words may stand in its picture", async () => {
    await add("stamped.pdf", await scannedPdf([{ scan: scanOf(["The keeper paints the lighthouse."]), text: "Received 4 June" }]));
    await engine.client.queue.idle();
    const report = await why({ document: "stamped.pdf", phrase: "paints the lighthouse" });
    expect(report.verdict).toMatchObject({ code: "needs-ocr", sentence: expect.stringContaining("not recognised") });
    expect(report.steps.find(({ name }) => name === "text")?.state).toBe("cut");
    // Without a document the remark says where it may be.
    expect((await why({ phrase: "paints the lighthouse" })).steps[0]?.sentence).toMatch(/pictures whose text is not recognised/);
  });

  test("not-read-yet: it waits in the queue", async () => {
    await engine.client.queue.pause();
    await add("waiting.md", "# Paint\n\nThe lighthouse is painted by the keeper.\n");
    const report = await why({ document: "waiting.md" });
    expect(report.verdict).toMatchObject({ code: "not-read-yet", change: { kind: "wait" } });
    expect(report.document).toMatchObject({ name: "waiting.md", state: "queued" });
    await engine.client.queue.resume();
    await engine.client.queue.idle();
    expect((await why({ document: "waiting.md" })).verdict.code).toBe("found");
  });

  test("in-no-passage: the text that is kept says more than the index holds", async () => {
    const id = await add("grown.md", "# Harbour\n\nThe harbour is deep.\n");
    await engine.client.queue.idle();
    const shelf = join(engine.workspace, "extractions");
    const file = readdirSync(shelf).find((name) => name.startsWith(id)) ?? "";
    const kept = extraction.parse(JSON.parse(gunzipSync(readFileSync(join(shelf, file))).toString("utf8")));
    const last = kept.blocks.at(-1);
    const start = (last?.start ?? 0) + (last?.text.length ?? 0) + 1;
    kept.blocks.push({ kind: "paragraph", text: "A whale was seen off the pier.", start, headingPath: ["Harbour"] });
    writeFileSync(join(shelf, file), gzipSync(JSON.stringify(kept)));
    const report = await why({ document: "grown.md", phrase: "whale was seen" });
    expect(report.verdict).toMatchObject({ code: "in-no-passage", change: { kind: "retry" } });
    expect(report.steps.find(({ name }) => name === "passages")?.state).toBe("cut");
    await engine.client.documents.retry({ ids: [id] });
    await engine.client.queue.idle();
    expect((await why({ document: "grown.md", phrase: "harbour is deep" })).steps.find(({ name }) => name === "passages")?.state).toBe("ok");
  });
});

describe("whose tokens fill the room", () => {
  test("the search's own while no model is loaded, then those of the model that is", async () => {
    await add("long.md", `# Paint\n\n${Array.from({ length: 30 }, (_, day) => `On day ${day} the lighthouse is painted by the keeper, who climbs the tower with a brush.`).join(" ")}`);
    await engine.client.queue.idle();
    const settings = { budget: 80, sources: 8, search: { leastEvidence: 0 } };
    const before = await engine.client.evaluation.probe({ question: "Who paints the lighthouse?", settings });
    expect(before.settings.counter?.kind).toBe("embedder");
    await engine.client.models.load({ id: (await importModel(engine, fixture("toy-world", "models", "toy-world-base-q8.gguf"))).id });
    const after = await engine.client.evaluation.probe({ question: "Who paints the lighthouse?", settings });
    expect(after.settings.counter?.kind).toBe("model");
    const fallen = after.candidates.find(({ dropped }) => dropped?.reason === "budget");
    const days = fallen?.passage.text.match(/day \d+ the lighthouse/g) ?? [];
    const report = await why({ phrase: days[Math.floor(days.length / 2)] ?? "", document: "long.md", settings });
    expect(report.verdict).toMatchObject({ code: "no-room", sentence: expect.stringContaining(`counted as “${after.settings.counter?.name}” counts them`) });
  });
});
