import { isStopWord } from "../answer/words/stop-words.ts";
import { allWords } from "../answer/words/terms.ts";
import { scopeOf } from "../answer/means.ts";
import type { WhyInput, WhyStep } from "../contract/evaluation.ts";
import type { Passage } from "../contract/search.ts";
import type { ScoredPassage } from "../knowledge/store.ts";
import type { EvaluationMeans } from "./means.ts";

/** As deep as both legs are looked through to say where a passage stands. */
export const DEEPEST = 1000;

/** How the expected passages stand in each leg alone, beyond what a search takes. */
export interface Ranks {
  readonly words: Standing;
  readonly meaning: Standing;
  readonly terms: NonNullable<WhyStep["terms"]>;
}

export interface Standing {
  /** Absent: not among the first {@link DEEPEST}, or no word in common. */
  readonly rank?: number;
  readonly score?: number;
}

export async function ranksOf(input: WhyInput, expected: readonly Passage[], means: EvaluationMeans, signal?: AbortSignal): Promise<Ranks> {
  const { store, embedder } = means.answering;
  const scope = scopeOf(input.filter, means.answering, input.includePrivate);
  const ids = new Set(expected.map(({ id }) => id));
  const vector = await embedder.embedQuery(input.question, signal);
  const [lexical, dense] = await Promise.all([store.searchLexical(input.question, scope, DEEPEST), store.searchDense(vector, scope, DEEPEST)]);
  const meaning = standing(dense, ids);
  return { words: standing(lexical, ids), meaning: meaning.score === undefined ? await similarity(vector, expected, means) : meaning, terms: await termsOf(input.question, expected, means) };
}

function standing(hits: readonly ScoredPassage[], ids: ReadonlySet<string>): Standing {
  const at = hits.findIndex(({ passage }) => ids.has(passage.id));
  const hit = hits[at];
  return hit ? { rank: at + 1, score: hit.score } : {};
}

/** The similarity of a passage too deep to have a rank, asked for in its own document. */
async function similarity(vector: Float32Array, expected: readonly Passage[], { answering }: EvaluationMeans): Promise<Standing> {
  const documentIds = [...new Set(expected.map(({ documentId }) => documentId))].slice(0, 20);
  const hits = await answering.store.searchDense(vector, { filter: { documentIds }, excludeDocumentIds: [], excludeCollectionIds: [] }, DEEPEST);
  const { score } = standing(hits, new Set(expected.map(({ id }) => id)));
  return score === undefined ? {} : { score };
}

/** Words of a question that are looked up one by one. */
const MOST_TERMS = 40;

/**
 * The question's words by what becomes of them in the passage that has most of them. The store itself is asked, word by word, so that its stemming,
 * its stop words and its titles decide; a word that stands there and still finds nothing is one that the index ignores.
 */
async function termsOf(question: string, expected: readonly Passage[], { answering }: EvaluationMeans): Promise<Ranks["terms"]> {
  const documentIds = [...new Set(expected.map(({ documentId }) => documentId))].slice(0, 20);
  const scope = { filter: { documentIds }, excludeDocumentIds: [], excludeCollectionIds: [] };
  const words = [...new Map(allWords(question).map((term) => [term.exact, term])).values()].slice(0, MOST_TERMS);
  const found = await Promise.all(words.map(async ({ word }) => new Set((await answering.store.searchLexical(word, scope, DEEPEST)).map(({ passage }) => passage.id))));
  const matchesOf = (passage: Passage) => found.filter((ids) => ids.has(passage.id)).length;
  const best = [...expected].sort((a, b) => matchesOf(b) - matchesOf(a))[0];
  const there = new Set(best ? allWords([best.title ?? "", ...best.headingPath, best.text].join("\n")).map(({ exact }) => exact) : []);
  const fate = (i: number) => {
    const term = words[i];
    if (!term || !best) return "missing";
    if (found[i]?.has(best.id)) return "matching";
    return there.has(term.exact) || (term.kind !== "number" && isStopWord(term.word.toLowerCase())) ? "ignored" : "missing";
  };
  const of = (wanted: ReturnType<typeof fate>) => words.filter((_, i) => fate(i) === wanted).map(({ word }) => word);
  return { matching: of("matching"), missing: of("missing"), ignored: of("ignored") };
}

const list = (words: readonly string[]) => words.map((word) => `“${word}”`).join(", ");

export function wordsStep({ words, terms }: Ranks, limit: number): WhyStep {
  const state = words.rank === undefined ? "weak" : words.rank <= limit ? "ok" : "weak";
  const place = words.rank === undefined ? (terms.matching.length === 0 ? "It shares no word with the question" : `By its words it is not among the first ${DEEPEST}`) : `By its words it comes ${ordinal(words.rank)}`;
  const reasons = [terms.matching.length > 0 ? `it has ${list(terms.matching)}` : "", terms.missing.length > 0 ? `it lacks ${list(terms.missing)}` : "", terms.ignored.length > 0 ? `${list(terms.ignored)} ${terms.ignored.length === 1 ? "says" : "say"} too little to count` : ""].filter(Boolean);
  return { name: "words", state, sentence: `${place}${reasons.length > 0 ? `: ${reasons.join("; ")}` : ""}.`, ...words, terms };
}

export function meaningStep({ meaning }: Ranks, limit: number): WhyStep {
  const state = meaning.rank !== undefined && meaning.rank <= limit ? "ok" : "weak";
  const close = meaning.score === undefined ? "" : ` (similarity ${meaning.score.toFixed(2)})`;
  return { name: "meaning", state, sentence: `By its meaning it ${meaning.rank === undefined ? `is not among the first ${DEEPEST}` : `comes ${ordinal(meaning.rank)}`}${close}.`, ...meaning };
}

export function ordinal(n: number): string {
  const ending = n % 100 >= 11 && n % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${ending}`;
}
