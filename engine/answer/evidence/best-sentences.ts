import { dot } from "../../base/vectors.ts";
import type { CharRange } from "../../contract/document.ts";
import type { EmbedSentences } from "./cite.ts";
import { sourceSentences } from "../words/lines.ts";
import { wordScorer } from "../words/terms.ts";

/** The best sentences of one text for a question. */
export interface Best {
  /** In the text; one run of neighbouring sentences, in order. */
  readonly ranges: readonly CharRange[];
  readonly score: number;
}

export interface BestOptions {
  /** The question's vector and a way to embed sentences: what is said in other words is then found as well. */
  readonly meaning?: { readonly query: Float32Array; readonly embed: EmbedSentences };
  /** Sentences per text at most. */
  readonly most: number;
}

/** Sentences that are embedded at most: a few milliseconds each. */
const MOST_EMBEDDED = 60;
/** A neighbour that is nearly as good comes along. */
const NEARLY = 0.8;
const MEANING_WEIGHT = 1;

/** For each text the sentence that answers the question best, with a neighbour nearly as good. Same order as `texts`. */
export async function bestSentences(question: string, texts: readonly string[], options: BestOptions): Promise<Best[]> {
  const sentences = texts.map(sourceSentences);
  const flat = sentences.flatMap((ranges, i) => ranges.map((range, k) => ({ text: cut(texts[i], range), before: cut(texts[i], ranges[k - 1]) })));
  const said = flat.map(({ text }) => text);
  const score = wordScorer(question, said);
  const byWords = flat.map(({ text, before }) => score(text, before));
  const byMeaning = await meaningScores(said, byWords, options);
  let at = 0;
  return sentences.map((ranges, i) => {
    const scores = ranges.map((_, k) => (byWords[at + k] ?? 0) + MEANING_WEIGHT * (byMeaning[at + k] ?? 0));
    at += ranges.length;
    return ranges.length === 0 ? { ranges: [{ start: 0, end: texts[i]?.length ?? 0 }], score: 0 } : run(ranges, scores, options.most);
  });
}

const cut = (text = "", range: CharRange = { start: 0, end: 0 }): string => text.slice(range.start, range.end);

/** By index; of many sentences those with the best words are embedded, the others have no score here. */
async function meaningScores(sentences: readonly string[], byWords: readonly number[], { meaning }: BestOptions): Promise<readonly number[]> {
  if (!meaning) return [];
  const chosen = sentences.map((_, i) => i).sort((a, b) => (byWords[b] ?? 0) - (byWords[a] ?? 0) || a - b).slice(0, MOST_EMBEDDED);
  const vectors = await meaning.embed(chosen.map((i) => sentences[i] ?? ""));
  const scores = new Array<number>(sentences.length).fill(0);
  chosen.forEach((i, k) => { scores[i] = dot(vectors[k] ?? new Float32Array(), meaning.query); });
  return scores;
}

function run(ranges: readonly CharRange[], scores: readonly number[], most: number): Best {
  const score = Math.max(...scores);
  const best = scores.indexOf(score);
  const taken = new Set([best]);
  const good = (i: number) => (scores[i] ?? Number.NEGATIVE_INFINITY) >= score * NEARLY && score > 0;
  for (const step of [1, -1]) for (let i = best + step; taken.size < most && good(i); i += step) taken.add(i);
  return { ranges: ranges.filter((_, i) => taken.has(i)), score };
}
