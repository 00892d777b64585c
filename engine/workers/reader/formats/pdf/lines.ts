import type { Word } from "./words.ts";

/**
 * One written line of a page. All lines of a document are held until it is emitted, so its words are kept in typed arrays: as objects,
 * a thousand pages took more than two gigabytes.
 */
export interface Line {
  readonly text: string;
  /** Start and end of each word in `text`. */
  readonly spans: Uint32Array;
  /** x, y, width, height of each word. */
  readonly rects: Float32Array;
  /** Length of the first word, points. */
  readonly firstWord: number;
  readonly along: number;
  readonly end: number;
  readonly across: number;
  readonly size: number;
  readonly angle: number;
  /** Wide gaps inside: a row of columns and no running text. */
  readonly columns: number;
  /** Most of its words are read from right to left. */
  readonly rtl: boolean;
}

/** A gap this wide, in font sizes, is a new column. */
const COLUMN_GAP = 2.2;
const WORD_GAP = 0.2;

/** Words to lines in the order the page draws them, or from top to bottom where that order makes no sense. */
export function linesOf(words: readonly Word[]): Line[] {
  const drawn = gather(words);
  return isScrambled(drawn) ? gather(inReadingOrder(words)) : drawn;
}

function gather(words: readonly Word[]): Line[] {
  const lines: Line[] = [];
  let current: Word[] = [];
  for (const word of words) {
    if (current.length > 0 && !continues(current, word)) {
      lines.push(...finished(current));
      current = [];
    }
    current.push(word);
  }
  lines.push(...finished(current));
  return lines;
}

/** Whether `word` stands on the line of `current`, further on in its direction. Smaller letters may sit higher or lower: notes, indices. */
function continues(current: readonly Word[], word: Word): boolean {
  const last = current[current.length - 1];
  if (!last) return true;
  if (word.text === " ") return true;
  const base = current.find((other) => other.text !== " ") ?? last;
  if (Math.abs(word.angle - base.angle) > 3) return false;
  const size = Math.max(base.size, word.size);
  const shift = Math.abs(word.across - base.across);
  if (shift > size * (word.size < base.size * 0.85 || base.size < word.size * 0.85 ? 0.6 : 0.35)) return false;
  if (word.rtl || last.rtl) return true;
  return word.along > last.end - size * 0.6;
}

/** Trims the line, sets missing spaces, and counts its columns. */
function finished(gathered: readonly Word[]): Line[] {
  const words = spaced(rightToLeft(gathered.filter((word, i) => word.text !== " " || gathered[i - 1]?.text !== " ")));
  while (words[0]?.text === " ") words.shift();
  while (words.at(-1)?.text === " ") words.pop();
  const inked = words.filter((word) => word.text !== " ");
  const largest = inked.reduce<Word | undefined>((best, word) => (best && best.size * best.text.length >= word.size * word.text.length ? best : word), undefined);
  if (!largest) return [];
  return [{
    ...compact(words), firstWord: (inked[0]?.end ?? 0) - (inked[0]?.along ?? 0), size: largest.size, angle: largest.angle, across: largest.across,
    along: Math.min(...inked.map((word) => word.along)), end: Math.max(...inked.map((word) => word.end)), columns: 1 + wideGaps(inked), rtl: isMostlyRightToLeft(inked),
  }];
}

const isMostlyRightToLeft = (inked: readonly Word[]): boolean => inked.filter((word) => word.rtl).length > inked.length / 2;

function compact(words: readonly Word[]): Pick<Line, "text" | "spans" | "rects"> {
  const inked = words.filter((word) => word.text !== " ").length;
  const spans = new Uint32Array(inked * 2);
  const rects = new Float32Array(inked * 4);
  let [text, i] = ["", 0];
  for (const word of words) {
    if (word.text !== " ") {
      spans.set([text.length, text.length + word.text.length], i * 2);
      rects.set(word.rect, i * 4);
      i++;
    }
    text += word.text;
  }
  return { text, spans, rects };
}

const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u;

/**
 * A line of mostly right-to-left words is read by where they stand: pdf.js gives them in reading order inside an item, but a page may draw the
 * items from either side. Words in Latin letters among them are read from the left, with the numbers between them.
 */
function rightToLeft(words: Word[]): Word[] {
  const inked = words.filter((word) => word.text !== " ");
  if (!isMostlyRightToLeft(inked)) return words;
  const fromTheRight = [...words].sort((a, b) => b.along + b.end - (a.along + a.end));
  const isLatin = ({ text }: Word) => /\p{L}/u.test(text) && !RIGHT_TO_LEFT.test(text);
  const result: Word[] = [];
  for (let at = 0; at < fromTheRight.length; at++) {
    let last = at;
    const first = fromTheRight[at];
    if (first && isLatin(first)) for (let next = at + 1; next < fromTheRight.length; next++) {
      const word = fromTheRight[next];
      if (!word || RIGHT_TO_LEFT.test(word.text)) break;
      if (isLatin(word)) last = next;
    }
    result.push(...fromTheRight.slice(at, last + 1).reverse());
    at = last;
  }
  return result;
}

function spaced(words: readonly Word[]): Word[] {
  const result: Word[] = [];
  for (const word of words) {
    const last = result.at(-1);
    if (last && last.text !== " " && word.text !== " ") {
      // To whichever side the next word lies: a number in a Hebrew line is written from the left, and stands left of the word before it.
      const gap = Math.max(word.along - last.end, last.along - word.end);
      if (gap > word.size * WORD_GAP) result.push({ ...last, text: " ", along: Math.min(last.end, word.end), end: Math.max(last.along, word.along) });
    }
    result.push(word);
  }
  return result;
}

function wideGaps(inked: readonly Word[]): number {
  const sorted = [...inked].sort((a, b) => a.along - b.along);
  return sorted.filter((word, i) => word.along - (sorted[i - 1]?.end ?? word.along) > word.size * COLUMN_GAP).length;
}

/** Text jumps up in its own column again and again: the page was drawn in an order nobody reads in. */
function isScrambled(lines: readonly Line[]): boolean {
  let jumps = 0;
  for (let i = 1; i < lines.length; i++) {
    const [before, line] = [lines[i - 1], lines[i]];
    if (!before || !line || Math.abs(before.angle - line.angle) > 3) continue;
    const overlap = Math.min(before.end, line.end) - Math.max(before.along, line.along);
    const up = line.across < before.across - line.size * 0.5 && overlap > 0;
    const backOnSameLine = Math.abs(line.across - before.across) < line.size * 0.3 && line.end < before.along;
    if (up || backOnSameLine) jumps++;
  }
  return lines.length >= 6 && jumps > lines.length * 0.25;
}

/** From top to bottom, and along within a line, the angles one after the other. */
function inReadingOrder(words: readonly Word[]): Word[] {
  const inked = words.filter((word) => word.text !== " ");
  inked.sort((a, b) => a.angle - b.angle || a.across - b.across);
  const rows: Word[][] = [];
  for (const word of inked) {
    const row = rows.at(-1);
    const base = row?.[0];
    if (row && base && base.angle === word.angle && Math.abs(word.across - base.across) < Math.max(base.size, word.size) * 0.5) row.push(word);
    else rows.push([word]);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.along - b.along));
}
