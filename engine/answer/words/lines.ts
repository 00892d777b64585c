import { sentenceRanges } from "../../base/sentences.ts";
import type { CharRange } from "../../contract/document.ts";

/** A paragraph, a table row, a list item, as a line of a document's text; offsets in that text. */
export interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const LONGEST_HEADING = 80;

/** Lines with their offsets; a heading goes with the line it stands above. */
export function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let open: number | undefined;
  for (const match of text.matchAll(/[^\n]+/g)) {
    const start = open ?? match.index;
    const end = match.index + match[0].length;
    const isHeading = looksLikeHeading(match[0]) && end < text.length;
    open = isHeading ? start : undefined;
    if (!isHeading) lines.push({ start, end, text: text.slice(start, end) });
  }
  return lines;
}

/** Short, without an end mark, and no record of named values. */
function looksLikeHeading(line: string): boolean {
  return line.length < LONGEST_HEADING && !/[.!?:;,…。！？]["'”’)\]]*\s*$/u.test(line) && !/[:|;,]\s/.test(line);
}

/** Before a line that begins as a record does ("name: Loom Malson, price: …"): no line of running text that was only wrapped. */
const recordBreak = /\n(?=[\p{L}][\p{L}\p{N} _/-]{0,40}[:=]\s)/u;

/** The sentences of a document's text in order; a table's rows are sentences of their own, also where they begin in lower case. */
export function sourceSentences(text: string): CharRange[] {
  let at = 0;
  return text.split(recordBreak).flatMap((part) => {
    const start = at;
    at += part.length + 1;
    return sentenceRanges(part).map((range) => ({ start: start + range.start, end: start + range.end }));
  });
}
