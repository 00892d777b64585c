import { documentFormats, type DocumentFormat } from "../../contract/document.ts";
import type { Passage } from "../../contract/search.ts";
import { partsOfPassageId, passageId } from "../passage-id.ts";
import type { DocumentWithPassages, StoredDocument, StoredPassage } from "../store.ts";
import { wordLanguage, wordsColumn } from "./languages.ts";
import { storedTime } from "./sql.ts";

/** A row as LanceDB's Node binding hands it over: its own types say `any`. Read through the functions below, which check. */
export type Row = Readonly<Record<string, unknown>>;

export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new Error(`Column ${column} holds ${typeof value}, not text`);
  return value;
}

export function numberOf(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new Error(`Column ${column} holds ${typeof value}, not a number`);
  return value;
}

export function textsOf(row: Row, column: string): string[] {
  const value = row[column];
  if (typeof value !== "object" || value === null || !(Symbol.iterator in value)) throw new Error(`Column ${column} holds no list`);
  return Array.from(value as Iterable<unknown>, String);
}

/** A copy: Arrow hands out views into its own buffers. */
export function vectorOf(row: Row): Float32Array {
  const value = row.vector;
  if (value instanceof Float32Array) return value.slice();
  if (typeof value !== "object" || value === null || !("toArray" in value) || typeof value.toArray !== "function") throw new Error("Column vector holds no vector");
  return Float32Array.from(value.toArray() as Float32Array);
}

const optional = <K extends string, V>(key: K, value: V | null | undefined) => (value === null || value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
const optionalText = (row: Row, column: string) => (row[column] === null || row[column] === undefined ? undefined : textOf(row, column));
const optionalNumber = (row: Row, column: string) => (row[column] === null || row[column] === undefined ? undefined : numberOf(row, column));

function formatOf(row: Row): DocumentFormat {
  const name = textOf(row, "format");
  const format = documentFormats.find((known) => known === name);
  if (!format) throw new Error(`Unknown format ${name}`);
  return format;
}

/** @param labels the document's, where the row was fetched without what it repeats of them. */
export function passageOf(row: Row, labels: Row = row): Passage {
  const id = textOf(row, "id");
  return {
    id,
    ...partsOfPassageId(id),
    collectionId: textOf(labels, "collection_id"),
    path: textOf(labels, "path"),
    ...optional("title", optionalText(labels, "title")),
    format: formatOf(labels),
    headingPath: textsOf(row, "heading_path"),
    ...optional("page", optionalNumber(row, "page")),
    range: { start: numberOf(row, "char_start"), end: numberOf(row, "char_end") },
    text: textOf(row, "text"),
    ...optional("modified", optionalText(labels, "modified")),
  };
}

/** Who wrote the rows of one document in one put. */
export interface Authorship {
  readonly embedder: string;
  readonly generation: string;
}

function labelsOf(document: StoredDocument, by: Authorship): Row {
  return {
    collection_id: document.collectionId,
    path: document.path,
    title: document.title ?? null,
    format: document.format,
    modified: document.modified === undefined ? null : storedTime(document.modified, "modified"),
    tags: [...document.tags],
    language: document.language ?? null,
    embedder: by.embedder,
    generation: by.generation,
    revision: 0,
  };
}

export function documentRow({ document, passages }: DocumentWithPassages, by: Authorship): Row {
  return { ...labelsOf(document, by), id: document.id, content_hash: document.contentHash, passages: passages.length };
}

export function passageRows({ document, passages }: DocumentWithPassages, by: Authorship): Row[] {
  const labels = labelsOf(document, by);
  const words = wordsColumn(wordLanguage(document.language));
  return passages.map((passage) => ({
    ...labels,
    id: passageId(document.id, passage.position),
    document_id: document.id,
    position: passage.position,
    char_start: passage.start,
    char_end: passage.end,
    page: passage.page ?? null,
    heading_path: [...passage.headingPath],
    text: passage.text,
    text_hash: passage.textHash,
    vector: passage.vector,
    [words]: wordsOf(document.title, passage),
  }));
}

/**
 * Title and headings count as words of every passage under them, each once: a passage rarely repeats what its heading says, but a title that is also
 * the first heading and the passage's first line would count three times, and push what the passage itself says aside (docs/benchmarks.md).
 */
function wordsOf(title: string | undefined, { headingPath, text }: StoredPassage): string {
  const above = new Set([title, ...headingPath].map((line) => line?.trim() ?? "").filter((line) => line !== ""));
  for (const line of text.split("\n", above.size)) above.delete(line.trim());
  return [...above, text].join("\n");
}
