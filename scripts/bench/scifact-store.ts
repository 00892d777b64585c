/**
 * SciFact through embedder and store alone: passages per second, milliseconds per search, nDCG.
 *   node scripts/run.mjs scripts/bench/scifact-store.ts [--data FOLDER] [--store FOLDER] [--tokens 128] [--bare-title]
 * A second run on the same --store embeds nothing. The whole product's figures come from scifact.ts; these tell which part a loss is in.
 */
import { readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sha256 } from "../../engine/base/hash.ts";
import { createEmbedder } from "../../engine/knowledge/embedder.ts";
import { openKnowledge } from "../../engine/knowledge/lance/knowledge-store.ts";
import type { DocumentWithPassages, ScoredPassage, StoredPassage } from "../../engine/knowledge/store.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { mean, ndcg, recall, reciprocalRank } from "../../engine/evaluation/metrics.ts";

const { values } = parseArgs({ options: { data: { type: "string", default: "../shared/data/scifact" }, store: { type: "string" }, tokens: { type: "string", default: "128" }, "bare-title": { type: "boolean", default: false } } });
const limit = Number(values.tokens);
const DEPTH = 100;
const BATCH = 32;
const everything = { filter: {}, excludeDocumentIds: [], excludeCollectionIds: [] };

const embedder = await createEmbedder({ workerHost: createNodeWorkerHost("out/workers"), modelFolder: "models/all-MiniLM-L6-v2", name: "all-MiniLM-L6-v2" });
const uri = values.store ?? (await mkdtemp(join(tmpdir(), "scifact-")));
const store = await openKnowledge({ uri, embedderIdentity: embedder.identity, dimensions: embedder.dimensions });
await store.recover();

interface Article { readonly _id: string; readonly title: string; readonly text: string }

/** Sentences packed into passages of at most `limit` tokens, the title in front of each: a stand-in for the product's chunker. */
async function passagesOf({ title, text }: Article): Promise<Omit<StoredPassage, "vector">[]> {
  const sentences = [...new Intl.Segmenter("en", { granularity: "sentence" }).segment(text)];
  const counts = await embedder.countTokens([title, ...sentences.map(({ segment }) => segment)]);
  const room = limit - (counts[0] ?? 0);
  const passages: { start: number; end: number; tokens: number }[] = [];
  sentences.forEach(({ index, segment }, i) => {
    const tokens = (counts[i + 1] ?? 0) - 2;
    const last = passages.at(-1);
    if (last && last.tokens + tokens <= room) Object.assign(last, { end: index + segment.length, tokens: last.tokens + tokens });
    else passages.push({ start: index, end: index + segment.length, tokens });
  });
  return passages.map(({ start, end }, position) => {
    const body = text.slice(start, end).trim();
    return { position, start, end, headingPath: [], text: body, textHash: sha256(`${title}\n${body}`) };
  });
}

const lines = <T>(file: string) => readFileSync(join(values.data, file), "utf8").trim().split("\n").map((line) => JSON.parse(line) as T);
const judged = new Map<string, Map<string, number>>();
for (const line of readFileSync(join(values.data, "qrels", "test.tsv"), "utf8").trim().split("\n").slice(1)) {
  const [query = "", document = "", grade = "0"] = line.split("\t");
  if (Number(grade) > 0) judged.set(query, (judged.get(query) ?? new Map<string, number>()).set(document, Number(grade)));
}
const articles = lines<Article>("corpus.jsonl");
const queries = lines<Article>("queries.jsonl").filter(({ _id }) => judged.has(_id));
const clock = { count: 0, embed: 0, put: 0 };
let embedded = 0;
let passages = 0;
async function timed<T>(step: keyof typeof clock, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work();
  clock[step] += performance.now() - begun;
  return result;
}

