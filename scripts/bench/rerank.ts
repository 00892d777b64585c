/**
 * Reranking 20 passages of about 128 tokens on one thread, against its default budget: the cross-encoder in the embedder's worker, and a GGUF
 * reranker in its own.
 *   node scripts/run.mjs scripts/bench/rerank.ts [--folder ../shared/models/lexical-reranker] [--gguf FILE] [--times 20]
 * Without --gguf a tiny one with random weights is used: it shows what the way there and back and llama.cpp's own handling cost, and nothing of a
 * real model's time.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { rerank, type Reranker } from "../../engine/answer/find/rerank.ts";
import { searchSettings } from "../../engine/contract/search.ts";
import { createEmbedder } from "../../engine/knowledge/embedder.ts";
import { Ranker } from "../../engine/models/ranker.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { passageOf } from "../../test/fakes/sources.ts";
import { tinyReranker } from "../../test/fakes/tiny-reranker.ts";

const { values } = parseArgs({ options: { folder: { type: "string", default: "../shared/models/lexical-reranker" }, gguf: { type: "string" }, times: { type: "string", default: "20" } } });
const { rerankBudgetMs: budgetMs, rerankDepth: depth } = searchSettings.parse({});
const workspace = mkdtempSync(join(tmpdir(), "lorekeep-rerank-"));
const host = createNodeWorkerHost(resolve("out", "workers"));
const embedder = await createEmbedder({ workerHost: host, modelFolder: "models/all-MiniLM-L6-v2", name: "all-MiniLM-L6-v2" });
const ranker = new Ranker({ host });
const tiny = join(workspace, "tiny.gguf");
writeFileSync(tiny, tinyReranker());
const path = values.gguf ?? tiny;
// Letters are single tokens to both models, so that the passages are of the length they have in the product.
const letters = [..."abcdefghijklmnopqrstuvwxyz"];
const candidates = Array.from({ length: depth }, (_, position) => ({ passage: passageOf(Array.from({ length: 125 }, (_, i) => letters[(i * 7 + position) % letters.length]).join(" "), { position }) }));

async function measure(name: string, reranker: Reranker): Promise<void> {
  const all: { ms: number; cut: boolean }[] = [];
  for (let i = 0; i <= Number(values.times); i++) {
    const begun = performance.now();
    const { note } = await rerank("q w e r t y u i o p", candidates, { reranker, budgetMs: i === 0 ? 120_000 : budgetMs, depth });
    if (i > 0) all.push({ ms: performance.now() - begun, cut: note !== undefined });
  }
  const sorted = all.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(0);
  console.log(`| ${name} | ${at(0.5)} | ${at(0.95)} | ${all.filter(({ cut }) => cut).length} of ${all.length} |`);
}

console.log(`| ${depth} passages, budget ${budgetMs} ms | p50 ms | p95 ms | cut |\n| --- | --- | --- | --- |`);
if (existsSync(values.folder)) await measure("ONNX, lexical-reranker (a test double)", { name: "onnx", score: (question, texts, signal) => embedder.rerank(values.folder, question, texts, signal) });
await measure(values.gguf === undefined ? "GGUF, two layers with random weights" : "GGUF", { name: "gguf", score: (question, texts, signal) => ranker.score({ path, gpu: "off", threads: 1 }, question, texts, signal) });
ranker.dispose();
await embedder.dispose();
rmSync(workspace, { recursive: true, force: true });
