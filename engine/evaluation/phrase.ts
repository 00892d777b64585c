import { allWords, fold, type Term } from "../answer/words/terms.ts";
import type { CharRange } from "../contract/document.ts";

/** A text as comparing sees it: lower case, without accents, one space where there was any white space; with the way back. */
export interface Folded {
  readonly text: string;
  /** Offset in the original of every code unit of `text`, and of its end. */
  readonly offsets: Uint32Array;
}

const DASHES = /[\u2010-\u2015\u2212]/u;
const SINGLE = /[\u2018\u2019\u201a\u201b]/u;
const DOUBLE = /[\u201c-\u201f\u00ab\u00bb]/u;
const INVISIBLE = /[\u00ad\u200b-\u200d\u2060\ufeff]/u;

export function foldText(original: string): Folded {
  let text = "";
  const offsets: number[] = [];
  let at = 0;
  for (const letter of original) {
    const folded = foldLetter(letter, text);
    for (let i = 0; i < folded.length; i++) offsets.push(at);
    text += folded;
    at += letter.length;
  }
  offsets.push(original.length);
  return { text, offsets: Uint32Array.from(offsets) };
}

function foldLetter(letter: string, before: string): string {
  if (/\s/u.test(letter)) return before === "" || before.endsWith(" ") ? "" : " ";
  if (INVISIBLE.test(letter)) return "";
  if (DASHES.test(letter)) return "-";
  if (SINGLE.test(letter)) return "'";
  if (DOUBLE.test(letter)) return '"';
  return fold(letter);
}

/** Where the phrase stands in the text, in order, without case, accents and line breaks. An empty phrase stands nowhere. */
export function findPhrase(text: string | Folded, phrase: string): CharRange[] {
  const folded = typeof text === "string" ? foldText(text) : text;
  const wanted = foldText(phrase).text.trim();
  const found: CharRange[] = [];
  if (wanted === "") return found;
  for (let at = folded.text.indexOf(wanted); at >= 0; at = folded.text.indexOf(wanted, at + wanted.length)) {
    const last = folded.offsets[at + wanted.length - 1] ?? 0;
    found.push({ start: folded.offsets[at] ?? 0, end: Math.max(last + 1, folded.offsets[at + wanted.length] ?? last + 1) });
  }
  return found.map((range) => (typeof text === "string" ? trimmed(range, text) : range));
}

/** The end lies before the next letter; white space in between is not part of it. */
function trimmed({ start, end }: CharRange, text: string): CharRange {
  return { start, end: start + text.slice(start, end).trimEnd().length };
}

export const holds = (text: string, phrase: string): boolean => foldText(text).text.includes(foldText(phrase).text.trim());

export interface Nearest {
  readonly range: CharRange;
  /** Share of the phrase's words that stand there, 0..1. */
  readonly share: number;
}

/** The stretch of the text that holds most of the phrase's words close together, or undefined where it holds none. */
export function nearestPhrase(text: string, phrase: string): Nearest | undefined {
  const wanted = new Map<string, number>();
  for (const { key } of allWords(phrase)) wanted.set(key, (wanted.get(key) ?? 0) + 1);
  const size = [...wanted.values()].reduce((sum, count) => sum + count, 0);
  const words = allWords(text);
  const best = densest(words, wanted, Math.ceil(size * 1.5));
  return best && size > 0 ? { range: best.range, share: best.count / size } : undefined;
}

/** Slides a window of `width` words over the text; the fewest words that hold the most of what is wanted. */
function densest(words: readonly Term[], wanted: ReadonlyMap<string, number>, width: number): { range: CharRange; count: number } | undefined {
  const inside = new Map<string, number>();
  let count = 0;
  let best: { range: CharRange; count: number } | undefined;
  words.forEach((word, i) => {
    const most = wanted.get(word.key) ?? 0;
    const now = (inside.get(word.key) ?? 0) + 1;
    inside.set(word.key, now);
    if (now <= most) count++;
    const gone = words[i - width];
    if (gone) {
      const left = (inside.get(gone.key) ?? 0) - 1;
      inside.set(gone.key, left);
      if (left < (wanted.get(gone.key) ?? 0)) count--;
    }
    if (most > 0 && count > (best?.count ?? 0)) best = { count, range: { start: firstWanted(words, Math.max(0, i - width + 1), wanted), end: word.start + word.word.length } };
  });
  return best;
}

function firstWanted(words: readonly Term[], from: number, wanted: ReadonlyMap<string, number>): number {
  let i = from;
  while (!wanted.has(words[i]?.key ?? "") && i < words.length - 1) i++;
  return words[i]?.start ?? 0;
}
