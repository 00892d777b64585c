import type { Source } from "../../contract/answers.ts";

/**
 * Sources are framed as `<source-NONCE id="1" title="…">…</source-NONCE>`. The nonce stands in none of the texts, so none can close the frame;
 * what looks like a marker is defused all the same, since a model reads by likeness. Of twelve frames this one measured best in both
 * grounded corners of the toy world (docs/decisions/0006, "How sources are framed").
 */
export function frameSource(source: Source, nonce: string): string {
  const summary = source.summary === undefined ? "" : ' summary="yes"';
  return `<source-${nonce} id="${source.number}" title="${attribute(titleOf(source))}"${summary}>\n${defuse(source.summary ?? source.text)}\n</source-${nonce}>`;
}

/** File name, headings and page, as a person would name the place. */
export function titleOf(source: Pick<Source, "passage">): string {
  const { path, headingPath, page } = source.passage;
  return [fileName(path), ...headingPath.slice(-2), ...(page === undefined ? [] : [`page ${page}`])].join(", ");
}

export function fileName(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== "") ?? path;
}

function attribute(text: string): string {
  return text.replace(/[<>"\s\p{Cc}]+/gu, " ").slice(0, 120).trim();
}

/** `<source` and `</source` in a document become `‹source`: as readable, and no marker. Control characters but line breaks and tabs go. */
export function defuse(text: string): string {
  return text.replace(/<(?=\s*\/?\s*source)/gi, "‹").replace(/[^\P{Cc}\n\t]/gu, " ");
}