for (let at = 0; at < articles.length; at += BATCH) {
  const documents = articles.slice(at, at + BATCH);
  const chunked = await timed("count", () => Promise.all(documents.map(passagesOf)));
  const texts = documents.flatMap((document, i) => (chunked[i] ?? []).map((passage) => ({ hash: passage.textHash, text: `${document.title}\n${passage.text}` })));
  const known = new Map(await store.vectorsByTextHash(texts.map(({ hash }) => hash)));
  const missing = texts.filter(({ hash }) => !known.has(hash));
  const vectors = await timed("embed", () => embedder.embedPassages(missing.map(({ text }) => text)));
  missing.forEach(({ hash }, i) => known.set(hash, vectors[i] ?? new Float32Array()));
  embedded += missing.length;
  passages += texts.length;
  const batch: DocumentWithPassages[] = documents.map((document, i) => ({
    document: { id: document._id, collectionId: "scifact", path: `${document._id}.txt`, ...(values["bare-title"] ? {} : { title: document.title }), format: "text", contentHash: sha256(document.text), tags: [], language: "en" },
    passages: (chunked[i] ?? []).map((passage) => ({ ...passage, vector: known.get(passage.textHash) ?? new Float32Array() })),
  }));
  await timed("put", () => store.put(batch));
  if (process.stderr.isTTY) process.stderr.write(`\r${at + documents.length} documents`);
}
await store.maintain();

const byDocument = (hits: readonly ScoredPassage[]) => [...new Set(hits.map(({ passage }) => passage.documentId))];
const ranked = { lexical: new Map<string, string[]>(), dense: new Map<string, string[]>(), fused: new Map<string, string[]>() };
const search = { query: [] as number[], lexical: [] as number[], dense: [] as number[] };
for (const { _id: id, text } of queries) {
  const t0 = performance.now();
  const vector = await embedder.embedQuery(text);
  const t1 = performance.now();
  const lexical = byDocument(await store.searchLexical(text, everything, DEPTH));
  const t2 = performance.now();
  const dense = byDocument(await store.searchDense(vector, everything, DEPTH));
  search.query.push(t1 - t0);
  search.lexical.push(t2 - t1);
  search.dense.push(performance.now() - t2);
  ranked.lexical.set(id, lexical);
  ranked.dense.set(id, dense);
  ranked.fused.set(id, fuse([lexical, dense]));
}

/** Reciprocal rank fusion, k = 60. */
function fuse(rankings: readonly (readonly string[])[]): string[] {
  const scores = new Map<string, number>();
  for (const ranking of rankings) ranking.forEach((id, i) => scores.set(id, (scores.get(id) ?? 0) + 1 / (61 + i)));
  return [...scores].sort((a, b) => b[1] - a[1]).map(([id]) => id);
}

const round = (value: number) => Number(value.toFixed(4));
const measured = (lists: ReadonlyMap<string, string[]>) => {
  const average = (measure: typeof ndcg, depth: number) => round(mean([...judged].map(([id, relevant]) => measure(lists.get(id) ?? [], relevant, depth))));
  return { ndcg10: average(ndcg, 10), recall10: average(recall, 10), recall100: average(recall, 100), mrr10: average(reciprocalRank, 10) };
};
const stats = await store.stats();
console.log(JSON.stringify({
  passages, embedded, tokens: limit,
  passagesPerSecond: embedded ? round(embedded / (clock.embed / 1000)) : null,
  documentsPutPerSecond: round(articles.length / (clock.put / 1000)),
  secondsCounting: round(clock.count / 1000),
  medianMs: Object.fromEntries(Object.entries(search).map(([name, ms]) => [name, round(ms.sort((a, b) => a - b)[Math.floor(ms.length / 2)] ?? 0)])),
  megabytesOnDisk: round(stats.bytes / 2 ** 20),
  lexical: measured(ranked.lexical), dense: measured(ranked.dense), fused: measured(ranked.fused),
}, null, 2));
await store.dispose();
await embedder.dispose();
