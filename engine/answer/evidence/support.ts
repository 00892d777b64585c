import { isNegated, type Evidence, type SourceSentence } from "./evidence.ts";
import { terms, type Term } from "../words/terms.ts";

/** How far one source sentence carries a claim, by its words. */
export interface Match {
  readonly sentence: SourceSentence;
  /** Keys of the claim that it holds. */
  readonly covered: ReadonlyMap<string, number>;
  /** Numbers and names of the claim that it lacks. */
  readonly missing: ReadonlySet<string>;
  readonly negationDiffers: boolean;
}

/** A claim taken apart: its words with what each weighs. */
export interface Claim {
  readonly words: readonly Term[];
  readonly weights: ReadonlyMap<string, number>;
  readonly hard: ReadonlySet<string>;
  /** What it says beyond the question. */
  readonly fresh: ReadonlySet<string>;
  readonly total: number;
  readonly negated: boolean;
  /** Keys of its numbers in order, as often as they stand there. */
  readonly numbers: readonly string[];
  /** Keys of capitalised words that neither a source nor the question holds. */
  readonly strange: ReadonlySet<string>;
}

/** From here on a claim counts as supported. */
export const SUPPORTED = 0.6;
/** A claim with a number or a name that its evidence lacks is never worth more: copied wrongly is worse than paraphrased. */
const MISSING_FACT = 0.35;
const NEGATION_DIFFERS = 0.5;
/** So much of what a claim says beyond the question must be there. */
const FRESH_SHARE = 0.5;
const HARD_WEIGHT = 2;
/** A word the question held already says little about the answer: "The instrument of Perdis Torlan is the organ" stands or falls with the organ. */
const ASKED_WEIGHT = 0.4;
/** What a word counts that stands not in the sentence but in its heading, or shortly before it. */
const NEARBY = 0.7;

/** @param asked keys of the question's words */
export function takeApart(text: string, evidence: Evidence, asked: ReadonlySet<string>): Claim {
  const all = terms(text);
  const words = [...new Map(all.map((term) => [term.key, term])).values()];
  const isHard = (word: Term) => word.kind === "number" || (evidence.capitalsAreNames && (word.kind === "name" || evidence.names.has(word.exact)));
  const weightOf = (word: Term) => evidence.rarityOf(word.key) * (isHard(word) ? HARD_WEIGHT : 1) * (asked.has(word.key) ? ASKED_WEIGHT : 1);
  const stands = (word: Term) => asked.has(word.key) || evidence.sentences.some(({ words: own, headings }) => own.has(word.key) || headings.has(word.key));
  const weights = new Map(words.map((word) => [word.key, weightOf(word)]));
  return {
    words, weights, hard: new Set(words.filter(isHard).map((word) => word.key)),
    fresh: new Set(words.filter((word) => !asked.has(word.key)).map((word) => word.key)),
    total: [...weights.values()].reduce((sum, weight) => sum + weight, 0), negated: isNegated(text),
    numbers: all.filter(({ kind }) => kind === "number").map(({ key }) => key),
    strange: new Set(words.filter((word) => word.kind === "name" && !stands(word)).map(({ key }) => key)),
  };
}

export function match(claim: Claim, sentence: SourceSentence): Match {
  const covered = new Map<string, number>();
  const missing = new Set<string>();
  for (const word of claim.words) {
    const share = shareOf(word, claim.hard.has(word.key), sentence);
    if (share > 0) covered.set(word.key, share * (claim.weights.get(word.key) ?? 0));
    else if (claim.hard.has(word.key)) missing.add(word.key);
  }
  return { sentence, covered, missing, negationDiffers: claim.negated !== (sentence.negated && isNegatedWhere(covered, sentence.text)) };
}

/** A negation in a clause behind the last word that the claim takes up denies something else: "It opened in 1890, but not to the public". */
function isNegatedWhere(covered: ReadonlyMap<string, number>, text: string): boolean {
  const last = terms(text).findLast(({ key }) => covered.has(key));
  const after = last ? last.start + last.word.length : 0;
  const end = text.slice(after).search(/[,;:–—(]/u);
  return isNegated(end < 0 ? text : text.slice(0, after + end));
}

/** 1: in the sentence itself; less: nearby; 0: not there. Numbers must stand in the sentence or a heading, names anywhere near. */
function shareOf(word: Term, hard: boolean, sentence: SourceSentence): number {
  if (hard && word.kind !== "number" ? sentence.names.has(word.exact) : sentence.words.has(word.key)) return 1;
  if (sentence.headings.has(word.exact) || sentence.headings.has(word.key)) return NEARBY;
  return word.kind !== "number" && (sentence.before.has(word.exact) || sentence.before.has(word.key)) ? NEARBY : 0;
}

/** Support of a claim by sentences taken together, 0..1. */
export function jointSupport(claim: Claim, matches: readonly Match[]): number {
  if (claim.total === 0 || matches.length === 0) return 0;
  const coveredOf = (key: string) => Math.max(0, ...matches.map((one) => one.covered.get(key) ?? 0));
  const sumOf = (keys: Iterable<string>, value: (key: string) => number) => [...keys].reduce((sum, key) => sum + value(key), 0);
  const share = sumOf(claim.weights.keys(), coveredOf) / claim.total;
  const lacksFresh = sumOf(claim.fresh, coveredOf) < FRESH_SHARE * sumOf(claim.fresh, (key) => claim.weights.get(key) ?? 0);
  const lacks = lacksFresh || [...claim.hard].some((key) => matches.every((one) => one.missing.has(key)));
  const signed = matches.every((one) => one.negationDiffers) ? share * NEGATION_DIFFERS : share;
  return lacks ? Math.min(signed, MISSING_FACT) : signed;
}

/** Support by meaning: the cosine of two sentences' vectors, together with the words they share. Not asked where a fact is missing. */
export function semanticSupport(lexical: number, cosine: number): number {
  const meaning = Math.min(1, Math.max(0, (cosine - 0.55) / 0.35));
  return Math.max(lexical, meaning, 0.5 * lexical + 0.7 * meaning);
}
