/**
 * How sure a search is that an answer is there: XQuAD's questions over all articles (answerable) and over all but their own (unanswerable).
 *   node scripts/run.mjs scripts/bench/evidence.ts [--cache FOLDER] [--data ../shared/data] [--every 1] [--set xquad.de] [--library N]
 * --library: as if only N of the documents were there, the question's own and those that follow it, or those that follow it alone.
 * Fits the calibration on the questions of every other article and draws the curve on the rest.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { retrieve } from "../../engine/answer/find/retrieve.ts";
import { CALIBRATION, featuresOf } from "../../engine/answer/find/weak.ts";
import { searchSettings } from "../../engine/contract/search.ts";
import { createEmbedder } from "../../engine/knowledge/embedder.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { readCollection, storeOf } from "./collections.ts";

const { values } = parseArgs({ options: { cache: { type: "string", default: join(tmpdir(), "lorekeep-bench") }, data: { type: "string", default: "../shared/data" }, every: { type: "string", default: "1" }, set: { type: "string", default: "xquad.en" }, library: { type: "string", default: "0" } } });
const settings = searchSettings.parse({});
const embedder = await createEmbedder({ workerHost: createNodeWorkerHost("out/workers"), modelFolder: "models/all-MiniLM-L6-v2", name: "all-MiniLM-L6-v2" });
const collection = readCollection(values.set, values.data);
const store = await storeOf(collection, { embedder, cache: values.cache, tokens: 128 });

interface Sample { readonly fit: boolean; readonly answerable: boolean; readonly x: readonly number[] }
const samples: Sample[] = [];
const order = collection.documents.map(({ id }) => id);
const size = Number(values.library);
/** The `size` documents that the library is made of; absent: all. */
const libraryOf = (own: string, answerable: boolean) => (size === 0 ? {} : { documentIds: Array.from({ length: size }, (_, i) => order[(order.indexOf(own) + i + (answerable ? 0 : 1)) % order.length] ?? own) });
for (const question of collection.questions.filter((_, i) => i % Number(values.every) === 0)) {
  const own = [...question.relevant.keys()];
  for (const answerable of [true, false]) {
    const scope = { filter: libraryOf(own[0] ?? "", answerable), excludeDocumentIds: answerable ? [] : own, excludeCollectionIds: [] };
    const { candidates } = await retrieve(question.text, { store, embedder }, { scope, limit: 60, settings });
    const { cosine, words, lead } = featuresOf(question.text, candidates);
    samples.push({ fit: order.indexOf(own[0] ?? "") % 2 === 0, answerable, x: [cosine, words, lead, 1] });
  }
}
const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
const dotted = (weights: readonly number[], x: readonly number[]) => weights.reduce((sum, weight, i) => sum + weight * (x[i] ?? 0), 0);

/** Logistic regression by plain gradient descent; the problem is convex and tiny. */
function fitted(training: readonly Sample[]): number[] {
  const weights = [0, 0, 0, 0];
  for (let step = 0; step < 20_000; step++) {
    const gradient = [0, 0, 0, 0];
    for (const { x, answerable } of training) {
      const error = sigmoid(dotted(weights, x)) - (answerable ? 1 : 0);
      x.forEach((value, i) => { gradient[i] = (gradient[i] ?? 0) + (error * value) / training.length; });
    }
    gradient.forEach((value, i) => { weights[i] = (weights[i] ?? 0) - 2 * value; });
  }
  return weights;
}
function curve(title: string, weights: readonly number[], checked: readonly Sample[]): void {
  console.log(`\n${title}\n\n| least evidence | unanswerable, said | answerable, said |\n| --- | --- | --- |`);
  const said = (answerable: boolean, least: number) => { const among = checked.filter((one) => one.answerable === answerable); return among.filter(({ x }) => sigmoid(dotted(weights, x)) < least).length / among.length; };
  for (const least of [0.1, 0.2, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) console.log(`| ${least} | ${said(false, least).toFixed(3)} | ${said(true, least).toFixed(3)} |`);
}
const weights = fitted(samples.filter(({ fit }) => fit));
console.log(`Fitted on ${samples.filter(({ fit }) => fit).length}: cosine, words, lead, offset = ${weights.map((weight) => weight.toFixed(2)).join(", ")}`);
curve("Fitted, on the articles it was not fitted on", weights, samples.filter(({ fit }) => !fit));
const builtIn = [CALIBRATION.cosine, CALIBRATION.words, CALIBRATION.lead, CALIBRATION.offset];
curve("As it is built in, on the same", builtIn, samples.filter(({ fit }) => !fit));
curve("As it is built in, on all", builtIn, samples);
await store.dispose();
await embedder.dispose();
