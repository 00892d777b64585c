import { setImmediate } from "node:timers/promises";
import type { PDFDocumentProxy, PDFPageProxy } from "pdfjs-dist";
import type { Picture } from "../../../../contract/document.ts";
import type { DocumentBuilder, Piece } from "../../blocks.ts";
import type { FormatReader, ReadContext } from "../../source.ts";
import { annotationTexts } from "./annotations.ts";
import { tablesOf, textOf, type PdfTable } from "./grid.ts";
import { linesOf, type Line } from "./lines.ts";
import { openPdf } from "./open.ts";
import { outlineOf, placeEntries, type OutlineEntry, type Placed } from "./outline.ts";
import { furnitureOf } from "./furniture.ts";
import { addVocabulary, paragraphsOf, type Paragraph } from "./paragraphs.ts";
import { headingSizes, type Typography } from "./typography.ts";
import { LookingTime, unreadPictures } from "./scanned.ts";
import { wordsOf } from "./words.ts";

export interface PageText {
  readonly page: number;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly Line[];
  readonly notes: ReturnType<typeof annotationTexts>;
  readonly entries: readonly { title: string; level: number; top?: number }[];
  /** What no text layer holds. */
  readonly pictures: readonly Picture[];
}

/** A run costs about a kilobyte on its way to the engine (validated, copied, written, read): in longer documents a few words share one. */
const MAX_RUNS = 100_000;

/** PDF: text with pages and rectangles; headings from the outline, or from font sizes where there is none. */
export const readPdf: FormatReader = async (context) => {
  const { source, out, signal } = context;
  // pdf.js takes the bytes with it.
  const time = new LookingTime(source.bytes);
  const pdf = await openPdf(source.bytes, source.password, signal);
  try {
    await describe(pdf.document, out);
    const outline = await outlineOf(pdf.document);
    const { pages, unread } = await readPages(context, pdf.document, { outline, time });
    const lines = pages.flatMap((page) => page.lines);
    const vocabulary = new Set<string>();
    addVocabulary(vocabulary, lines);
    const furniture = furnitureOf(pages);
    const words = lines.reduce((sum, line) => sum + line.spans.length / 2, 0);
    const style = { vocabulary, wordsPerRun: Math.max(1, Math.ceil(words / MAX_RUNS)), furniture, sizes: outline.length > 0 ? undefined : headingSizes(lines) };
    for (const page of pages) emitPage(out, page, style);
    // Running heads counted and were left out, so the builder may not have filled up.
    if (unread > 0 && !out.full) out.warn("truncated", `The document is longer than ${source.limits.maxCharacters.toLocaleString("en")} characters; its last ${unread} pages were left out.`);
  } finally {
    await pdf.close();
  }
};

async function describe(document: PDFDocumentProxy, out: DocumentBuilder): Promise<void> {
  // Damaged metadata is no reason to refuse the text.
  const found = await document.getMetadata().catch(() => undefined);
  const info: Record<string, unknown> = { ...found?.info };
  const said = (key: string, xmp: string) => {
    const value: unknown = info[key] || found?.metadata?.get(xmp);
    return typeof value === "string" ? value : Array.isArray(value) ? value.join(", ") : undefined;
  };
  out.metadata.title = said("Title", "dc:title");
  out.metadata.author = said("Author", "dc:creator");
  out.metadata.created = said("CreationDate", "xmp:createdate");
  out.metadata.modified = said("ModDate", "xmp:modifydate");
}

async function readPages({ out, signal, progress, source }: ReadContext, document: PDFDocumentProxy, { outline, time }: { outline: readonly OutlineEntry[]; time: LookingTime }): Promise<{ pages: PageText[]; /** Pages at the end. */ unread: number }> {
  const pages: PageText[] = [];
  let characters = 0;
  for (let number = 1; number <= document.numPages; number++) {
    signal.throwIfAborted();
    // Beyond what is kept there is nothing to read for.
    if (characters > source.limits.maxCharacters) return { pages, unread: document.numPages - number + 1 };
    try {
      const page = await document.getPage(number);
      const text = await readPage(page, outline.filter((entry) => entry.page === number), time);
      page.cleanup();
      characters += text.lines.reduce((sum, line) => sum + line.text.length + 1, 0);
      pages.push(text);
    } catch (error) {
      signal.throwIfAborted();
      out.warn("page-unreadable", `Page ${number} is damaged and was left out (${error instanceof Error ? error.message : String(error)}).`, number);
    }
    progress(number, document.numPages, "pages");
    // pdf.js works in microtasks here: without a turn of the event loop neither progress nor a cancellation would get through.
    await setImmediate();
  }
  return { pages, unread: 0 };
}

