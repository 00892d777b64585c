import type { SourceSentence } from "./evidence.ts";
import type { Claim, Match } from "./support.ts";
import { terms } from "../words/terms.ts";

/** From this share of a claim's words on, standing in one sentence itself, that sentence says the same, or what it says instead counts. */
const SAME = 0.75;
/** Fewer words are in too many sentences. */
const FEWEST_WORDS = 4;
/** With more words of its own, for so many that are known, a claim speaks of something else. */
const MOST_STRANGE = 0.25;

/**
 * The sentence that says nearly the same as the claim but turned, or with another number or name in the place of the claim's: "granted in 1900"
 * where the claim has 1901. That 1901 stands in some other sentence then supports nothing. undefined where a sentence as near agrees, or none is near.
 */
export function contradiction(claim: Claim, matches: readonly Match[]): Match | undefined {
  const words = claim.words.filter((word) => word.kind !== "number" && !claim.strange.has(word.key));
  if (words.length < FEWEST_WORDS || claim.strange.size > MOST_STRANGE * words.length) return undefined;
  const total = words.reduce((sum, { key }) => sum + (claim.weights.get(key) ?? 0), 0);
  const nearness = ({ sentence }: Match) => words.reduce((sum, { key }) => sum + (sentence.words.has(key) ? (claim.weights.get(key) ?? 0) : 0), 0) / total;
  const near = matches.map((match) => ({ match, nearness: nearness(match) })).filter((one) => one.nearness >= SAME);
  if (!near.every(({ match }) => contradicts(claim, match))) return undefined;
  return near.sort((a, b) => b.nearness - a.nearness)[0]?.match;
}

function contradicts(claim: Claim, { sentence, negationDiffers }: Match): boolean {
  return negationDiffers || hasOtherNumber(claim, sentence) || hasOtherName(claim, sentence);
}

/** A number too many in the claim and one too few: counted, since the same year may stand in a sentence twice. */
function hasOtherNumber(claim: Claim, sentence: SourceSentence): boolean {
  const own = terms(sentence.text).filter(({ kind }) => kind === "number").map(({ key }) => key);
  const added = without(claim.numbers, own).filter((number) => !sentence.headings.has(number) && !sentence.before.has(number));
  return added.length > 0 && without(own, claim.numbers).length > 0;
}

/** For languages in which a capital is no name: a capitalised word that stands in no source, and one of the sentence that the claim lacks. */
function hasOtherName(claim: Claim, sentence: SourceSentence): boolean {
  const there = new Set(claim.words.map(({ key }) => key));
  return claim.strange.size > 0 && terms(sentence.text).some(({ kind, key }) => kind === "name" && !there.has(key));
}

/** What is left of `all` when each of `taken` has taken one. */
function without(all: readonly string[], taken: readonly string[]): string[] {
  const left = [...all];
  for (const one of taken) {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}
