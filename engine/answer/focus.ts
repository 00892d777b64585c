import type { Passage } from "../contract/search.ts";
import { wordScorer } from "./terms.ts";

/** A neighbouring line nearly as good comes along. */
const NEARLY = 0.7;

interface Line { readonly start: number; readonly end: number; readonly text: string }

/**
 * Cuts passages down to the lines about the question (paragraphs, table rows), for models whose context cannot take the passages whole: better a
 * little of each than all of the first. A passage in which no line stands out, or whose text is not the document's own, stays whole.
 */
export function focus(question: string, passages: readonly Passage[]): Passage[] {
  const lines = passages.map((passage) => linesOf(passage.text));
  const score = wordScorer(question, lines.flat().map((line) => line.text));
  return passages.map((passage, i) => cutTo(passage, lines[i] ?? [], score));
}

/** Lines with their offsets; a heading goes with the line it stands above. */
function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let open: number | undefined;
  for (const match of text.matchAll(/[^\n]+/g)) {
    const start = open ?? match.index;
    const end = match.index + match[0].length;
    const isHeading = match[0].length < 80 && !/[.!?:;,…。！？]["'”’)\]]*\s*$/u.test(match[0]) && !/[:|;,]\s/.test(match[0]) && end < text.length;
    open = isHeading ? start : undefined;
    if (!isHeading) lines.push({ start, end, text: text.slice(start, end) });
  }
  return lines;
}

function cutTo(passage: Passage, lines: readonly Line[], score: (text: string) => number): Passage {
  const scores = lines.map((line) => score(line.text));
  const best = Math.max(...scores);
  const exact = passage.text.length === passage.range.end - passage.range.start;
  if (!exact || lines.length < 2 || best <= 0) return passage;
  const at = scores.indexOf(best);
  const good = (i: number) => (scores[i] ?? 0) >= best * NEARLY;
  let [first, last] = [at, at];
  while (last + 1 < lines.length && good(last + 1)) last++;
  while (first > 0 && good(first - 1)) first--;
  const [start, end] = [lines[first]?.start ?? 0, lines[last]?.end ?? passage.text.length];
  return { ...passage, text: passage.text.slice(start, end), range: { start: passage.range.start + start, end: passage.range.start + end } };
}
