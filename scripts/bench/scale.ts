/**
 * The store and the search at sizes no library here has, with generated passages of 384 dimensions.
 *   node scripts/run.mjs scripts/bench/scale.ts --passages 100000 [--folder FOLDER] [--queries 200] [--index-every ROWS] [--seconds 240] [--settled]
 * Builds the store in FOLDER through the product's own store, or goes on building, for at most --seconds; prints figures once all is there.
 * --index-every: passages written between two runs of upkeep while building, where the product's own rule (every 4,096, or a sixteenth of what is
 * there) would make a bulk load slow. --settled: an earlier run has seen to upkeep; only measure. The search is hybrid, without embedding and reranking; LanceDB's own two queries run side by side, with the
 * same columns and limits, in turns with it in the same process.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { connect, MultiMatchQuery, Session, type Table } from "@lancedb/lancedb";
import { retrieve } from "../../engine/answer/find/retrieve.ts";
import { searchSettings } from "../../engine/contract/search.ts";
import { indexCacheBytes } from "../../engine/knowledge/lance/connection.ts";
import { openKnowledge } from "../../engine/knowledge/lance/knowledge-store.ts";
import { PASSAGE_COLUMNS } from "../../engine/knowledge/lance/schema.ts";
import { queryWords, PROBES } from "../../engine/knowledge/lance/search.ts";
import type { Embedder, KnowledgeStore } from "../../engine/knowledge/store.ts";
import { build } from "./scale-build.ts";
import { DIMENSIONS, PASSAGES_PER_DOCUMENT, ScaleCorpus } from "./scale-corpus.ts";

const { values } = parseArgs({ options: { passages: { type: "string", default: "100000" }, folder: { type: "string" }, queries: { type: "string", default: "200" }, "index-every": { type: "string" }, seconds: { type: "string", default: "100000" }, settled: { type: "boolean", default: false } } });
const passages = Number(values.passages);
const folder = values.folder ?? join(tmpdir(), `lorekeep-scale-${passages}`);
const uri = join(folder, "knowledge");
const LIMIT = 100;
/** What the store keeps old versions for; measured after that, because only then are they gone. */
const KEEP_VERSIONS_MS = 30_000;
const everything = { filter: {}, excludeDocumentIds: [], excludeCollectionIds: [] };
const settings = searchSettings.parse({});
const corpus = new ScaleCorpus();
interface Question { readonly text: string; readonly vector: Float32Array }
const questions = Array.from({ length: Number(values.queries) + 20 }, (_, i) => corpus.question(i, passages / PASSAGES_PER_DOCUMENT));

mkdirSync(folder, { recursive: true });
const every = values["index-every"];
const open = () => openKnowledge({ uri, embedderIdentity: "scale:384d", dimensions: DIMENSIONS, ...(every ? { limits: { commits: Infinity, unindexedRows: Number(every) } } : {}) });

let store = await open();
await store.recover();
const { complete, times } = await build(store, corpus, { passages, times: join(folder, "build.json"), seconds: Number(values.seconds) });
if (!complete) {
  await store.dispose();
  console.log("Stopped by --seconds; the same command goes on.");
  process.exit(3);
}
// Twice: the first merges what the last puts left and makes indexes anew, the second drops those it replaced.
for (let round = 0; round < 2 && !values.settled; round++) {
  await new Promise((resolve) => setTimeout(resolve, KEEP_VERSIONS_MS + 1000));
  await store.maintain({ force: true });
}
const { bytes, vectorIndexed } = await store.stats();
await store.dispose();

const search = (on: KnowledgeStore, { text, vector }: Question) =>
  retrieve(text, { store: on, embedder: { maxTokens: 256, embedQuery: () => Promise.resolve(vector) } as unknown as Embedder }, { scope: everything, limit: 60, settings });

/** Each question with a store just opened: what a person waits for who asks at once. The system's file cache is warm: cold is without the store's warm-up, which the window and the browser start when they open. */
const cold: number[] = [];
const warming: number[] = [];
const first: number[] = [];
const opening: number[] = [];
const timed = async (work: () => Promise<unknown>) => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};
for (const [i, question] of questions.slice(0, 5).entries()) {
  opening.push(await timed(async () => { store = await open(); await store.recover(); }));
  cold.push(await timed(() => search(store, question)));
  await store.dispose();
  store = await open();
  warming.push(await timed(() => store.warmUp()));
  first.push(await timed(() => search(store, question)));
  if (i < 4) await store.dispose();
}
for (const question of questions) await search(store, question);
const resident = process.memoryUsage.rss();

