/**
 * The product's own retrieval over public question sets, per stage: documents found (SciFact), answers inside passages (XQuAD).
 *   node scripts/run.mjs scripts/bench/retrieval.ts [--sets xquad.en,xquad.de,scifact] [--tokens 128] [--cache FOLDER] [--data ../shared/data] [--settings '{"fusion":"rrf"}']
 * A set is embedded once per length of passages and kept in the cache folder.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bestSentences } from "../../engine/answer/best-sentences.ts";
import { retrieve, type Retrieved } from "../../engine/answer/retrieve.ts";
import { searchSettings, type Candidate } from "../../engine/contract/search.ts";
import { createEmbedder } from "../../engine/knowledge/embedder.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { readCollection, storeOf, type Collection, type Question } from "./collections.ts";
import { mean, ndcg, recall, reciprocalRank } from "../../engine/evaluation/metrics.ts";

const { values } = parseArgs({ options: {
  sets: { type: "string", default: "xquad.en,xquad.de" }, tokens: { type: "string", default: "128" }, settings: { type: "string", default: "{}" },
  cache: { type: "string", default: join(tmpdir(), "lorekeep-bench") }, data: { type: "string", default: "../shared/data" },
} });
const settings = searchSettings.parse(JSON.parse(values.settings));
const everything = { filter: {}, excludeDocumentIds: [], excludeCollectionIds: [] };
const embedder = await createEmbedder({ workerHost: createNodeWorkerHost("out/workers"), modelFolder: "models/all-MiniLM-L6-v2", name: "all-MiniLM-L6-v2" });

type Stage = "lexical" | "dense" | "fused";
const stages: readonly Stage[] = ["lexical", "dense", "fused"];

/** The order at one stage; what a leg did not find itself is no part of its order. */
function orderAt(stage: Stage, candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter((one) => one[stage] && !one[stage].completed).sort((a, b) => (a[stage]?.rank ?? 0) - (b[stage]?.rank ?? 0));
}

const holds = ({ passage: { documentId, range } }: Candidate, { relevant, span }: Question): boolean =>
  relevant.has(documentId) && span !== undefined && range.start <= span.start && range.end >= span.end;

async function highlighted(question: Question, { candidates, queryVector }: Retrieved): Promise<boolean> {
  const first = candidates[0];
  if (!first || !question.span || !holds(first, question)) return false;
  const [best] = await bestSentences(question.text, [first.passage.text], { most: 2, meaning: { query: queryVector, embed: (texts) => Promise.all(texts.map((text) => embedder.embedQuery(text))) } });
  const at = question.span.start - first.passage.range.start;
  return best?.ranges.some(({ start, end }) => start <= at && end >= at + (question.span?.end ?? 0) - (question.span?.start ?? 0)) ?? false;
}

async function measure(collection: Collection): Promise<void> {
  const store = await storeOf(collection, { embedder, cache: values.cache, tokens: Number(values.tokens) });
  const { passages } = await store.stats();
  const rows = new Map<Stage, number[][]>(stages.map((stage) => [stage, []]));
  const times: Record<string, number[]> = {};
  let highlights = 0;
  for (const question of collection.questions) {
    const found = await retrieve(question.text, { store, embedder }, { scope: everything, limit: 200, settings });
    for (const [name, ms] of Object.entries(found.ms)) (times[name] ??= []).push(ms);
    for (const stage of stages) rows.get(stage)?.push(figures(orderAt(stage, found.candidates), question));
    if (question.span && (await highlighted(question, found))) highlights++;
  }
  const spans = collection.questions.some(({ span }) => span);
  console.log(`\n${collection.name}: ${passages} passages of ${values.tokens} tokens, ${collection.questions.length} questions\n`);
  console.log(spans ? "| stage | answer in the first | in the first five |\n| --- | --- | --- |" : "| stage | nDCG@10 | recall@10 | recall@100 | MRR@10 |\n| --- | --- | --- | --- | --- |");
  for (const [stage, all] of rows) console.log(`| ${[stage, ...(all[0] ?? []).map((_, i) => mean(all.map((row) => row[i] ?? 0)).toFixed(4))].join(" | ")} |`);
  if (spans) console.log(`\nHighlighted sentence holds the answer: ${(highlights / collection.questions.length).toFixed(4)}`);
  const percentile = (ms: number[], share: number) => ms.sort((a, b) => a - b)[Math.floor(ms.length * share)]?.toFixed(1);
  console.log(`ms, p50/p95: ${Object.entries(times).map(([name, ms]) => `${name} ${percentile(ms, 0.5)}/${percentile(ms, 0.95)}`).join(", ")}`);
  await store.dispose();
}

function figures(order: readonly Candidate[], question: Question): number[] {
  if (question.span) return [1, 5].map((depth) => (order.slice(0, depth).some((one) => holds(one, question)) ? 1 : 0));
  const ranking = [...new Set(order.map(({ passage }) => passage.documentId))];
  return [ndcg(ranking, question.relevant, 10), recall(ranking, question.relevant, 10), recall(ranking, question.relevant, 100), reciprocalRank(ranking, question.relevant, 10)];
}

for (const name of values.sets.split(",")) await measure(readCollection(name, values.data));
await embedder.dispose();
