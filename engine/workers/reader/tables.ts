import type { DocumentBuilder } from "./blocks.ts";
import { normaliseLine } from "../../base/normalise.ts";

export interface TableInput {
  readonly name?: string | undefined;
  /** Empty: the table has none. */
  readonly header: readonly string[];
  readonly rows: Iterable<readonly string[]>;
  /** Called behind each row, the first being 1: the place of what hangs in it. */
  readonly afterRow?: (row: number) => void;
}

/** A row that reads on its own: "name: Loom Malson, price: 727 crowns". Empty cells are left out. */
export function rowText(header: readonly string[], cells: readonly string[]): string {
  return cells
    .map((cell, i) => (cell && header[i] && header[i] !== cell ? `${header[i]}: ${cell}` : cell))
    .filter(Boolean)
    .join(", ");
}

/** One table-row block per row; the header is repeated in each, because a row is found and read alone. */
export function addTable(out: DocumentBuilder, { name, header, rows, afterRow }: TableInput): void {
  const titles = header.map(normaliseLine);
  const table = name === undefined ? {} : { name: normaliseLine(name) };
  let row = 0;
  for (const raw of rows) {
    if (out.full) return;
    const cells = raw.map(normaliseLine);
    row++;
    const text = rowText(titles, cells);
    if (text) out.row(text, { ...table, header: titles, cells, row });
    afterRow?.(row);
  }
}

const NUMBER_OR_DATE = /^[\s$€£¥%()+-]*\d[\d\s.,:/%()€$£¥TZ+-]*$/;

/** A first row is taken for the header where every cell is filled, none is a number or date, none is long, and none occurs twice. */
export function looksLikeHeader(cells: readonly string[]): boolean {
  const filled = cells.map((cell) => cell.trim());
  if (filled.length === 0 || filled.some((cell) => !cell || cell.length > 100 || NUMBER_OR_DATE.test(cell))) return false;
  return new Set(filled).size === filled.length;
}

/** Header and rows of a grid that does not say which row is the header. A lone row is content. */
export function splitHeader(grid: readonly (readonly string[])[]): Pick<TableInput, "header" | "rows"> {
  const [first, ...rest] = grid;
  return first && rest.length > 0 && looksLikeHeader(first) ? { header: first, rows: rest } : { header: [], rows: grid };
}
