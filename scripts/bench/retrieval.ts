/**
 * The product's own retrieval over public question sets, per stage: documents found (SciFact), answers inside passages (XQuAD).
 *   node scripts/run.mjs scripts/bench/retrieval.ts [--sets xquad.en,xquad.de,scifact] [--tokens 128] [--overlap 0] [--every 1] [--cache FOLDER] [--data ../shared/data] [--settings '{"fusion":"rrf"}']
 * A set is embedded once per length of passages and kept in the cache folder.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bestSentences, type BestOptions } from "../../engine/answer/evidence/best-sentences.ts";
import { retrieve, type Retrieved } from "../../engine/answer/find/retrieve.ts";
import { searchSettings, type Candidate } from "../../engine/contract/search.ts";
import { createEmbedder } from "../../engine/knowledge/embedder.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { lanceHybrid } from "./lance-hybrid.ts";
import { readCollection, storeFolder, storeOf, type Collection, type Question } from "./collections.ts";
import { mean } from "../../engine/evaluation/metrics.ts";
import { figures, headOf, holds } from "./figures.ts";

const { values } = parseArgs({ options: {
  sets: { type: "string", default: "xquad.en,xquad.de" }, tokens: { type: "string", default: "128" }, overlap: { type: "string", default: "0" }, every: { type: "string", default: "1" }, settings: { type: "string", default: "{}" },
  cache: { type: "string", default: join(tmpdir(), "lorekeep-bench") }, data: { type: "string", default: "../shared/data" },
} });
const settings = searchSettings.parse(JSON.parse(values.settings));
const everything = { filter: {}, excludeDocumentIds: [], excludeCollectionIds: [] };
const embedder = await createEmbedder({ workerHost: createNodeWorkerHost("out/workers"), modelFolder: "models/all-MiniLM-L6-v2", name: "all-MiniLM-L6-v2" });

type Highlight = Readonly<Record<"answer" | "search" | "one", { readonly ok: number; readonly sentences: number }>>;
type Stage = "lexical" | "dense" | "fused";
const stages: readonly Stage[] = ["lexical", "dense", "fused"];

/** The order at one stage; what a leg did not find itself is no part of its order. */
function orderAt(stage: Stage, candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter((one) => one[stage] && !one[stage].completed).sort((a, b) => (a[stage]?.rank ?? 0) - (b[stage]?.rank ?? 0));
}

/** Whether the sentences highlighted in the first passage hold the answer, as answers choose them (words and vectors) and as a search does (words). */
async function highlighted(question: Question, { candidates, queryVector }: Retrieved): Promise<Highlight> {
  const first = candidates.slice(0, 10).map(({ passage }) => passage);
  const meaning = { query: queryVector, embed: (texts: readonly string[]) => Promise.all(texts.map((text) => embedder.embedQuery(text))) };
  const inside = async (texts: readonly string[], options: BestOptions) => {
    const [best] = await bestSentences(question.text, texts, options);
    const at = (question.span?.start ?? 0) - (first[0]?.range.start ?? 0);
    const length = (question.span?.end ?? 0) - (question.span?.start ?? 0);
    const ok = first[0] !== undefined && holds(first[0], question) && (best?.ranges.some(({ start, end }) => start <= at && end >= at + length) ?? false);
    return { ok: Number(ok), sentences: best?.ranges.length ?? 0 };
  };
  const texts = first.map(({ text }) => text);
  return { answer: await inside(texts.slice(0, 1), { most: 2, meaning }), search: await inside(texts, { most: 2 }), one: await inside(texts, { most: 1 }) };
}

async function measure(collection: Collection): Promise<void> {
  const build = { embedder, cache: values.cache, tokens: Number(values.tokens), overlap: Number(values.overlap) };
  const store = await storeOf(collection, build);
  const { passages } = await store.stats();
  const hybrid = await lanceHybrid(storeFolder(collection, build), collection.language, 100);
  const rows = new Map<Stage | "LanceDB's hybrid", number[][]>([...stages, "LanceDB's hybrid" as const].map((stage) => [stage, []]));
  const times: Record<string, number[]> = {};
  const highlights: Highlight[] = [];
  const questions = collection.questions.filter((_, i) => i % Number(values.every) === 0);
  for (const question of questions) {
    const found = await retrieve(question.text, { store, embedder }, { scope: everything, limit: 200, settings });
    for (const [name, ms] of Object.entries(found.ms)) (times[name] ??= []).push(ms);
    for (const stage of stages) rows.get(stage)?.push(figures(orderAt(stage, found.candidates).map(({ passage }) => passage), question));
    rows.get("LanceDB's hybrid")?.push(figures(await hybrid(question.text, found.queryVector), question));
    if (question.span) highlights.push(await highlighted(question, found));
  }
  console.log(`\n${collection.name}: ${passages} passages of ${values.tokens} tokens, ${values.overlap} sentences in common, ${questions.length} questions\n`);
  console.log(`| stage | ${headOf(collection).join(" | ")} |\n| --- |${" --- |".repeat(headOf(collection).length)}`);
  for (const [stage, all] of rows) console.log(`| ${[stage, ...(all[0] ?? []).map((_, i) => mean(all.map((row) => row[i] ?? 0)).toFixed(4))].join(" | ")} |`);
  if (highlights.length > 0) {
    const line = (kind: keyof Highlight) => `${mean(highlights.map((one) => one[kind].ok)).toFixed(4)} (${mean(highlights.map((one) => one[kind].sentences)).toFixed(2)} sentences)`;
    console.log(`\nHighlight of the first passage holds the answer: in answers ${line("answer")}, in a search ${line("search")}, by one sentence ${line("one")}`);
  }
  const percentile = (ms: number[], share: number) => ms.sort((a, b) => a - b)[Math.floor(ms.length * share)]?.toFixed(1);
  console.log(`ms, p50/p95: ${Object.entries(times).map(([name, ms]) => `${name} ${percentile(ms, 0.5)}/${percentile(ms, 0.95)}`).join(", ")}`);
  await store.dispose();
}

for (const name of values.sets.split(",")) await measure(readCollection(name, values.data));
await embedder.dispose();
