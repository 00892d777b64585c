import { OPS, type PDFPageProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { Rect } from "../../../../contract/document.ts";

type Viewport = ReturnType<PDFPageProxy["getViewport"]>;
export type Operators = Awaited<ReturnType<PDFPageProxy["getOperatorList"]>>;
type Matrix = readonly [number, number, number, number, number, number];

const PAINTED: ReadonlySet<number> = new Set([OPS.paintImageXObject, OPS.paintImageMaskXObject, OPS.paintInlineImageXObject]);
const CORNERS = [[0, 0], [1, 0], [0, 1], [1, 1]] as const;

/** Pictures further apart than this, in points, are two. Scanners cut a page into strips. */
const TOUCHING = 2;
/** More pictures than this on a page are a pattern or a map. */
const MAX_RECTS = 400;

export interface Drawn {
  /** Where pictures are painted, in points of the displayed page. */
  readonly pictures: readonly Rect[];
  readonly paths: number;
}

/** What the drawing commands of a page paint, besides text. */
export function drawnOn({ fnArray, argsArray }: Operators, viewport: Viewport): Drawn {
  const pictures: Rect[] = [];
  let paths = 0;
  let at: Matrix = [1, 0, 0, 1, 0, 0];
  const saved: Matrix[] = [];
  fnArray.forEach((operation, i) => {
    const args: unknown = argsArray[i];
    if (operation === OPS.save || operation === OPS.paintFormXObjectBegin) saved.push(at);
    if (operation === OPS.restore || operation === OPS.paintFormXObjectEnd) at = saved.pop() ?? at;
    else if (operation === OPS.transform) at = times(at, args);
    else if (operation === OPS.paintFormXObjectBegin && Array.isArray(args)) at = times(at, args[0]);
    else if (PAINTED.has(operation)) pictures.push(unitSquare(at, viewport));
    else if (operation === OPS.constructPath) paths++;
  });
  return { pictures, paths };
}

export const areaOf = ([, , width, height]: Rect): number => width * height;

/** The pictures as a person sees them: touching ones are one. */
export function joined(rects: readonly Rect[]): Rect[] {
  const found: Rect[] = [];
  for (const rect of rects.slice(0, MAX_RECTS)) {
    let whole = rect;
    for (let at = found.findIndex((other) => touch(whole, other)); at >= 0; at = found.findIndex((other) => touch(whole, other))) {
      whole = around(whole, found[at] ?? whole);
      found.splice(at, 1);
    }
    found.push(whole);
  }
  return found;
}

const touch = ([x, y, w, h]: Rect, [left, top, width, height]: Rect): boolean =>
  x <= left + width + TOUCHING && left <= x + w + TOUCHING && y <= top + height + TOUCHING && top <= y + h + TOUCHING;

function around([x, y, w, h]: Rect, [left, top, width, height]: Rect): Rect {
  const [minX, minY] = [Math.min(x, left), Math.min(y, top)];
  return [minX, minY, Math.max(x + w, left + width) - minX, Math.max(y + h, top + height) - minY];
}

/** Pictures fill the unit square of their own space; what lies outside the page is not seen. */
function unitSquare(m: Matrix, viewport: Viewport): Rect {
  const points = CORNERS.map(([x, y]) => viewport.convertToViewportPoint(m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]).map(Number));
  const side = (axis: 0 | 1, most: number) => {
    const values = points.map((point) => Math.min(most, Math.max(0, point[axis] ?? 0)));
    return [Math.min(...values), Math.max(...values)] as const;
  };
  const [left, right] = side(0, viewport.width);
  const [top, bottom] = side(1, viewport.height);
  return [left, top, right - left, bottom - top];
}

/** PDF's product of matrices; anything that is no matrix changes nothing. */
function times(a: Matrix, given: unknown): Matrix {
  const b = Array.isArray(given) || given instanceof Float32Array ? Array.from(given as ArrayLike<unknown>, Number) : [];
  const [b0 = 1, b1 = 0, b2 = 0, b3 = 1, b4 = 0, b5 = 0] = b;
  return [a[0] * b0 + a[2] * b1, a[1] * b0 + a[3] * b1, a[0] * b2 + a[2] * b3, a[1] * b2 + a[3] * b3, a[0] * b4 + a[2] * b5 + a[4], a[1] * b4 + a[3] * b5 + a[5]];
}
