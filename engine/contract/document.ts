import { z } from "zod";

/** Half-open range of UTF-16 code units in a document's text (see {@link documentText}). */
export const charRange = z.object({ start: z.number().int().nonnegative(), end: z.number().int().nonnegative() });
export type CharRange = z.infer<typeof charRange>;

/** Rectangle on a page in PDF points (1/72 inch), origin top left, at rotation as displayed: [x, y, width, height]. */
export const rect = z.tuple([z.number(), z.number(), z.number(), z.number()]);
export type Rect = z.infer<typeof rect>;

export const documentFormats = [
  "pdf", "docx", "pptx", "xlsx", "xls", "ods", "odt", "csv", "tsv", "html", "markdown", "text", "json", "jsonl", "xml",
  "eml", "msg", "epub", "rtf", "ipynb", "code", "sqlite", "image",
] as const;
export const documentFormat = z.enum(documentFormats);
export type DocumentFormat = z.infer<typeof documentFormat>;

export const blockKinds = ["heading", "paragraph", "list-item", "table-row", "code", "quote", "footnote", "caption", "record"] as const;

/**
 * A piece of a document with its structure. `text` stands at `start` in the document's text. A table row's text already
 * carries its header ("name: Loom, price: 7"); `table` keeps the cells apart for display.
 */
export const block = z.object({
  kind: z.enum(blockKinds),
  text: z.string(),
  /** Offset of `text` in the document's text, UTF-16 code units. */
  start: z.number().int().nonnegative(),
  /** Titles of the headings above, outermost first; a heading block does not contain itself. */
  headingPath: z.array(z.string()),
  /** 1-based page, slide or sheet number, where the format has them. */
  page: z.number().int().positive().optional(),
  /** Heading level, 1 is outermost; headings only. */
  level: z.number().int().positive().optional(),
  /** Table rows only. `row` is the 1-based row number in its table, header not counted. */
  table: z.object({ name: z.string().optional(), header: z.array(z.string()), cells: z.array(z.string()), row: z.number().int().positive() }).optional(),
  /** Text that was recognised in a picture; `confidence` 0..1, the mean over its words. */
  recognised: z.object({ confidence: z.number().min(0).max(1) }).optional(),
});
export type Block = z.infer<typeof block>;

/** Where a stretch of the document's text is drawn on a page (formats with pages as images: PDF, pictures). */
export const textRun = z.object({ start: z.number().int(), end: z.number().int(), page: z.number().int().positive(), rect });
export type TextRun = z.infer<typeof textRun>;

export const pageInfo = z.object({ page: z.number().int().positive(), width: z.number(), height: z.number(), /** false: "no text layer" */ hasText: z.boolean() });
export type PageInfo = z.infer<typeof pageInfo>;

/**
 * A picture with text that no text layer holds: a whole page of a PDF or an `area` of it (points), an image file, or an image inside an
 * office file (`part`, its name in the container). Its text belongs behind that of its `page`; in files without pages behind the first `after` blocks, recognised
 * ones not counted; with neither, at the end.
 */
export const picture = z.object({ page: z.number().int().positive().optional(), area: rect.optional(), part: z.string().optional(), after: z.number().int().nonnegative().optional() });
export type Picture = z.infer<typeof picture>;

/** Something a person should know about a document that was read all the same. */
export const extractionWarning = z.object({
  code: z.enum(["no-text-layer", "truncated", "page-unreadable", "encoding-guessed", "attachment-skipped", "part-unreadable", "no-language-data", "other-language"]),
  message: z.string(),
  page: z.number().int().positive().optional(),
  /** The language whose data would help to recognise it, as Tesseract names it. */
  language: z.string().optional(),
});

/** Everything the reader found in one file. Invariant: blocks are in order and `blocks[i+1].start === blocks[i].start + blocks[i].text.length + 1`. */
export const extraction = z.object({
  format: documentFormat,
  mediaType: z.string(),
  title: z.string().optional(),
  author: z.string().optional(),
  /** ISO 8601, from the file's own metadata. */
  created: z.string().optional(),
  modified: z.string().optional(),
  encoding: z.string().optional(),
  blocks: z.array(block),
  runs: z.array(textRun),
  pages: z.array(pageInfo),
  warnings: z.array(extractionWarning),
  /** Absent: none. */
  pictures: z.array(picture).optional(),
});
export type Extraction = z.infer<typeof extraction>;

/** The document's text: its blocks joined by newlines. Every character offset in Lorekeep counts in this text. */
export function documentText(blocks: readonly Pick<Block, "text">[]): string {
  return blocks.map((b) => b.text).join("\n");
}

/** Recognised text below this mean confidence is often wrong in a letter per line, and is shown with a warning. */
export const POORLY_RECOGNISED = 0.75;

/** Mean confidence of the recognised text, of the whole or within a range, weighted by its length; undefined where none was recognised. */
export function confidenceOf(blocks: readonly Block[], within: CharRange = { start: 0, end: Infinity }): number | undefined {
  let [sum, characters] = [0, 0];
  for (const { start, text, recognised } of blocks) {
    const length = Math.min(start + text.length, within.end) - Math.max(start, within.start);
    if (!recognised || length <= 0) continue;
    sum += recognised.confidence * length;
    characters += length;
  }
  return characters === 0 ? undefined : Math.round((sum / characters) * 1000) / 1000;
}

/** Why a file is not in the index. A closed set: the face offers the next step for each. */
export const documentReasonCodes = [
  "empty", "no-text", "no-text-layer", "no-language-data", "encrypted", "wrong-password", "corrupt", "unsupported", "too-large", "timed-out",
  "out-of-memory", "reader-died", "missing", "unreadable", "no-space", "cancelled", "embedder-failed", "internal",
] as const;
export const documentReason = z.object({ code: z.enum(documentReasonCodes), message: z.string(), next: z.string().optional(), /** "no-language-data": the language, as Tesseract names it. */ language: z.string().optional() });
export type DocumentReason = z.infer<typeof documentReason>;
