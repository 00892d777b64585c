import type { AnswerSentence, Citation } from "../../contract/answers.ts";
import { markers } from "./markers.ts";
import { SUPPORTED } from "./support.ts";
import { allWords } from "../words/terms.ts";

export interface CheckOptions {
  /** false in modes without documents: there is nothing to be supported by, and no flag says so on each sentence. */
  readonly grounded: boolean;
  /** The rules put into the system prompt, and the nonce of the frames: neither belongs into an answer. */
  readonly rules: readonly string[];
  readonly nonce?: string | undefined;
  /** Source numbers there were. */
  readonly sources: readonly number[];
}

/** So many of the rules' words in a row are no accident. */
const LEAK_WORDS = 7;
const remote = /(?:https?|ftp|wss?):\/\/|(?:\]\(|\b(?:src|href)\s*=\s*["']?)\s*(?:\/\/|data:)|!\[[^\]]*\]\(/i;

/** Marks what a person should look at twice. Nothing is hidden or changed. */
export function check(sentences: readonly AnswerSentence[], options: CheckOptions): AnswerSentence[] {
  const leaks = leakDetector(options);
  return sentences.map((sentence) => ({
    ...sentence,
    flags: [
      ...(options.grounded && sentence.claim && !sentence.supported ? ["unsupported" as const] : []),
      ...(leaks(sentence.text) ? ["instruction-leak" as const] : []),
      ...(remote.test(sentence.text) ? ["remote-link" as const] : []),
      ...(hasWrongMarker(sentence, options) ? ["wrong-marker" as const] : []),
    ],
  }));
}

/** Of a checked answer: it claims something, and none of it, or all of it, stands in the sources. */
export const isUnsupported = (sentences: readonly AnswerSentence[]): boolean => claims(sentences).length > 0 && claims(sentences).every(({ supported }) => !supported);
export const isSupported = (sentences: readonly AnswerSentence[]): boolean => claims(sentences).length > 0 && claims(sentences).every(({ supported }) => supported);
const claims = (sentences: readonly AnswerSentence[]) => sentences.filter(({ claim }) => claim);

function leakDetector({ rules, nonce }: CheckOptions): (text: string) => boolean {
  const runs = new Set(rules.flatMap((rule) => runsOf(rule)));
  return (text) => /<\/?source-/i.test(text) || (nonce !== undefined && text.includes(nonce)) || runsOf(text).some((run) => runs.has(run));
}

function runsOf(text: string): string[] {
  const words = allWords(text).map((word) => word.exact);
  return words.slice(LEAK_WORDS - 1).map((_, i) => words.slice(i, i + LEAK_WORDS).join(" "));
}

/**
 * A number that names no source, or one that does not support the sentence while another does. In a mode without documents a number between
 * brackets may be anything ("the vector [1, 2]"); one that stands in JSON under a key for sources names a source there, too.
 */
function hasWrongMarker({ text, claim, citations, named = [] }: AnswerSentence, { grounded, sources }: CheckOptions): boolean {
  const inWords = grounded ? [] : markers(text).flatMap(({ numbers }) => numbers);
  const supports = (number: number) => citations.some((one: Citation) => one.source === number && one.support >= SUPPORTED * 0.75);
  const another = citations.some((one) => !one.marked && one.support >= SUPPORTED);
  return named.some((number) => !inWords.includes(number) && (!sources.includes(number) || (claim && another && !supports(number))));
}
