/**
 * How much the words of a title should weigh against those of the passage: the same passages and vectors, their words laid into the index in several
 * ways, each alone and fused.
 *   node scripts/run.mjs scripts/bench/fields.ts [--sets scifact,xquad.en+titles,xquad.de+titles] [--tokens 128] [--cache FOLDER] [--data ../shared/data]
 */
import { BooleanQuery, connect, MatchQuery, MultiMatchQuery, Occur, type FullTextQuery, type Table } from "@lancedb/lancedb";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { closer } from "../../engine/answer/find/closeness.ts";
import { fuse } from "../../engine/answer/find/fuse.ts";
import { dot } from "../../engine/base/vectors.ts";
import { mean } from "../../engine/evaluation/metrics.ts";
import { createEmbedder } from "../../engine/knowledge/embedder.ts";
import { wordsIndex } from "../../engine/knowledge/lance/languages.ts";
import { queryWords } from "../../engine/knowledge/lance/search.ts";
import type { Passage } from "../../engine/contract/search.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { readCollection, storeOf, storedRows, type Collection, type StoredRow } from "./collections.ts";
import { figures, headOf } from "./figures.ts";

const { values } = parseArgs({ options: {
  sets: { type: "string", default: "scifact,xquad.en+titles,xquad.de+titles" }, tokens: { type: "string", default: "128" },
  cache: { type: "string", default: join(tmpdir(), "lorekeep-bench") }, data: { type: "string", default: "../shared/data" },
} });
const DEPTH = 100;
/** Share of the dense leg, as the product has it by language. */
const denseWeight = (language: string) => (language === "en" ? 0.5 : 0.25);

interface Layout { readonly name: string; readonly query: (words: string) => FullTextQuery }
const repeated = (times: number): Layout => ({ name: `one column, title ${times} times`, query: (words) => new MatchQuery(words, `words_${times}`) });
const better = (boost: number): Layout => ({ name: `title in a column of its own, the better of both, weight ${boost}`, query: (words) => new MultiMatchQuery(words, ["words_0", "title"], { boosts: [1, boost] }) });
const summed = (boost: number): Layout => ({
  name: `title in a column of its own, both added, weight ${boost}`,
  query: (words) => new BooleanQuery([[Occur.Should, new MatchQuery(words, "words_0")], [Occur.Should, new MatchQuery(words, "title", { boost })]]),
});
const layouts: readonly Layout[] = [repeated(0), repeated(1), repeated(2), repeated(3), better(1), summed(0.25), summed(0.5), summed(1)];

async function tableOf(rows: readonly StoredRow[], { name, language }: Collection): Promise<Table> {
  const connection = await connect(join(values.cache, `fields-${name}-${values.tokens}`));
  const table = await connection.createTable("passages", rows.map(({ passage, vector }) => {
    const title = passage.title ?? "";
    const words = (times: number) => [...Array<string>(times).fill(title), passage.text].join("\n");
    return { id: passage.id, vector, title, words_0: words(0), words_1: words(1), words_2: words(2), words_3: words(3) };
  }), { mode: "overwrite" });
  for (const column of ["title", "words_0", "words_1", "words_2", "words_3"]) await table.createIndex(column, { config: wordsIndex(language) });
  return table;
}

async function bm25(table: Table, query: FullTextQuery, limit: number, ids?: readonly string[]): Promise<{ id: string; score: number }[]> {
  const search = table.query().fullTextSearch(query).select(["id", "_score"]).limit(limit);
  if (ids) search.where(`id IN (${ids.map((id) => `'${id.replaceAll("'", "''")}'`).join(",")})`);
  const rows = (await search.toArray()) as { id: string; _score: number }[];
  return rows.map(({ id, _score }) => ({ id, score: _score })).sort((a, b) => b.score - a.score);
}

async function measure(collection: Collection): Promise<void> {
  const store = await storeOf(collection, { embedder, cache: values.cache, tokens: Number(values.tokens) });
  await store.dispose();
  const rows = await storedRows(collection, { cache: values.cache, tokens: Number(values.tokens) });
  const byId = new Map(rows.map((row) => [row.passage.id, row]));
  const table = await tableOf(rows, collection);
  const sums = new Map(layouts.map(({ name }) => [name, { alone: [] as number[][], fused: [] as number[][] }]));
  for (const question of collection.questions) {
    const vector = await embedder.embedQuery(question.text);
    const cosine = new Map(rows.map(({ passage, vector: own }) => [passage.id, dot(own, vector)]));
    const scored = (id: string, score: number) => ({ passage: byId.get(id)?.passage as Passage, score });
    const dense = [...cosine].sort((a, b) => b[1] - a[1]).slice(0, DEPTH).map(([id, score]) => scored(id, score));
    for (const { name, query } of layouts) {
      const asked = query(queryWords(question.text));
      const found = await bm25(table, asked, DEPTH);
      const known = new Set(found.map(({ id }) => id));
      const missing = dense.map(({ passage }) => passage.id).filter((id) => !known.has(id));
      const more = found.length < DEPTH || missing.length === 0 ? [] : await bm25(table, asked, missing.length, missing);
      const completed = { dense: cosine, lexical: new Map(more.map(({ id, score }) => [id, score])) };
      const lexical = found.map(({ id, score }) => scored(id, score));
      const fused = closer(question.text, fuse({ dense, lexical, completed }, { fusion: "z-score", denseWeight: denseWeight(collection.language) }));
      sums.get(name)?.alone.push(figures(lexical.map(({ passage }) => passage), question));
      sums.get(name)?.fused.push(figures(fused.map(({ passage }) => passage), question));
    }
  }
  const head = headOf(collection);
  console.log(`\n${collection.name}: ${rows.length} passages, ${collection.questions.length} questions\n\n| words | ${head.map((one) => `alone: ${one}`).join(" | ")} | ${head.map((one) => `fused: ${one}`).join(" | ")} |`);
  console.log(`| --- |${" --- |".repeat(2 * head.length)}`);
  const averages = (all: readonly number[][]) => head.map((_, i) => mean(all.map((row) => row[i] ?? 0)).toFixed(4));
  for (const [name, { alone, fused }] of sums) console.log(`| ${[name, ...averages(alone), ...averages(fused)].join(" | ")} |`);
}

const embedder = await createEmbedder({ workerHost: createNodeWorkerHost("out/workers"), modelFolder: "models/all-MiniLM-L6-v2", name: "all-MiniLM-L6-v2" });
for (const name of values.sets.split(",")) await measure(readCollection(name, values.data));
await embedder.dispose();
