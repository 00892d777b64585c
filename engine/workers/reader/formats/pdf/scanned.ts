import { setTimeout } from "node:timers/promises";
import type { PDFPageProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { Picture, Rect } from "../../../../contract/document.ts";
import { areaOf, drawnOn, joined, type Operators } from "./drawn.ts";
import type { Line } from "./lines.ts";
import { hundredths } from "./words.ts";

type Viewport = ReturnType<PDFPageProxy["getViewport"]>;

/** A page with more letters than this has been read; what its pictures hold is asked picture by picture. */
const LITTLE_TEXT = 600;
/** Share of a page with little text that its pictures must fill: a small one may hold a line or two. */
const LARGE = 0.015;
/**
 * Share of a page full of text that one picture must fill. A tenth of A4 holds eight lines or a small table; below it there are the
 * letterheads and logos (3 to 9 % of the shared pages, docs/benchmarks.md), which long files repeat on every page.
 */
const LARGE_BESIDE_TEXT = 0.1;
/** Letters drawn as outlines: many small paths, and no text at all. */
const OUTLINED = 200;

/** Milliseconds that the drawing commands of one page, and of all pages of a document, may take: a hostile or a very full page takes for ever. */
const PAGE_MS = 4_000;
const DOCUMENT_MS = 30_000;

/** Pixels of all pictures of a document below which none can be read beside text: a tenth of A4 at 80 dots per inch. */
const FEW_PIXELS = 60_000;

/** What may be looked at in a document beside its text: drawing commands cost as much as drawing. */
export class LookingTime {
  private left = DOCUMENT_MS;
  /** false: no page with enough text needs a look. */
  readonly besideText: boolean;

  constructor(bytes: Uint8Array) {
    this.besideText = pixelsIn(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) >= FEW_PIXELS;
  }

  /** undefined: it took too long, or the page cannot be drawn; its text is read all the same. */
  async operatorsOf(page: PDFPageProxy): Promise<Operators | undefined> {
    if (this.left <= 0) return undefined;
    const begun = performance.now();
    const tooLong = new AbortController();
    try {
      return await Promise.race([page.getOperatorList().catch(() => undefined), setTimeout(Math.min(PAGE_MS, this.left), undefined, { signal: tooLong.signal, ref: false })]);
    } finally {
      tooLong.abort();
      this.left -= performance.now() - begun;
    }
  }
}

/**
 * What of a page is to be recognised. With little text: the page, where it has a large picture, or none and so many drawn shapes that they
 * may be letters. With more: each very large picture over which the text layer says as little.
 */
export async function unreadPictures(page: PDFPageProxy, look: { viewport: Viewport; lines: readonly Line[]; time: LookingTime }): Promise<Picture[]> {
  const { viewport, lines, time } = look;
  const characters = lines.reduce((sum, line) => sum + line.text.length, 0);
  if (characters > LITTLE_TEXT && !time.besideText) return [];
  const operators = await time.operatorsOf(page);
  const whole: Picture = { page: page.pageNumber };
  // Without a look: a page with no text at all has something else on it, most likely a picture.
  if (!operators) return characters === 0 ? [whole] : [];
  const { pictures, paths } = drawnOn(operators, viewport);
  const size = viewport.width * viewport.height;
  if (characters > LITTLE_TEXT) {
    const unread = joined(pictures).filter((rect) => areaOf(rect) >= size * LARGE_BESIDE_TEXT && lettersIn(rect, lines) <= (LITTLE_TEXT * areaOf(rect)) / size);
    return unread.map(([x, y, w, h]) => ({ ...whole, area: [hundredths(x), hundredths(y), hundredths(w), hundredths(h)] }));
  }
  const covered = pictures.reduce((sum, rect) => sum + areaOf(rect), 0);
  return covered >= size * LARGE || (characters === 0 && paths >= OUTLINED) ? [whole] : [];
}

/** Letters, and a space a word, of the words whose middle lies in `area`. */
function lettersIn([x, y, width, height]: Rect, lines: readonly Line[]): number {
  let letters = 0;
  for (const { spans, rects } of lines) {
    for (let word = 0; word * 2 < spans.length; word++) {
      const [left = 0, top = 0, w = 0, h = 0] = rects.subarray(word * 4, word * 4 + 4);
      const [middleX, middleY] = [left + w / 2, top + h / 2];
      if (middleX > x && middleX < x + width && middleY > y && middleY < y + height) letters += (spans[word * 2 + 1] ?? 0) - (spans[word * 2] ?? 0) + 1;
    }
  }
  return letters;
}

/** Farthest that a picture's size stands from its type, bytes. */
const DICTIONARY = 1500;

/** Pixels of all pictures by what their dictionaries say, which stand in the open in every PDF; a size that is said elsewhere counts as large. */
function pixelsIn(file: Buffer): number {
  let pixels = 0;
  for (let at = file.indexOf("/Image"); at >= 0 && pixels < FEW_PIXELS; at = file.indexOf("/Image", at + 1)) {
    if (!/\/Subtype\s*$/.test(file.toString("latin1", Math.max(0, at - 20), at))) continue;
    const before = file.toString("latin1", Math.max(0, at - DICTIONARY), at);
    const after = file.toString("latin1", at, at + DICTIONARY);
    const dictionary = before.slice(before.lastIndexOf(" obj") + 1) + (after.split(/\bstream\b|\bendobj\b/)[0] ?? "");
    const side = (name: string) => Number(new RegExp(`/${name}\\s+(\\d+)(?!\\s+\\d+\\s+R)`).exec(dictionary)?.[1] ?? FEW_PIXELS);
    pixels += side("Width") * side("Height");
  }
  return pixels;
}