async function readPage(page: PDFPageProxy, outline: readonly OutlineEntry[], time: LookingTime): Promise<PageText> {
  const viewport = page.getViewport({ scale: 1 });
  const content = await page.getTextContent();
  const lines = linesOf(wordsOf(content, viewport));
  const notes = annotationTexts(await page.getAnnotations(), viewport);
  const entries = outline.map(({ title, level, top }) => ({ title, level, ...(top === undefined ? {} : { top: Number(viewport.convertToViewportPoint(0, top)[1]) }) }));
  const pictures = await unreadPictures(page, { viewport, lines, time });
  return { page: page.pageNumber, width: viewport.width, height: viewport.height, lines, notes, entries, pictures };
}

/** What the whole document says about how its pages are set. */
interface Style { readonly sizes: Typography | undefined; readonly vocabulary: ReadonlySet<string>; readonly furniture: ReadonlySet<Line>; readonly wordsPerRun: number }

function emitPage(out: DocumentBuilder, page: PageText, style: Style): void {
  out.startPage(page.page);
  const hasText = page.lines.length > 0 || page.notes.length > 0;
  out.pageInfo({ page: page.page, width: page.width, height: page.height, hasText });
  for (const picture of page.pictures) out.picture(picture);
  if (!hasText) return out.warn("no-text-layer", `Page ${page.page} has no text layer.`, page.page);
  const lines = page.lines.filter((line) => !style.furniture.has(line));
  const placed = placeEntries(page.entries, lines);
  const titleOf = new Map<Line, Placed>();
  const insertedAt = new Map<Line | undefined, Placed[]>();
  for (const entry of placed) {
    for (const line of lines.slice(entry.at, entry.at + entry.length)) titleOf.set(line, entry);
    if (entry.length === 0) insertedAt.set(lines[entry.at], [...(insertedAt.get(lines[entry.at]) ?? []), entry]);
  }
  const inserted = (line: Line | undefined) => {
    for (const entry of insertedAt.get(line) ?? []) out.heading(entry.level, entry.title);
  };
  const emitText = (text: readonly Line[]) => {
    for (const paragraph of paragraphsOf(text, { ...style, mayJoin: (before, line) => titleOf.get(before) === titleOf.get(line) && !insertedAt.has(line) })) {
      for (const line of paragraph.lines) inserted(line);
      emitParagraph(out, paragraph, paragraph.lines[0] && titleOf.get(paragraph.lines[0]), style.sizes);
    }
  };
  let done = 0;
  for (const table of tablesOf(lines)) {
    emitText(lines.slice(done, table.first));
    done = table.first + table.count;
    for (const line of lines.slice(table.first, done)) inserted(line);
    emitTable(out, table);
  }
  emitText(lines.slice(done));
  // Entries that point below the last line.
  inserted(undefined);
  for (const note of page.notes) out.pieces("paragraph", [note]);
}

/** Each row with the header's words before its cells, as everywhere; the words of the cells keep their places on the page. */
function emitTable(out: DocumentBuilder, { header, rows }: PdfTable): void {
  rows.forEach((row, i) => {
    const pieces: Piece[] = [];
    row.forEach((words, column) => {
      if (words.length === 0) return;
      const title = header[column] ?? "";
      const lead = `${pieces.length > 0 ? ", " : ""}${title && title !== textOf(words) ? `${title}: ` : ""}`;
      if (lead) pieces.push({ text: lead });
      words.forEach((word, n) => pieces.push(...(n > 0 ? [{ text: " " }] : []), word));
    });
    out.rowOf(pieces, { header: [...header], cells: row.map(textOf), row: i + 1 });
  });
}

function emitParagraph(out: DocumentBuilder, paragraph: Paragraph, title: Placed | undefined, sizes: Typography | undefined): void {
  const level = title?.level ?? sizes?.level(paragraph);
  if (level !== undefined) out.heading(level, paragraph.text, paragraph.pieces);
  else out.pieces(/^[•‣◦▪■●○➢✓]\s/.test(paragraph.text) ? "list-item" : "paragraph", paragraph.pieces);
}
