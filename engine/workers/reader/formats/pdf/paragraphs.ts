import { joinsUnspaced } from "../../../../base/unspaced.ts";
import type { Rect } from "../../../../contract/document.ts";
import type { Piece } from "../../blocks.ts";
import { endedEarly, isIndented, type Edges } from "./line-ends.ts";
import type { Line } from "./lines.ts";
import { hundredths } from "./words.ts";

export interface Paragraph {
  readonly lines: readonly Line[];
  readonly pieces: readonly Piece[];
  readonly text: string;
  readonly size: number;
}

const BULLET = /^(?:[•‣◦▪▫■□●○◆➢➤✓✔–—*-]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s/;

export interface ParagraphOptions {
  /** The document's words in small letters, which decide about hyphens at line ends. */
  readonly vocabulary: ReadonlySet<string>;
  /** False keeps two lines apart whatever they look like. */
  readonly mayJoin: (before: Line, line: Line) => boolean;
  /** Words that share one rectangle; 1 but for very long documents. */
  readonly wordsPerRun: number;
}

/** Lines to paragraphs, by leading, font size, indentation, bullets and whether the next word would have fitted. */
export function paragraphsOf(lines: readonly Line[], options: ParagraphOptions): Paragraph[] {
  const leading = usualLeading(lines);
  const groups: Line[][] = [];
  lines.forEach((line, i) => {
    const before = lines[i - 1];
    const group = groups.at(-1);
    if (before && group && options.mayJoin(before, line) && runsOn(before, line, leading)) group.push(line);
    else groups.push([line]);
  });
  return inReadingOrder(groups.flatMap(splitGroup)).map((group) => assemble(group, options));
}

/**
 * A page may draw its title or letterhead last. A block that lies above an earlier one and over it (not beside it, as the next column
 * does) is read before it.
 */
function inReadingOrder(groups: readonly (readonly Line[])[]): (readonly Line[])[] {
  const ordered: { group: readonly Line[]; box: Box }[] = [];
  for (const group of groups) {
    const box = boxOf(group);
    const at = ordered.findIndex((other) => isAbove(box, other.box));
    ordered.splice(at < 0 ? ordered.length : at, 0, { group, box });
  }
  return ordered.map(({ group }) => group);
}

interface Box { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number; readonly angle: number; readonly size: number }

function boxOf(lines: readonly Line[]): Box {
  const across = lines.map((line) => line.across);
  const size = Math.max(...lines.map((line) => line.size));
  return { left: Math.min(...lines.map((line) => line.along)), right: Math.max(...lines.map((line) => line.end)), top: Math.min(...across), bottom: Math.max(...across), angle: lines[0]?.angle ?? 0, size };
}

function isAbove(box: Box, other: Box): boolean {
  const overlap = Math.min(box.right, other.right) - Math.max(box.left, other.left);
  return box.angle === other.angle && box.bottom < other.top - Math.min(box.size, other.size) * 0.5 && overlap > 0;
}

/** The most usual distance between baselines, in font sizes. */
function usualLeading(lines: readonly Line[]): number {
  const counts = new Map<number, number>();
  lines.forEach((line, i) => {
    const before = lines[i - 1];
    const step = before ? (line.across - before.across) / line.size : 0;
    if (before && sameSize(before, line) && step > 0.8 && step < 2.5) counts.set(Math.round(step * 10), (counts.get(Math.round(step * 10)) ?? 0) + 1);
  });
  const [usual] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0] ?? [12];
  return usual / 10;
}

const sameSize = (a: Line, b: Line) => Math.abs(a.size - b.size) < Math.max(a.size, b.size) * 0.1;

/** A piece of a formula or a number by itself: no word of four letters, and short. */
const isFragment = (line: Line) => line.text.length < 25 && line.columns === 1 && !/\p{L}{4}/u.test(line.text) && !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u.test(line.text);

/** Formulas are drawn piece by piece, up and down around one line of text: what is that close belongs together. */
function isFormula(before: Line, line: Line): boolean {
  if (!isFragment(before) && !isFragment(line)) return false;
  const size = Math.max(before.size, line.size);
  return Math.abs(before.angle - line.angle) <= 3 && Math.abs(line.across - before.across) < size * 1.45 && line.along - before.end < size * 3 && before.along - line.end < size * 12 && !BULLET.test(line.text);
}

