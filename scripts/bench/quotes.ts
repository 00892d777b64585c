/**
 * How many sources are worth quoting: Quotes answers of XQuAD's questions, and for each least share of the best quote's score that a further
 * source's quote must have, how many quotes are left and how many of them hold the answer.
 *   node scripts/run.mjs scripts/bench/quotes.ts [--sets xquad.en,xquad.de] [--every 4] [--halves] [--cache FOLDER] [--dump FILE] [--data ../shared/data]
 * --halves prints the questions of every other article apart, so that a share can be chosen on one half and read on the other.
 */
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { assemble } from "../../engine/answer/context/assemble.ts";
import { bestSentences } from "../../engine/answer/evidence/best-sentences.ts";
import { find } from "../../engine/answer/find/find.ts";
import { toDocument } from "../../engine/answer/context/source-text.ts";
import { searchSettings } from "../../engine/contract/search.ts";
import { settings as settingsSchema } from "../../engine/contract/settings.ts";
import { createEmbedder } from "../../engine/knowledge/embedder.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { readCollection, storeOf, type Collection } from "./collections.ts";

const { values } = parseArgs({ options: {
  sets: { type: "string", default: "xquad.en,xquad.de" }, every: { type: "string", default: "4" }, halves: { type: "boolean", default: false }, dump: { type: "string" },
  cache: { type: "string", default: join(tmpdir(), "lorekeep-bench") }, data: { type: "string", default: "../shared/data" },
} });
const { candidates: limit, sources: most } = settingsSchema.parse({}).answers;
const settings = searchSettings.parse({});
const embedder = await createEmbedder({ workerHost: createNodeWorkerHost(resolve("out", "workers")), modelFolder: resolve("models", "all-MiniLM-L6-v2"), name: "all-MiniLM-L6-v2" });
const vectors = new Map<string, Promise<Float32Array>>();
const embed = (texts: readonly string[]) => Promise.all(texts.map((text) => { const vector = vectors.get(text) ?? embedder.embedQuery(text); vectors.set(text, vector); return vector; }));

/** What one source would be quoted with. */
interface Quote { readonly score: number; readonly sentences: number; readonly fused: number; /** The source, and the quoted sentences, cover the answer's own span. */ readonly passage: boolean; readonly highlight: boolean }
interface Answer { readonly set: string; readonly id: string; readonly article: string; readonly quotes: readonly Quote[] }

async function answersOf(collection: Collection): Promise<Answer[]> {
  const store = await storeOf(collection, { embedder, cache: values.cache, tokens: 128 });
  // Of all that answering needs, finding uses these.
  const means = { store, embedder, privacy: () => ({ excludeDocumentIds: [], excludeCollectionIds: [] }) } as unknown as Parameters<typeof find>[1];
  const answers: Answer[] = [];
  for (const question of collection.questions.filter((_, i) => i % Number(values.every) === 0)) {
    const { candidates, queryVector, evidence } = await find(question.text, means, { filter: {}, unlocked: false, limit, settings });
    const { sources } = await assemble(evidence.weak ? [] : candidates, { question: question.text, limit: most, budget: Infinity, countTokens: (all) => Promise.resolve(all.map(() => 0)) });
    const best = await bestSentences(question.text, sources.map(({ text }) => text), { most: 2, meaning: { query: queryVector, embed } });
    const covers = (documentId: string, range: { start: number; end: number }) => question.span !== undefined && question.relevant.has(documentId) && range.start <= question.span.start && range.end >= question.span.end;
    const [article = ""] = question.relevant.keys();
    answers.push({ set: collection.name, id: question.id, article, quotes: sources.map((source, i) => {
      const { score = 0, ranges = [] } = best[i] ?? {};
      const { documentId } = source.passage;
      const fused = candidates.find(({ passage }) => passage.id === source.passage.id)?.fused?.score ?? 0;
      return { score, fused, sentences: ranges.length, passage: covers(documentId, source.range), highlight: ranges.some((range) => covers(documentId, toDocument(source, range))) };
    }) });
  }
  await store.dispose();
  return answers;
}

/** The first source is always quoted; a further one where its quote is nearly as good as the best. */
function kept(quotes: readonly Quote[], least: number): Quote[] {
  const best = Math.max(...quotes.map(({ score }) => score));
  return quotes.filter(({ score }, i) => i === 0 || score >= least * best);
}

function print(name: string, answers: readonly Answer[]): void {
  const answered = answers.filter(({ quotes }) => quotes.length > 0);
  const share = (flags: readonly boolean[]) => (flags.filter(Boolean).length / flags.length).toFixed(3);
  console.log(`\n${name}: ${answers.length} questions, ${answered.length} answered\n\n| least share | sources quoted | a passage holds it | a highlight does | of the quoted sentences: passage | highlight |\n| --- | --- | --- | --- | --- | --- |`);
  for (const least of [0, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.01]) {
    const left = answered.map(({ quotes }) => kept(quotes, least));
    const sentences = left.flat().flatMap((quote) => Array.from({ length: quote.sentences }, () => quote));
    console.log(`| ${[least, (left.flat().length / left.length).toFixed(2), share(left.map((quotes) => quotes.some(({ passage }) => passage))), share(left.map((quotes) => quotes.some(({ highlight }) => highlight))), share(sentences.map(({ passage }) => passage)), share(sentences.map(({ highlight }) => highlight))].join(" | ")} |`);
  }
}

const all: Answer[] = [];
for (const name of values.sets.split(",")) {
  const answers = await answersOf(readCollection(name, values.data));
  all.push(...answers);
  const articles = [...new Set(answers.map(({ article }) => article))];
  if (!values.halves) print(name, answers);
  else for (const half of [0, 1]) print(`${name}, ${half === 0 ? "even" : "odd"} articles`, answers.filter(({ article }) => articles.indexOf(article) % 2 === half));
}
if (values.dump !== undefined) writeFileSync(values.dump, all.map((one) => JSON.stringify(one)).join("\n"));
await embedder.dispose();