/** LanceDB's own: a connection of its own with the store's cache sizes, each leg as its documentation has it. */
const connection = await connect(uri, { session: new Session(BigInt(indexCacheBytes()), 64n * 2n ** 20n) });
const name = (await connection.tableNames()).find((table) => table.startsWith("passages_")) ?? "";
const bare = await connection.openTable(name);
const nearest = (table: Table, { vector }: Question) => table.query().nearestTo(vector).column("vector").distanceType("dot").nprobes(PROBES).select([...PASSAGE_COLUMNS, "_distance"]).limit(LIMIT).toArray();
const matching = (table: Table, { text }: Question) => table.query().fullTextSearch(new MultiMatchQuery(queryWords(text), ["words_en"])).select([...PASSAGE_COLUMNS, "_score"]).limit(LIMIT).toArray();

const quantile = (all: readonly number[], share: number) => Number(([...all].sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * share))] ?? 0).toFixed(1));
const spread = (all: readonly number[]) => ({ p50: quantile(all, 0.5), p95: quantile(all, 0.95) });

for (const question of questions.slice(0, 20)) {
  await search(store, question);
  await Promise.all([nearest(bare, question), matching(bare, question)]);
}
const ours: number[] = [];
const legs: number[] = [];
/** Ours less LanceDB's, question by question. */
const overhead: number[] = [];
const beyond: number[] = [];
const parts: Record<string, number[]> = { dense: [], lexical: [], complete: [], fetch: [], fuse: [] };
for (const [i, question] of questions.slice(20).entries()) {
  let ms: Record<string, number> = {};
  const us = async () => { ours.push(await timed(async () => { ({ ms } = await search(store, question)); })); };
  const them = async () => { legs.push(await timed(() => Promise.all([nearest(bare, question), matching(bare, question)]))); };
  for (const one of i % 2 === 0 ? [us, them] : [them, us]) await one();
  overhead.push((ours.at(-1) ?? 0) - (legs.at(-1) ?? 0));
  beyond.push((ours.at(-1) ?? 0) - Math.max(ms.dense ?? 0, ms.lexical ?? 0));
  for (const [part, all] of Object.entries(parts)) all.push(ms[part] ?? 0);
}
/** How many of the true nearest the vector index finds. */
let found = 0;
const RECALL_QUERIES = 20;
for (const question of questions.slice(0, RECALL_QUERIES)) {
  const truth = await bare.query().nearestTo(question.vector).column("vector").distanceType("dot").bypassVectorIndex().select(["id", "_distance"]).limit(LIMIT).toArray() as { id: string }[];
  const ids = new Set((await store.searchDense(question.vector, everything, LIMIT)).map(({ passage }) => passage.id));
  found += truth.filter(({ id }) => ids.has(id)).length / LIMIT;
}
const disk = Object.fromEntries(execFileSync("du", ["-sm", ...["data", "_indices"].map((part) => join(uri, `${name}.lance`, part))], { encoding: "utf8" }).trim().split("\n").map((line) => { const [size, path = ""] = line.split("\t"); return [path.endsWith("data") ? "rowsMb" : "indexesMb", Number(size)]; }));
const round = (value: number) => Number(value.toFixed(1));
console.log(JSON.stringify({
  passages, bytes, mb: round(bytes / 1e6), ...disk, vectorIndexed,
  buildSeconds: { put: round(times.put), index: round(times.index), generating: round(times.generate) }, indexEvery: every ? Number(every) : "the product's rule",
  searches: ours.length, oursMs: spread(ours), lancedbMs: spread(legs), ratioOfMedians: Number((quantile(ours, 0.5) / quantile(legs, 0.5)).toFixed(2)),
  ratioOfMeans: Number((ours.reduce((a, b) => a + b, 0) / legs.reduce((a, b) => a + b, 0)).toFixed(2)),
  overheadMs: spread(overhead), beyondOurLegsMs: spread(beyond), partsMs: Object.fromEntries(Object.entries(parts).map(([part, all]) => [part, spread(all)])),
  openMs: round(quantile(opening, 0.5)), warmUpMs: warming.map(round), firstSearchColdMs: cold.map(round), firstSearchMs: first.map(round), firstToWarm: Number((quantile(first, 0.5) / quantile(ours, 0.5)).toFixed(2)),
  recallOf100: Number((found / RECALL_QUERIES).toFixed(3)), residentMb: round(resident / 1e6),
}, null, 2));
bare.close();
connection.close();
await store.dispose();
