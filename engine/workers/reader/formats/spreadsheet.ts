import { read, utils, type CellObject, type WorkBook, type WorkSheet } from "@e965/xlsx";
import type { DocumentBuilder } from "../blocks.ts";
import { isEncryptedPackage } from "../office-properties.ts";
import { corrupt, Refusal } from "../refusal.ts";
import type { FormatReader, Source } from "../source.ts";
import { addTable, looksLikeHeader } from "../tables.ts";
import { assertInflatable } from "../zip.ts";
import { sheetPictures } from "./sheet-pictures.ts";

/** XLSX, XLS and ODS: each sheet a heading and a page, each row a block with its header, then the notes on cells. Pictures are named for recognition. */
export const readSpreadsheet: FormatReader = ({ source, out, progress, signal }) => {
  const book = openBook(source);
  out.metadata.title = book.Props?.Title;
  out.metadata.author = book.Props?.Author;
  out.metadata.created = dateText(book.Props?.CreatedDate);
  out.metadata.modified = dateText(book.Props?.ModifiedDate);
  book.SheetNames.forEach((name, i) => {
    signal.throwIfAborted();
    const sheet = book.Sheets[name];
    const rows = sheet ? rowsOf(sheet) : [];
    const notes = sheet ? notesOf(sheet) : [];
    progress(i + 1, book.SheetNames.length, "parts");
    if (rows.length + notes.length === 0 || out.full) return;
    out.startPage(i + 1);
    out.heading(1, name);
    for (const region of regionsOf(rows)) addRegion(out, name, region);
    for (const note of notes) out.text("footnote", note);
  });
  if (source.format !== "xls") sheetPictures(out, source.bytes, source.limits.maxInflatedBytes);
};

function openBook(source: Source): WorkBook {
  if (source.format !== "xls") {
    // SheetJS unpacks without a limit of its own, so the parts are counted first.
    assertInflatable(source.bytes, source.limits.maxInflatedBytes);
    if (isEncryptedPackage(source)) throw encrypted();
  }
  try {
    return read(source.bytes, { type: "array", dense: true, cellDates: true, cellFormula: false, cellHTML: false, cellStyles: false, bookVBA: false });
  } catch (error) {
    if (error instanceof Error && /password|encrypt/i.test(error.message)) throw encrypted();
    throw corrupt("This spreadsheet");
  }
}

const encrypted = () => new Refusal("encrypted", "This spreadsheet is protected by a password.", "Save a copy without the password and add that.");

/** SheetJS types a Date; from XLS it is text. */
const dateText = (date: unknown) => (date instanceof Date && !Number.isNaN(date.getTime()) ? date.toISOString() : typeof date === "string" ? date : undefined);

type Row = readonly string[];

/** Only cells that exist: a sheet may claim a million columns. */
function cellsOf(sheet: WorkSheet): (CellObject | undefined)[][] {
  // Dense sheets keep their rows here; SheetJS types the key for sparse sheets only.
  return Array.from((sheet as { "!data"?: (CellObject | undefined)[][] })["!data"] ?? [], (row) => row ?? []);
}

/** What people wrote to cells, with the cell's name. */
function notesOf(sheet: WorkSheet): string[] {
  const notes: string[] = [];
  cellsOf(sheet).forEach((cells, r) => cells.forEach((cell, c) => {
    for (const { t } of cell?.c ?? []) if (t?.trim()) notes.push(`[${utils.encode_cell({ r, c })}] ${t}`);
  }));
  return notes;
}

/** Rows as they read, an empty array for an empty row. */
function rowsOf(sheet: WorkSheet): Row[] {
  const rows: Row[] = [];
  for (const cells of cellsOf(sheet)) {
    const row: string[] = [];
    cells.forEach((cell, column) => {
      const text = cell ? cellText(cell).trim() : "";
      if (text) row[column] = text;
    });
    rows.push(Array.from(row, (text) => text ?? ""));
  }
  while (rows.at(-1)?.length === 0) rows.pop();
  return rows;
}

function cellText(cell: CellObject): string {
  if (cell.t === "e" || cell.t === "z") return "";
  if (cell.v instanceof Date) return isoDay(cell.v);
  return cell.w ?? String(cell.v ?? "");
}

/** Spreadsheets store dates without a zone; midnight means a day. */
function isoDay(date: Date): string {
  if (Number.isNaN(date.getTime())) return "";
  const iso = date.toISOString();
  return iso.endsWith("T00:00:00.000Z") ? iso.slice(0, 10) : iso.slice(0, 16).replace("T", " ");
}

/** Tables on one sheet are set apart by empty rows. */
function regionsOf(rows: readonly Row[]): Row[][] {
  const regions: Row[][] = [];
  let region: Row[] = [];
  for (const row of rows) {
    if (row.length > 0) region.push(row);
    else if (region.length > 0) {
      regions.push(region);
      region = [];
    }
  }
  if (region.length > 0) regions.push(region);
  return joinContinuations(regions);
}

const filled = (row: Row) => row.flatMap((cell, i) => (cell ? [i] : []));

/** A region whose first row is no header goes on with the table above it, when it has the same columns. */
function joinContinuations(regions: readonly Row[][]): Row[][] {
  const joined: Row[][] = [];
  for (const region of regions) {
    const above = joined.at(-1);
    const [first, header] = [region[0], above?.[headerRow(above)]];
    if (above && first && header && filled(first).length > 1 && filled(first).every((i) => header[i]) && first.length === header.length) above.push(...region);
    else joined.push(region);
  }
  return joined;
}

/** The first row that looks like a header and is as wide as the rows below it; -1 where none does. */
function headerRow(region: readonly Row[]): number {
  const width = Math.max(...region.map((row) => filled(row).length));
  const at = region.slice(0, 10).findIndex((row) => filled(row).length > 1 && filled(row).length >= width * 0.6);
  const row = region[at];
  return row && at < region.length - 1 && looksLikeHeader(row.filter(Boolean)) ? at : -1;
}

function addRegion(out: DocumentBuilder, name: string, region: readonly Row[]): void {
  const at = headerRow(region);
  // Single cells above a table are its title; a column of single cells is a list.
  const wide = region.findIndex((row) => filled(row).length > 1);
  const firstRow = at >= 0 ? at : wide >= 0 ? wide : region.length === 1 ? 1 : 0;
  for (const line of region.slice(0, firstRow)) out.text("paragraph", line.filter(Boolean).join(", "));
  addTable(out, { name, header: at < 0 ? [] : (region[at] ?? []), rows: region.slice(at < 0 ? firstRow : at + 1) });
}
