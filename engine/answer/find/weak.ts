import type { Candidate, Evidence } from "../../contract/search.ts";
import { rarityAmong, terms } from "../words/terms.ts";

/** Candidates that say how rare a word is, and those among which the answer would stand. */
const KNOWN = 30;
const FIRST = 5;

/**
 * A logistic model of three features, fitted on XQuAD's English questions of every other article and checked on the rest; scripts/bench/evidence.ts
 * fits it anew and draws the curve (docs/benchmarks.md).
 */
export const CALIBRATION = { cosine: 14, words: 5, lead: 0.9, offset: -10.4 } as const;

/**
 * Whether what was found can hold the answer: how near the best passage comes in meaning, how many of the question's telling words stand in one
 * passage, and how far the first stands out from those behind it. `weak` where it comes out below `least`.
 */
export function evidenceFor(question: string, candidates: readonly Candidate[], least: number): Evidence {
  const features = featuresOf(question, candidates);
  const { cosine, words, lead, offset } = CALIBRATION;
  const score = candidates.length === 0 ? 0 : 1 / (1 + Math.exp(-(cosine * features.cosine + words * features.words + lead * features.lead + offset)));
  return { score, least, weak: score < least, features };
}

export function featuresOf(question: string, candidates: readonly Candidate[]): Evidence["features"] {
  const first = candidates.slice(0, FIRST);
  const cosine = Math.max(0, ...first.map((one) => one.dense?.score ?? 0));
  const scores = candidates.slice(0, 2 * FIRST).map((one) => one.fused?.score ?? 0);
  const behind = scores.slice(1);
  const lead = behind.length === 0 ? 0 : (scores[0] ?? 0) - behind.reduce((sum, score) => sum + score, 0) / behind.length;
  return { cosine, words: bestShare(question, candidates), lead };
}

/** The largest share of the question's words, by rarity among the candidates, that one of the first passages holds. A word that stands nowhere is the rarest. */
function bestShare(question: string, candidates: readonly Candidate[]): number {
  const texts = candidates.slice(0, KNOWN).map(({ passage: { title, headingPath, text } }) => terms([title ?? "", ...headingPath, text].join("\n")));
  const asked = terms(question).map((term) => term.key);
  const weigh = rarityAmong(texts, asked);
  const wanted = new Map(asked.map((key) => [key, weigh(key)]));
  const total = [...wanted.values()].reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return 1; // A question without words of its own says nothing about what is missing.
  const shares = texts.slice(0, FIRST).map((words) => {
    const there = new Set(words.map((term) => term.key));
    return [...wanted].reduce((sum, [key, weight]) => sum + (there.has(key) ? weight : 0), 0) / total;
  });
  return Math.max(0, ...shares);
}
