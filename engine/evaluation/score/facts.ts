import { jsonValues } from "../../answer/write/json-answer.ts";
import { stripMarkers } from "../../answer/evidence/markers.ts";
import { allWords } from "../../answer/words/terms.ts";
import type { AnswerSentence } from "../../contract/answers.ts";
import type { KnownQuestion } from "../../contract/questions.ts";
import { holds } from "../phrase.ts";
import { hasNumber } from "./numbers.ts";

export interface FactScores {
  readonly fact: boolean;
  readonly exact: boolean;
  readonly tokenF1: number;
}

/**
 * What an answer says to a person, without its citation marks: the values of a JSON answer; of one that only sorts or decides
 * ({"label": "billing"}, {"urgent": true}) its labels and truth values.
 */
export function saidBy(text: string): string {
  const json = jsonValues(text);
  if (!json) return stripMarkers(text);
  const { said, labels, truths, isOpen } = json;
  return (said.length > 0 || isOpen ? said : [...labels, ...truths]).map(stripMarkers).join("\n");
}

/** The labels and truth values of a JSON answer: beside what it says, where it says something. */
export function besides(text: string): string[] {
  const { labels = [], truths = [] } = jsonValues(text) ?? {};
  return [...labels, ...truths];
}

/** Whether it answers at all: "I don't know", {"answer": null} and nothing do not. */
export function claimsAnything(text: string, sentences: readonly AnswerSentence[]): boolean {
  return sentences.some(({ claim }) => claim) || (sentences.length === 0 && saidBy(text).trim() !== "");
}

/**
 * How an answer meets the expected ones; of several the best counts. undefined where none is expected.
 * - fact: one stands in the answer as whole words in a row, without case, accents, signs and articles; one that is a number also by its value
 *   (2,028 is 2028); or a number of the answer is the expected one within its tolerance. A negation around it is not seen. One
 *   of the values `besides` may hold it as well.
 * - exact: the answer is nothing else.
 * - tokenF1: as SQuAD has it, the harmonic mean of the shares of common words (Rajpurkar et al. 2016).
 */
export function factScores(said: string, { expectAnswers = [], expectNumber }: KnownQuestion, besides: readonly string[] = []): FactScores | undefined {
  if (expectAnswers.length === 0 && !expectNumber) return undefined;
  const words = wordsOf(said);
  const rightNumber = expectNumber !== undefined && hasNumber(said, expectNumber.value, expectNumber.tolerance);
  const wanted = [...expectAnswers, ...(expectNumber ? [String(expectNumber.value)] : [])].map((text) => ({ text, words: wordsOf(text) }));
  return {
    fact: rightNumber || wanted.some((one) => stands(one, said, words) || besides.some((value) => stands(one, value, wordsOf(value)))),
    exact: wanted.some((one) => one.words.length > 0 && one.words.join(" ") === words.join(" ")),
    tokenF1: Math.max(0, ...wanted.map((one) => f1(words, one.words))),
  };
}

interface Wanted { readonly text: string; readonly words: readonly string[] }

function stands({ text, words }: Wanted, said: string, saidWords: readonly string[]): boolean {
  const value = words.length === 1 ? Number(words[0]) : Number.NaN;
  if (Number.isFinite(value) && hasNumber(said, /^\s*[-−]/.test(text) ? -value : value)) return true;
  if (words.length === 0) return holds(said, text); // Signs only, such as "+" or "€".
  return saidWords.some((_, i) => words.every((word, j) => saidWords[i + j] === word));
}

const articles = new Set(["a", "an", "the"]);

/** Folded words without English articles; numbers in plain digits. */
const wordsOf = (text: string): string[] =>
  allWords(text).map((word) => (word.kind === "number" ? word.key : word.exact)).filter((word) => !articles.has(word));

function f1(said: readonly string[], wanted: readonly string[]): number {
  const left = new Map<string, number>();
  for (const word of said) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of wanted) {
    const count = left.get(word) ?? 0;
    if (count > 0) common++;
    left.set(word, count - 1);
  }
  return common === 0 ? 0 : (2 * common) / (said.length + wanted.length);
}
