import type { AnswerSentence } from "../../contract/answers.ts";
import type { CharRange } from "../../contract/document.ts";
import type { AssembledSource } from "../context/assemble.ts";
import type { Best } from "../evidence/best-sentences.ts";
import { toDocument } from "../context/source-text.ts";

export interface Quoted {
  readonly text: string;
  readonly sentences: readonly AnswerSentence[];
}

const NOTHING = "Nothing in your documents matches this question.";

/** A further source is quoted where its best sentence is at least so good, as a share of the best of all: chosen by scripts/bench/quotes.ts. */
const WORTH_QUOTING = 0.6;

/**
 * The answer of Quotes mode: of the first source, and of those about as good, the best sentences word for word, with their number. Every sentence
 * cites itself. The other sources stay beside the answer for reading on. `best`: of each source; `severalParts`: the question asks several things,
 * which one scale cannot compare, so each source is quoted.
 */
export function quote(sources: readonly AssembledSource[], best: readonly Best[], { severalParts = false } = {}): Quoted {
  if (sources.length === 0) return nothing();
  let text = "";
  const sentences: AnswerSentence[] = [];
  const least = severalParts ? Number.NEGATIVE_INFINITY : WORTH_QUOTING * Math.max(...best.map(({ score }) => score));
  sources.forEach((source, i) => {
    const { ranges, score } = best[i] ?? { ranges: [], score: 0 };
    if (i > 0 && score < least) return;
    text += i === 0 ? "> " : "\n\n> ";
    ranges.forEach((range, k) => {
      const words = source.text.slice(range.start, range.end);
      const shown = `${k === 0 ? "" : " "}${asMarkdown(words)}`;
      const start = text.length + (k === 0 ? 0 : 1);
      text += shown;
      sentences.push(exactSentence({ start, end: text.length }, text.slice(start), { source: source.number, range: toDocument(source, range), text: words }));
    });
    text += ` [${source.number}]`;
  });
  return { text, sentences };
}

function exactSentence(range: CharRange, text: string, words: { source: number; range: CharRange; text: string }): AnswerSentence {
  return { range, text, claim: true, supported: true, citations: [{ ...words, support: 1, marked: true }], flags: [] };
}

function nothing(): Quoted {
  return { text: NOTHING, sentences: [{ range: { start: 0, end: NOTHING.length }, text: NOTHING, claim: false, supported: false, citations: [], flags: [] }] };
}

/** A document's words as Markdown that shows just these words: on one line, and with nothing in them that Markdown would act on. */
function asMarkdown(words: string): string {
  return words
    .replace(/\s+/g, " ")
    .replace(/[\\`*[\]<>|~$]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\$&")
    .replace(/^(?=[#+-])/, "\\")
    .replace(/^(\d+)(?=[.)]\s)/, "$1\\")
    .replace(/(?<=https?):(?=\/\/)/g, "\\:");
}
