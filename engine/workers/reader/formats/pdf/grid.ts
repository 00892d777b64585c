import type { Rect } from "../../../../contract/document.ts";
import { looksLikeHeader } from "../../tables.ts";
import type { Line } from "./lines.ts";

interface Word { readonly text: string; readonly rect: Rect }
interface Cell { readonly words: Word[]; left: number; right: number }
/** One cell per column, without words where it is empty. */
type Row = (readonly Word[])[];

/** A table found in a page's lines: it takes the place of `count` lines from `first` on. */
export interface PdfTable {
  readonly first: number;
  readonly count: number;
  readonly header: readonly string[];
  readonly rows: readonly Row[];
}

/** A gap between words this wide, in font sizes, may be a gutter between cells. */
const GUTTER = 0.9;
/** Steps between rows at most, in font sizes. */
const MAX_STEP = 4;
/** A lone cell this close below its row, in font sizes, is the rest of a cell that was too long for one line. */
const CONTINUED = 1.6;
/** Prose in columns has longer lines than a table has cells, characters. */
const MAX_MEAN_CELL = 36;
const MIN_FILLED = 0.4;
const NUMBER = /^[\s$€£¥%()+~-]*\d[\d\s.,:/%()€$£¥-]*$/;

/**
 * Tables by the geometry of their text, ruled or not: a header whose cells stand apart, and under it rows whose cells keep to the header's
 * columns. What does not begin with a header, or whose rows reach across a gutter, stays text: a missed table is still found by its words, a
 * paragraph torn into cells is not.
 */
export function tablesOf(lines: readonly Line[]): PdfTable[] {
  const tables: PdfTable[] = [];
  for (let at = 0; at < lines.length; at++) {
    const table = tableAt(lines, at);
    if (!table) continue;
    tables.push(table);
    at += table.count - 1;
  }
  return tables;
}

export const textOf = (words: readonly Word[]): string => words.map(({ text }) => text).join(" ");

function tableAt(lines: readonly Line[], first: number): PdfTable | undefined {
  const top = rowAt(lines, first);
  if (top.cells.length < 2 || !looksLikeHeader(top.cells.map(({ words }) => textOf(words)))) return undefined;
  const columns = top.cells.map(({ left, right }) => ({ left, right }));
  const rows: Row[] = [];
  let [at, before] = [first + top.count, lines[first]];
  while (before) {
    const line = lines[at];
    const step = line ? line.across - before.across : 0;
    if (!line || line.angle !== 0 || step <= 0 || step > line.size * MAX_STEP || Math.abs(line.size - before.size) > before.size * 0.25) break;
    const { cells, count } = rowAt(lines, at);
    const places = placesOf(cells, columns);
    const last = rows.at(-1);
    if (!places) break;
    if (cells.length === 1 && columns.length > 1) {
      // Not in the first column, where the next paragraph would begin.
      const place = places[0] ?? 0;
      if (!last || place === 0 || step > line.size * CONTINUED) break;
      last[place] = [...(last[place] ?? []), ...(cells[0]?.words ?? [])];
    } else rows.push(columns.map((_, column) => cells.flatMap(({ words }, i) => (places[i] === column ? words : []))));
    widen(columns, cells, places);
    before = line;
    at += count;
  }
  const header = top.cells.map(({ words }) => textOf(words));
  return isTable(header, rows) ? { first, count: at - first, header, rows } : undefined;
}

/** The cells on one baseline, and from how many drawn lines they come. */
function rowAt(lines: readonly Line[], first: number): { cells: Cell[]; count: number } {
  const line = lines[first];
  if (!line || line.angle !== 0) return { cells: [], count: 1 };
  let count = 1;
  for (let next = lines[first + count]; next && next.angle === 0 && Math.abs(next.across - line.across) < line.size * 0.3 && next.along > line.along; next = lines[first + count]) count++;
  const words = lines.slice(first, first + count).flatMap(wordsOf).sort((a, b) => a.rect[0] - b.rect[0]);
  const cells: Cell[] = [];
  for (const word of words) {
    const [x, , width] = word.rect;
    const cell = cells.at(-1);
    if (cell && x - cell.right < line.size * GUTTER) {
      cell.words.push(word);
      cell.right = Math.max(cell.right, x + width);
    } else cells.push({ words: [word], left: x, right: x + width });
  }
  return { cells, count };
}

function wordsOf({ text, spans, rects }: Line): Word[] {
  return Array.from({ length: spans.length / 2 }, (_, i) => {
    const [x = 0, y = 0, width = 0, height = 0] = rects.subarray(i * 4, i * 4 + 4);
    return { text: text.slice(spans[i * 2], spans[i * 2 + 1]), rect: [hundredths(x), hundredths(y), hundredths(width), hundredths(height)] };
  });
}

const hundredths = (value: number) => Math.round(value * 100) / 100;

interface Column { left: number; right: number }

/** The column of each cell, or undefined where a cell reaches over two or two share one. */
function placesOf(cells: readonly Cell[], columns: readonly Column[]): number[] | undefined {
  const places: number[] = [];
  for (const { left, right } of cells) {
    const touched = columns.flatMap((column, i) => (Math.min(right, column.right) > Math.max(left, column.left) ? [i] : []));
    if (touched.length > 1) return undefined;
    const place = touched[0] ?? nearest(columns, (left + right) / 2);
    if (places.includes(place)) return undefined;
    places.push(place);
  }
  return places;
}

function nearest(columns: readonly Column[], x: number): number {
  const distances = columns.map(({ left, right }) => Math.max(left - x, x - right));
  return distances.indexOf(Math.min(...distances));
}

function widen(columns: Column[], cells: readonly Cell[], places: readonly number[]): void {
  cells.forEach(({ left, right }, i) => {
    const column = columns[places[i] ?? 0];
    if (column) Object.assign(column, { left: Math.min(column.left, left), right: Math.max(column.right, right) });
  });
}

/** Enough rows, short cells and few holes; a table of two columns must have numbers in the second, or it may be anything. */
function isTable(header: readonly string[], rows: readonly Row[]): boolean {
  const filled = rows.flatMap((row) => row.filter((cell) => cell.length > 0).map(textOf));
  if (rows.length < (header.length === 2 ? 3 : 2) || filled.length < rows.length * header.length * MIN_FILLED) return false;
  if (filled.reduce((sum, { length }) => sum + length, 0) / filled.length > MAX_MEAN_CELL) return false;
  return header.length > 2 || rows.filter((row) => NUMBER.test(textOf(row[1] ?? []))).length >= rows.length * 0.6;
}
