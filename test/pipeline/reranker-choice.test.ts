import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { blockEngine } from "../block-engine.ts";
import { sharedData } from "../data.ts";
import { tinyReranker } from "../fakes/tiny-reranker.ts";
import { importModel } from "../test-engine.ts";

const shared = sharedData();
const engine = blockEngine(({ write, addFolder }) => {
  const files = { "whale.md": "The whale surfaced near the harbour at dawn.", "bread.md": "Bread needs flour, water and a whale of patience.", "money.md": "Quarterly revenue of the whale watchers fell by four percent." };
  for (const [name, text] of Object.entries(files)) write(name, text);
  return addFolder();
});

const text = "Where did the whale surface?";
const importTiny = async () => (await importModel(engine, engine.write("tiny.gguf", tinyReranker()), "copy")).id;

describe("choosing a reranker", () => {
  it("a GGUF on the shelf can be chosen by its id, reranks, and is said to be gone once it is removed", async () => {
    const { client } = engine;
    expect((await client.search.query({ text })).candidates.every(({ reranked }) => reranked === undefined)).toBe(true);
    const id = await importTiny();
    expect((await client.models.list()).find((item) => item.id === id)).toMatchObject({ kind: "reranker", name: "Tiny reranker" });
    expect(await client.models.rerankers()).toEqual([{ id, name: "Tiny reranker", format: "gguf" }]);
    await client.settings.update({ search: { reranker: id, rerankBudgetMs: 60_000 } });
    const { candidates, notes } = await client.search.query({ text });
    expect(notes).toEqual([]);
    expect(candidates.map(({ reranked }) => reranked?.rank)).toEqual([1, 2, 3]);
    expect((await client.search.query({ text, settings: { reranker: "" } })).candidates[0]?.reranked).toBeUndefined();
    expect((await client.system.status()).workers.find(({ name }) => name === "ranker")?.state).toBe("ready");
    await client.models.remove({ id });
    expect((await client.search.query({ text })).notes?.join()).toContain("The reranker you chose failed (it is not installed any more)");
  });

  it("is refused as a chat model, in one sentence", async () => {
    const id = await importTiny();
    await expect(engine.client.models.load({ id })).rejects.toMatchObject({ code: "MODEL_REFUSED", data: { reason: "Tiny reranker is a reranker; it cannot write answers." } });
    await engine.client.models.remove({ id });
  });

  // Without the shared test data (see test/data.ts) there is no cross-encoder to put there.
  it.skipIf(shared === undefined)("a downloaded folder can be chosen as well, also after a restart, and puts the passage that fits first", async () => {
    const { client } = engine;
    cpSync(join(shared ?? "", "models", "lexical-reranker"), join(engine.workspace, "models", "owner", "cross"), { recursive: true });
    mkdirSync(join(engine.workspace, "models", "owner", "unfinished"), { recursive: true });
    writeFileSync(join(engine.workspace, "models", "owner", "unfinished", "config.json"), "{");
    expect(await client.models.rerankers()).toEqual([{ id: "folder:owner/cross", name: "cross", format: "onnx" }]);
    await client.settings.update({ search: { reranker: "folder:owner/cross", rerankBudgetMs: 60_000 } });
    const { hits, candidates } = await client.search.query({ text });
    expect(candidates[0]?.reranked?.rank).toBe(1);
    expect(hits[0]?.passage.path).toContain("whale.md");
  });
});
