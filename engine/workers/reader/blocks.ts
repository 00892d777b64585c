import type { Block, Extraction, PageInfo, Picture, Rect, TextRun } from "../../contract/document.ts";
import { normaliseCode, normaliseLine, normaliseText } from "../../base/normalise.ts";

/** A stretch of a block's text that is drawn at one place of a page. */
export interface Piece {
  /** Already normalised. */
  readonly text: string;
  readonly rect?: Rect;
}

export interface Metadata {
  title?: string | undefined;
  author?: string | undefined;
  created?: string | undefined;
  modified?: string | undefined;
  encoding?: string | undefined;
}

type Table = NonNullable<Block["table"]>;
interface BlockExtras { readonly table?: Table; readonly level?: number; readonly pieces?: readonly Piece[] }

/** Above this a file is cut: half a million rows of two letters would otherwise cost gigabytes on their way to the engine. */
const MAX_BLOCKS = 200_000;
const MAX_PICTURES = 100_000;
const MAX_HEADING = 300;
const MAX_HEADING_DEPTH = 12;

/**
 * Collects what a format finds and keeps the invariants of {@link Extraction}: offsets count in the blocks' text joined by newlines,
 * a heading path holds the headings above, and the whole stays within `maxCharacters`.
 */
export class DocumentBuilder {
  readonly metadata: Metadata = {};
  private readonly blocks: Block[] = [];
  private readonly runs: TextRun[] = [];
  private readonly pages: PageInfo[] = [];
  private readonly warnings: Extraction["warnings"] = [];
  private readonly pictures: Picture[] = [];
  private headings: { readonly level: number; readonly title: string }[] = [];
  private page: number | undefined;
  private end = -1;
  private truncated = false;
  private readonly maxCharacters: number;

  constructor(maxCharacters: number) {
    this.maxCharacters = maxCharacters;
  }

  /** True once the text is as long as it may be; formats stop reading then. */
  get full(): boolean {
    return this.truncated;
  }

  get isEmpty(): boolean {
    return this.blocks.length === 0;
  }

  /** Nothing to read, now or by recognising what is in pictures. */
  get hasNothing(): boolean {
    return this.isEmpty && this.pictures.length === 0;
  }

  get pageCount(): number {
    return this.pages.length;
  }

  get firstHeading(): string | undefined {
    return this.blocks.find((block) => block.kind === "heading")?.text;
  }

  /** All pages are known and none has text. */
  get allPagesWithoutText(): boolean {
    return this.pages.length > 0 && this.pages.every((page) => !page.hasText);
  }

  /** Blocks from here on belong to this page, slide or sheet. */
  startPage(page: number | undefined): void {
    this.page = page;
  }

  pageInfo(info: PageInfo): void {
    this.pages.push(info);
  }

  /** A picture whose text, if it holds any, is not among the blocks. */
  picture(picture: Picture): void {
    if (this.pictures.length < MAX_PICTURES) this.pictures.push(picture);
  }

  /** The image `part` of an office file stands behind what was added last. */
  pictureHere(part: string): void {
    this.picture({ part, after: this.blocks.length });
  }

  warn(code: Extraction["warnings"][number]["code"], message: string, page?: number): void {
    if (this.warnings.length >= 1000) return;
    this.warnings.push({ code, message, ...(page === undefined ? {} : { page }) });
  }

  heading(level: number, text: string, pieces?: readonly Piece[]): void {
    const title = normaliseLine(text);
    if (!title) return;
    const depth = Math.min(Math.max(1, Math.round(level)), MAX_HEADING_DEPTH);
    this.headings = this.headings.filter((heading) => heading.level < depth);
    this.push("heading", title, { level: depth, ...(pieces ? { pieces } : {}) });
    this.headings.push({ level: depth, title: title.length > MAX_HEADING ? `${title.slice(0, MAX_HEADING - 1)}…`.replace(/\p{Surrogate}/gu, "") : title });
  }

  /** Forgets the headings at `level` and deeper: what follows no longer stands under them. */
  closeHeadings(level = 1): void {
    this.headings = this.headings.filter((heading) => heading.level < level);
  }

  /** Running text on one line. */
  text(kind: Exclude<Block["kind"], "heading" | "code" | "table-row">, text: string): void {
    this.push(kind, normaliseLine(text), {});
  }

  /** Text whose line breaks mean something: records, verse, quoted mail. */
  lines(kind: Exclude<Block["kind"], "heading" | "table-row">, text: string): void {
    this.push(kind, normaliseCode(text), {});
  }

  /** Text assembled from pieces that know where they are drawn; the text is the pieces' text joined as they are. */
  pieces(kind: Exclude<Block["kind"], "heading" | "table-row">, pieces: readonly Piece[]): void {
    this.push(kind, pieces.map((piece) => piece.text).join(""), { pieces });
  }

  /** `text` carries the header already; see tables.ts. */
  row(text: string, table: Table): void {
    this.push("table-row", normaliseText(text), { table });
  }

  /** A row whose text is its pieces' text, as they are; headers and commas are pieces without a place. */
  rowOf(pieces: readonly Piece[], table: Table): void {
    this.push("table-row", pieces.map((piece) => piece.text).join(""), { table, pieces });
  }

  private push(kind: Block["kind"], text: string, extras: BlockExtras): void {
    if (!text.trim() || this.truncated) return;
    const start = this.end + 1;
    const room = this.maxCharacters - start;
    if (this.blocks.length >= MAX_BLOCKS || room <= 0) return this.truncate();
    const kept = text.length > room ? wholeCharacters(text, room) : text;
    if (kept) {
      this.blocks.push({
        kind, text: kept, start, headingPath: this.headings.map((heading) => heading.title),
        ...(this.page === undefined ? {} : { page: this.page }),
        ...(extras.level === undefined ? {} : { level: extras.level }),
        ...(extras.table === undefined ? {} : { table: extras.table }),
      });
      this.end = start + kept.length;
      if (extras.pieces) this.addRuns(start, this.end, extras.pieces);
    }
    if (kept.length < text.length) this.truncate();
  }

  private addRuns(start: number, end: number, pieces: readonly Piece[]): void {
    let at = start;
    for (const { text, rect } of pieces) {
      const next = at + text.length;
      if (rect && this.page !== undefined && text.trim() && next <= end) this.runs.push({ start: at, end: next, page: this.page, rect });
      at = next;
    }
  }

  private truncate(): void {
    this.truncated = true;
    this.warn("truncated", `The document is longer than ${this.maxCharacters.toLocaleString("en")} characters or ${MAX_BLOCKS.toLocaleString("en")} parts; the rest was left out.`);
  }

  finish(): Pick<Extraction, "blocks" | "runs" | "pages" | "warnings" | "pictures"> {
    const { blocks, runs, pages, warnings, pictures } = this;
    return { blocks, runs, pages, warnings, ...(pictures.length === 0 ? {} : { pictures }) };
  }
}

/** The first `length` code units, less one where that would tear a surrogate pair. */
function wholeCharacters(text: string, length: number): string {
  const code = text.charCodeAt(length - 1);
  return text.slice(0, code >= 0xd800 && code < 0xdc00 ? length - 1 : length);
}
