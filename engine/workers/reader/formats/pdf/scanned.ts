import { setTimeout } from "node:timers/promises";
import { OPS, type PDFPageProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { Line } from "./lines.ts";

type Viewport = ReturnType<PDFPageProxy["getViewport"]>;
type Matrix = readonly [number, number, number, number, number, number];

/** With more text than this on a page, its pictures are illustrations: the drawing commands, which cost as much as drawing, are not asked for. */
const LITTLE_TEXT = 600;
/** Share of the page that its pictures must fill: a small one may hold a line or two. */
const LARGE = 0.015;

const PAINTED: ReadonlySet<number> = new Set([OPS.paintImageXObject, OPS.paintImageMaskXObject, OPS.paintInlineImageXObject]);
/** Letters drawn as outlines: many small paths, and no text at all. */
const OUTLINED = 200;

/** Milliseconds that the drawing commands of one page, and of all pages of a document, may take: a hostile or a very full page takes for ever. */
const PAGE_MS = 4_000;
const DOCUMENT_MS = 30_000;

/** What is left of a document's time for looking at drawing commands. */
export class LookingTime {
  private left = DOCUMENT_MS;

  /** undefined: it took too long, or the page cannot be drawn; its text is read all the same. */
  async operatorsOf(page: PDFPageProxy): Promise<Awaited<ReturnType<PDFPageProxy["getOperatorList"]>> | undefined> {
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

/** Whether a page has little text and a large picture, or none and so many drawn shapes that they may be letters. */
export async function hasUnreadPicture(page: PDFPageProxy, look: { viewport: Viewport; lines: readonly Line[]; time: LookingTime }): Promise<boolean> {
  const { viewport, lines, time } = look;
  const characters = lines.reduce((sum, line) => sum + line.text.length, 0);
  if (characters > LITTLE_TEXT) return false;
  const operators = await time.operatorsOf(page);
  // Without a look: a page with no text at all has something else on it, most likely a picture.
  if (!operators) return characters === 0;
  const { fnArray, argsArray } = operators;
  let area = 0;
  let paths = 0;
  let at: Matrix = [1, 0, 0, 1, 0, 0];
  const saved: Matrix[] = [];
  fnArray.forEach((operation, i) => {
    const args: unknown = argsArray[i];
    if (operation === OPS.save || operation === OPS.paintFormXObjectBegin) saved.push(at);
    if (operation === OPS.restore || operation === OPS.paintFormXObjectEnd) at = saved.pop() ?? at;
    else if (operation === OPS.transform) at = times(at, args);
    else if (operation === OPS.paintFormXObjectBegin && Array.isArray(args)) at = times(at, args[0]);
    else if (PAINTED.has(operation)) area += Math.abs(at[0] * at[3] - at[1] * at[2]);
    else if (operation === OPS.constructPath) paths++;
  });
  const { userUnit } = page;
  const whole = (viewport.width * viewport.height) / (userUnit * userUnit);
  return area >= whole * LARGE || (characters === 0 && paths >= OUTLINED);
}

/** PDF's product of matrices; anything that is no matrix changes nothing. */
function times(a: Matrix, given: unknown): Matrix {
  const b = Array.isArray(given) || given instanceof Float32Array ? Array.from(given as ArrayLike<unknown>, Number) : [];
  const [b0 = 1, b1 = 0, b2 = 0, b3 = 1, b4 = 0, b5 = 0] = b;
  return [a[0] * b0 + a[2] * b1, a[1] * b0 + a[3] * b1, a[0] * b2 + a[2] * b3, a[1] * b2 + a[3] * b3, a[0] * b4 + a[2] * b5 + a[4], a[1] * b4 + a[3] * b5 + a[5]];
}
