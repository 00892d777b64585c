import type { Passage } from "../../contract/search.ts";
import { linesOf, type Line } from "../words/lines.ts";
import { wordScorer } from "../words/terms.ts";

/** A neighbouring line nearly as good comes along. */
const NEARLY = 0.7;
/** A line is chosen by what it is about, and that the question's names and numbers say; which of its sentences answers, its other words. */
const SUBJECT_WEIGHT = 2;

/**
 * Cuts passages down to the lines about the question (paragraphs, table rows), for models whose context cannot take the passages whole: better a
 * little of each than all of the first. A passage in which no line stands out, or whose text is not the document's own, stays whole.
 */
export function focus(question: string, passages: readonly Passage[]): Passage[] {
  const lines = passages.map((passage) => linesOf(passage.text));
  const score = wordScorer(question, lines.flat().map((line) => line.text), SUBJECT_WEIGHT);
  return passages.map((passage, i) => cutTo(passage, lines[i] ?? [], score));
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
