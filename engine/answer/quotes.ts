import type { AnswerSentence } from "../contract/answers.ts";
import type { CharRange } from "../contract/document.ts";
import type { AssembledSource } from "./assemble.ts";
import { toDocument } from "./source-text.ts";

export interface Quoted {
  readonly text: string;
  readonly sentences: readonly AnswerSentence[];
}

const NOTHING = "Nothing in your documents matches this question.";

/** The answer of Quotes mode: of each source its best sentences, word for word, with their number. Every sentence cites itself. */
export function quote(sources: readonly AssembledSource[], best: readonly (readonly CharRange[])[]): Quoted {
  if (sources.length === 0) return nothing();
  let text = "";
  const sentences: AnswerSentence[] = [];
  sources.forEach((source, i) => {
    text += i === 0 ? "> " : "\n\n> ";
    (best[i] ?? []).forEach((range, k) => {
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