function runsOn(before: Line, line: Line, leading: number): boolean {
  if (isFormula(before, line)) return true;
  if (Math.abs(before.angle - line.angle) > 3 || !sameSize(before, line) || before.columns > 1 || line.columns > 1) return false;
  const step = line.across - before.across;
  const overlap = Math.min(before.end, line.end) - Math.max(before.along, line.along);
  if (step > 0) return step < line.size * Math.min(leading * 1.25 + 0.1, 2.4) && overlap > 0;
  // Up and to the side: the next column. A sentence that is not finished goes on there.
  return step < -line.size * 2 && line.along > before.along && !/[.!?:;]["')\]]?$/.test(before.text) && /^\p{Ll}/u.test(line.text);
}

/** A block of even lines holds several paragraphs where a line ends early, is indented, or begins with a bullet. */
function splitGroup(group: readonly Line[]): Line[][] {
  const left = Math.min(...group.map((line) => line.along));
  const right = Math.max(...group.map((line) => line.end));
  const edges: Edges = { left, right, rtl: group.filter((line) => line.rtl).length > group.length / 2 };
  const centred = group.length > 1 && group.every((line) => Math.abs((line.along + line.end) / 2 - (left + right) / 2) < line.size * 0.6) && group.some((line) => line.along - left > line.size);
  const parts: Line[][] = [];
  const bulleted = group.filter((line) => BULLET.test(line.text)).length;
  group.forEach((line, i) => {
    const before = group[i - 1];
    const part = parts.at(-1);
    const begins = !before || (!centred && !isFormula(before, line) && ((BULLET.test(line.text) && (bulleted > 1 || endedEarly(before, line, edges))) || endedEarly(before, line, edges) || isIndented(before, line, edges)));
    if (part && !begins) part.push(line);
    else parts.push([line]);
  });
  return parts;
}

function assemble(lines: readonly Line[], { vocabulary, wordsPerRun }: ParagraphOptions): Paragraph {
  const pieces: Piece[] = [];
  lines.forEach((line, i) => {
    const next = lines[i + 1];
    const words = piecesOf(line, wordsPerRun);
    if (next && isHyphenated(line, next, vocabulary)) dropHyphen(words);
    else if (next && !joinsWithoutSpace(line.text, next.text)) words.push({ text: " " });
    pieces.push(...words);
  });
  return { lines, pieces, text: pieces.map((piece) => piece.text).join(""), size: lines[0]?.size ?? 0 };
}

/** A line's words with their rectangles, so many to a piece, and the spaces between pieces without one. */
function piecesOf({ text, spans, rects }: Line, wordsPerRun: number): Piece[] {
  const pieces: Piece[] = [];
  const words = spans.length / 2;
  for (let first = 0; first < words; first += wordsPerRun) {
    const last = Math.min(first + wordsPerRun, words) - 1;
    const [start = 0, end = 0] = [spans[first * 2], spans[last * 2 + 1]];
    const before = first > 0 ? (spans[first * 2 - 1] ?? 0) : 0;
    if (start > before) pieces.push({ text: text.slice(before, start) });
    pieces.push({ text: text.slice(start, end), rect: unionOf(rects.subarray(first * 4, last * 4 + 4)) });
  }
  return pieces;
}

function unionOf(rects: Float32Array): Rect {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < rects.length; i += 4) {
    const [x = 0, y = 0, width = 0, height = 0] = rects.subarray(i, i + 4);
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + width), Math.max(bottom, y + height)];
  }
  return [hundredths(left), hundredths(top), hundredths(right - left), hundredths(bottom - top)];
}

/**
 * "exam-" + "ple": a letter before the hyphen and a small letter after it. "multi-" + "agent" keeps its hyphen where the document
 * writes it so elsewhere, or knows both halves as words and never the whole.
 */
function isHyphenated(line: Line, next: Line, vocabulary: ReadonlySet<string>): boolean {
  const first = /(\p{L}[\p{L}-]*)[-‐]$/u.exec(line.text)?.[1]?.toLowerCase();
  const second = /^\p{Ll}\p{L}*/u.exec(next.text)?.[0].toLowerCase();
  if (!first || !second) return false;
  if (vocabulary.has(first + second)) return true;
  const isCompound = vocabulary.has(`${first}-${second}`) || (first.length > 2 && second.length > 2 && vocabulary.has(first) && vocabulary.has(second));
  return !isCompound;
}

/** Words of some lines in small letters; the last one of a line that ends in a hyphen is half a word and left out. */
export function addVocabulary(vocabulary: Set<string>, lines: readonly Line[]): void {
  for (const { text } of lines) {
    const whole = text.toLowerCase().replace(/\S+[-‐]$/u, "");
    for (const word of whole.match(/\p{L}[\p{L}-]*\p{L}/gu) ?? []) {
      vocabulary.add(word);
      if (word.includes("-")) for (const part of word.split("-")) vocabulary.add(part);
    }
  }
}

function dropHyphen(words: Piece[]): void {
  const last = words.pop();
  if (last) words.push({ ...last, text: last.text.slice(0, -1) });
}

/** What a hyphen joins, and scripts without spaces. */
const joinsWithoutSpace = (before: string, after: string): boolean => joinsUnspaced(before, after) || /\p{L}[-‐]$/u.test(before);
