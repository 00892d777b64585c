import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rerank } from "../../engine/answer/find/rerank.ts";
import { createEmbedder, type WorkerEmbedder } from "../../engine/knowledge/embedder.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { projectRoot, sharedData, workersFolder } from "../data.ts";
import { passageOf } from "../fakes/sources.ts";

const shared = sharedData();
const texts = ["Bread needs flour, water and patience.", "The whale surfaced near the harbour at dawn.", "Quarterly revenue fell by four percent."];
const candidates = texts.map((text, position) => ({ passage: passageOf(text, { position }) }));

// Without the shared test data (see test/data.ts) there is no cross-encoder to run.
describe.skipIf(shared === undefined)("a cross-encoder in the embedder's worker", () => {
  const folder = join(shared ?? "", "models", "lexical-reranker");
  let embedder: WorkerEmbedder;
  beforeAll(async () => {
    embedder = await createEmbedder({ workerHost: createNodeWorkerHost(workersFolder), modelFolder: join(projectRoot, "models", "all-MiniLM-L6-v2"), name: "minilm" });
  });
  afterAll(() => embedder.dispose());
  const reranker = (at = folder) => ({ name: "cross", score: (question: string, all: readonly string[], signal: AbortSignal) => embedder.rerank(at, question, all, signal) });

  it("puts the passage that fits first, and the embedder goes on beside it", async () => {
    const { candidates: order, note } = await rerank("Where did the whale surface?", candidates, { reranker: reranker(), budgetMs: 60_000, depth: 3 });
    expect(note).toBeUndefined();
    expect(order[0]).toMatchObject({ passage: { position: 1 }, reranked: { rank: 1 } });
    expect(new Set(order.map((one) => one.reranked?.score)).size).toBeGreaterThan(1);
    expect(await embedder.embedQuery("whale")).toHaveLength(384);
  });

  it("is cut cleanly by its time, and the next call works", async () => {
    const many = Array.from({ length: 200 }, (_, position) => ({ passage: passageOf(`${texts[position % 3]} `.repeat(60), { position }) }));
    const cut = await rerank("Where did the whale surface?", many, { reranker: reranker(), budgetMs: 1, depth: 200 });
    expect(cut.note).toContain("was not done after 1 ms");
    expect(cut.candidates.map((one) => one.passage.position)).toEqual(many.map((_, i) => i));
    expect((await rerank("whale", candidates, { reranker: reranker(), budgetMs: 60_000, depth: 3 })).note).toBeUndefined();
  });

  it("leaves the order and says why where the folder holds none", async () => {
    const { candidates: order, note } = await rerank("whale", candidates, { reranker: reranker(join(folder, "gone")), budgetMs: 60_000, depth: 3 });
    expect(order).toEqual(candidates);
    expect(note).toContain("config.json is missing");
  });
});
