import type { AnswerSentence, CharRange, Citation, Source } from "../../engine/contract/index.ts";
import { baseName } from "../app/words.ts";

/** What one chip stands for: all that one sentence quotes from one source. */
export interface CitationGroup { /** `${sentence}.${source}`, unique within the message. */ readonly key: string; readonly source: number; readonly citations: readonly Citation[] }

export function groupsOf(sentence: AnswerSentence, index: number): CitationGroup[] {
  const numbers = [...new Set(sentence.citations.map((citation) => citation.source))];
  return numbers.map((source) => ({ key: `${index}.${source}`, source, citations: sentence.citations.filter((citation) => citation.source === source) }));
}

export function findGroup(sentences: readonly AnswerSentence[], key: string | undefined): CitationGroup | undefined {
  if (key === undefined) return undefined;
  const index = Number(key.split(".")[0]);
  const sentence = sentences[index];
  return sentence ? groupsOf(sentence, index).find((group) => group.key === key) : undefined;
}

/** All citations of an answer in reading order. */
export const allGroups = (sentences: readonly AnswerSentence[]): CitationGroup[] => sentences.flatMap(groupsOf);

export const quoteOf = (group: CitationGroup): string => group.citations.map((citation) => citation.text).join(" … ");

export const sourceName = (source: Source): string => source.passage.title ?? baseName(source.passage.path);

/** "Page 3", "Slide 2", "Sheet 1"; empty for formats without. */
export function pageOf({ passage: { page, format } }: Pick<Source, "passage">): string {
  const unit = format === "pptx" ? "Slide" : format === "xlsx" || format === "xls" || format === "ods" ? "Sheet" : "Page";
  return page === undefined ? "" : `${unit} ${page}`;
}

/** "Page 3 · Fees › Late payment". The document's title stands beside it: a heading that only repeats it is left out. */
export function placeOf(source: Pick<Source, "passage">): string {
  const { headingPath: [first, ...rest], title } = source.passage;
  return [pageOf(source), (first === undefined || first === title ? rest : [first, ...rest]).join(" › ")].filter(Boolean).join(" · ");
}

/** Where quoted words stand within a source's own text; undefined where they cannot be found (a table row is quoted with its header). */
export function within(source: Source, citation: Citation): CharRange | undefined {
  const start = citation.range.start - source.range.start;
  if (source.text.slice(start, start + citation.text.length) === citation.text) return { start, end: start + citation.text.length };
  const found = source.text.indexOf(citation.text);
  return found < 0 ? undefined : { start: found, end: found + citation.text.length };
}

export const flagWords: Record<AnswerSentence["flags"][number], string> = {
  unsupported: "No source supports this sentence.",
  "instruction-leak": "This sentence repeats an instruction that was found inside a document.",
  "remote-link": "This sentence carries a link that no document contains.",
  "wrong-marker": "The model named a source that does not support this, or none it was given; sources shown here were matched by Lorekeep.",
};
