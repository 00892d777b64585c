import type { DocumentBuilder } from "./blocks.ts";
import { textContent, type DomElement, type DomNode } from "./html-blocks.ts";
import { normaliseLine } from "../../base/normalise.ts";
import { addTable, splitHeader } from "./tables.ts";

interface Row { readonly cells: readonly string[]; readonly elements: readonly DomElement[]; readonly isHeader: boolean }

const MAX_SPAN = 100;

interface TableVisitor {
  /** Reads the blocks in a cell. */
  readonly asBlocks: (nodes: readonly DomNode[]) => void;
  /** Told of caption and cells when what they hold has been added as text. */
  readonly passed: (elements: readonly DomElement[]) => void;
}

/** A table's rows, each with its header; a table that only lays out the page is read as the blocks in its cells. */
export function readHtmlTable(out: DocumentBuilder, table: DomElement, { asBlocks, passed }: TableVisitor): void {
  const found = rowsOf(table);
  const caption = found.caption ? normaliseLine(textContent(found.caption)) : undefined;
  if (caption) out.text("caption", caption);
  if (found.caption) passed([found.caption]);
  const { rows } = found;
  if (isLayout(rows)) {
    for (const row of rows) for (const cell of row.elements) asBlocks(cell.children);
    return;
  }
  const grid = expandSpans(rows);
  const headerRows = leadingHeaders(rows);
  const input = headerRows > 0 ? { header: mergeHeaders(grid.slice(0, headerRows)), rows: grid.slice(headerRows) } : hasRowHeaders(rows) ? { header: [], rows: grid.map(keyed) } : splitHeader(grid);
  const above = headerRows > 0 ? headerRows : input.header.length > 0 ? 1 : 0;
  for (const row of rows.slice(0, above)) passed(row.elements);
  addTable(out, { ...(caption ? { name: caption } : {}), ...input, afterRow: (row) => passed(rows[above + row - 1]?.elements ?? []) });
}

/** An infobox: every row is a title and its value. */
const hasRowHeaders = (rows: readonly Row[]) => rows.some(({ elements }) => elements.length === 2 && elements[0]?.name === "th" && elements[1]?.name === "td");
const keyed = (cells: readonly string[]) => (cells.length === 2 && cells[0] && cells[1] && cells[0] !== cells[1] ? [`${cells[0]}: ${cells[1]}`] : [...new Set(cells)]);

function rowsOf(table: DomElement): { rows: Row[]; caption?: DomElement } {
  const rows: Row[] = [];
  let caption: DomElement | undefined;
  const visit = (parent: DomElement, inHead: boolean) => {
    for (const child of parent.children) {
      if (!("attribs" in child)) continue;
      if (child.name === "caption") caption ??= child;
      else if (child.name === "thead" || child.name === "tbody" || child.name === "tfoot") visit(child, child.name === "thead");
      else if (child.name === "tr") rows.push(toRow(child, inHead));
    }
  };
  visit(table, false);
  return caption ? { rows, caption } : { rows };
}

function toRow(tr: DomElement, inHead: boolean): Row {
  const elements = tr.children.filter((node): node is DomElement => "attribs" in node && (node.name === "td" || node.name === "th"));
  const cells = elements.map((cell) => normaliseLine(textContent(cell)));
  return { cells, elements, isHeader: inHead || (elements.length > 1 && elements.every((cell) => cell.name === "th")) };
}

/** One row, one column, or tables and headings inside: the table is a frame and no data. */
function isLayout(rows: readonly Row[]): boolean {
  const columns = Math.max(0, ...rows.map((row) => row.elements.length));
  if (columns < 2 || (rows.length < 2 && !rows.some((row) => row.elements.some((cell) => cell.name === "th")))) return true;
  return rows.some((row) => row.elements.some((cell) => holds(cell, /^(table|h[1-6]|article|section|pre)$/)));
}

function holds(element: DomElement, name: RegExp): boolean {
  const stack: DomNode[] = [...element.children];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (!("attribs" in node)) continue;
    if (name.test(node.name)) return true;
    for (const child of node.children) stack.push(child);
  }
  return false;
}

function leadingHeaders(rows: readonly Row[]): number {
  const firstData = rows.findIndex((row) => !row.isHeader);
  return firstData < 0 ? 0 : firstData;
}

/** Two header rows ("Sales" over "2023 | 2024") become "Sales 2023", "Sales 2024". */
function mergeHeaders(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(...rows.map((row) => row.length));
  return Array.from({ length: width }, (_, i) => [...new Set(rows.map((row) => row[i] ?? "").filter(Boolean))].join(" "));
}

/** The grid with every spanning cell repeated in each place it covers. */
function expandSpans(rows: readonly Row[]): string[][] {
  const grid: string[][] = [];
  const pending = new Map<number, { left: number; text: string }>();
  for (const { cells, elements } of rows) {
    const line: string[] = [];
    const fill = () => {
      for (let below = pending.get(line.length); below && below.left > 0; below = pending.get(line.length)) {
        below.left--;
        line.push(below.text);
      }
    };
    elements.forEach((cell, i) => {
      fill();
      const text = cells[i] ?? "";
      const across = span(cell.attribs.colspan);
      const down = span(cell.attribs.rowspan) - 1;
      for (let n = 0; n < across; n++) {
        if (down > 0) pending.set(line.length, { left: down, text });
        line.push(text);
      }
    });
    fill();
    grid.push(line);
  }
  return grid;
}

const span = (value: string | undefined) => Math.min(MAX_SPAN, Math.max(1, Number.parseInt(value ?? "1", 10) || 1));
