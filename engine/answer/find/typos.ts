import type { Passage } from "../../contract/search.ts";
import type { ScoredPassage } from "../../knowledge/store.ts";
import { allWords, fold, terms, type Term } from "../words/terms.ts";

/** Shorter words have too many neighbours that mean something else. */
const SHORTEST = 5;

/** The words of a question that stand in none of the passages it found, and so perhaps nowhere: rare words rank their passages first. */
export function unknownWords(question: string, found: readonly Passage[]): Term[] {
  const unseen = terms(question).filter((term) => term.kind !== "number" && fold(term.word).length >= SHORTEST);
  const missing = new Set(unseen.map(({ key }) => key));
  // Reading stops where nothing is missing any more, mostly at the first passages: reading all hundred took longer than the search.
  for (const passage of found) {
    if (missing.size === 0) break;
    for (const { key } of wordsOf(passage)) missing.delete(key);
  }
  return unseen.filter(({ key }) => missing.has(key));
}

/** The word of `passages` that comes nearest to `term`, where it is near enough to be meant: a letter in short words, two in long ones. */
export function meant(term: Term, passages: readonly ScoredPassage[]): string | undefined {
  const most = term.exact.length < 8 ? 1 : 2;
  let best: { word: string; distance: number } | undefined;
  for (const { passage } of passages) {
    for (const { word, exact } of wordsOf(passage)) {
      if (Math.abs(exact.length - term.exact.length) > most || exact[0] !== term.exact[0]) continue;
      const distance = editDistance(exact, term.exact, most);
      if (distance > 0 && distance <= most && (!best || distance < best.distance)) best = { word, distance };
    }
  }
  return best?.word;
}

const wordsOf = ({ title, headingPath, text }: Passage): Term[] => allWords([title ?? "", ...headingPath, text].join("\n"));

/** Letters inserted, left out, replaced, or swapped with their neighbour; more than `most` is `most` + 1. */
export function editDistance(a: string, b: string, most: number): number {
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let k = 1; k <= b.length; k++) {
      const same = a[i - 1] === b[k - 1];
      const swapped = a[i - 1] === b[k - 2] && a[i - 2] === b[k - 1] && i > 1 && k > 1 ? (before[k - 2] ?? most) + 1 : Infinity;
      row[k] = Math.min((last[k] ?? 0) + 1, (row[k - 1] ?? 0) + 1, (last[k - 1] ?? 0) + (same ? 0 : 1), swapped);
    }
    if (Math.min(...row) > most) return most + 1;
    [before, last] = [last, row];
  }
  return Math.min(last[b.length] ?? most + 1, most + 1);
}
