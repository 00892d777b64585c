import type { Piece } from "../../blocks.ts";
import type { Line } from "./lines.ts";
import type { Word } from "./words.ts";

export interface Paragraph {
  readonly lines: readonly Line[];
  readonly pieces: readonly Piece[];
  readonly text: string;
  readonly size: number;
}

const BULLET = /^(?:[•‣◦▪▫■□●○◆➢➤✓✔–—*-]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s/;

/** Lines to paragraphs, by leading, font size, indentation, bullets and whether the next word would have fitted. */
export function paragraphsOf(lines: readonly Line[], mayJoin: (before: Line, line: Line) => boolean = () => true): Paragraph[] {
  const leading = usualLeading(lines);
  const groups: Line[][] = [];
  lines.forEach((line, i) => {
    const before = lines[i - 1];
    const group = groups.at(-1);
    if (before && group && mayJoin(before, line) && runsOn(before, line, leading)) group.push(line);
    else groups.push([line]);
  });
  return groups.flatMap(splitGroup).map(assemble);
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

function runsOn(before: Line, line: Line, leading: number): boolean {
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
  const centred = group.length > 1 && group.every((line) => Math.abs((line.along + line.end) / 2 - (left + right) / 2) < line.size * 0.6) && group.some((line) => line.along - left > line.size);
  const parts: Line[][] = [];
  const bulleted = group.filter((line) => BULLET.test(line.text)).length;
  group.forEach((line, i) => {
    const before = group[i - 1];
    const part = parts.at(-1);
    const begins = !before || (!centred && ((BULLET.test(line.text) && (bulleted > 1 || endedEarly(before, line, right))) || endedEarly(before, line, right) || isIndented(before, line, left)));
    if (part && !begins) part.push(line);
    else parts.push([line]);
  });
  return parts;
}

/** The next line's first word would have fitted on the line before: whoever set the text began anew on purpose. */
function endedEarly(before: Line, line: Line, right: number): boolean {
  const first = line.words[0];
  if (!first || line.along > before.end) return false;
  const needed = first.end - first.along + line.size * 0.6;
  return right - before.end > needed && (/[.!?:;)"'”’\]]$/.test(before.text) || /^[\p{Lu}\p{N}\p{P}\p{S}]/u.test(line.text));
}

function isIndented(before: Line, line: Line, left: number): boolean {
  return line.along - left > line.size * 0.9 && line.along - left < line.size * 5 && before.along - left < line.size * 0.4 && /[.!?:]["')\]]?$/.test(before.text) && /^[\p{Lu}\p{N}“"]/u.test(line.text);
}

function assemble(lines: readonly Line[]): Paragraph {
  const pieces: Piece[] = [];
  lines.forEach((line, i) => {
    const next = lines[i + 1];
    const words = line.words.map(toPiece);
    if (next && isHyphenated(line, next)) dropHyphen(words);
    else if (next && !joinsWithoutSpace(line.text, next.text)) words.push({ text: " " });
    pieces.push(...words);
  });
  return { lines, pieces, text: pieces.map((piece) => piece.text).join(""), size: lines[0]?.size ?? 0 };
}

const toPiece = (word: Word): Piece => (word.text === " " ? { text: " " } : { text: word.text, rect: word.rect });

/** "exam-" + "ple": a letter before the hyphen and a small letter after it. */
function isHyphenated(line: Line, next: Line): boolean {
  return /\p{L}[-‐]$/u.test(line.text) && /^\p{Ll}/u.test(next.text);
}

function dropHyphen(words: Piece[]): void {
  const last = words.pop();
  if (last) words.push({ ...last, text: last.text.slice(0, -1) });
}

/** Chinese and Japanese are written without spaces between words, so also between lines; so is what a hyphen or slash joins. */
function joinsWithoutSpace(before: string, after: string): boolean {
  const scripts = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303F\uFF00-\uFFEF]/u;
  return (scripts.test(before.at(-1) ?? "") && scripts.test(after.at(0) ?? "")) || /\p{L}[-‐]$/u.test(before);
}
