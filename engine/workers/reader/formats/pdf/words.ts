import type { PageViewport } from "pdfjs-dist";
import type { TextContent, TextItem } from "pdfjs-dist/types/src/display/api.js";
import type { Rect } from "../../../../contract/document.ts";
import { normaliseText } from "../../../../base/normalise.ts";

/**
 * A word or space on a page. Positions are in the direction of its own writing, so that turned text is read like any other:
 * `along` grows with the text, `across` from line to line. For upright text they are x and the baseline's y of the displayed page.
 */
export interface Word {
  readonly text: string;
  readonly along: number;
  readonly end: number;
  readonly across: number;
  /** Font size, points. */
  readonly size: number;
  /** Degrees, -180 to 180, clockwise as displayed. */
  readonly angle: number;
  readonly rtl: boolean;
  readonly rect: Rect;
}

type Matrix = readonly [number, number, number, number, number, number];

/** A page's text items cut into words and spaces with their places, in the order the page draws them. */
export function wordsOf(content: TextContent, viewport: PageViewport): Word[] {
  const toPage = viewport.transform as unknown as Matrix; // Six numbers by its documentation, typed as any[].
  const words: Word[] = [];
  for (const item of content.items) {
    if (!("str" in item) || item.str === "") continue;
    words.push(...itemWords(item, toPage, content.styles[item.fontName]));
  }
  return words;
}

function itemWords(item: TextItem, toPage: Matrix, style: TextContent["styles"][string] | undefined): Word[] {
  const text = normaliseText(item.str).replace(/\s+/g, " ");
  if (!text) return [];
  const m = multiply(toPage, item.transform as unknown as Matrix);
  const scale = Math.hypot(toPage[0], toPage[1]);
  const vertical = style?.vertical === true;
  const size = Math.hypot(m[2], m[3]) || Math.hypot(m[0], m[1]);
  const turn = vertical ? Math.atan2(m[3], m[2]) + Math.PI : Math.atan2(m[1], m[0]);
  const angle = vertical ? (Math.atan2(-m[3], -m[2]) * 180) / Math.PI : (turn * 180) / Math.PI;
  const radians = (angle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  const length = (vertical ? item.height : item.width) * scale;
  // Vertical writing hangs centred on its line; horizontal writing stands on it.
  const above = vertical ? 0.5 : sane(style?.ascent, 0.8);
  const below = vertical ? -0.5 : sane(style?.descent, -0.2);
  const start = m[4] * cos + m[5] * sin;
  const across = -m[4] * sin + m[5] * cos;
  const place = { size, across, angle: Math.round(angle), rtl: item.dir === "rtl" };
  return split(text, item.dir === "rtl").map(({ part, from, to }) => {
    const [along, end] = [start + from * length, start + to * length];
    return { ...place, text: part, along, end, rect: boundingBox([along, end], [across - above * size, across - below * size], [cos, sin]) };
  });
}

const sane = (value: number | undefined, otherwise: number) => (value !== undefined && Number.isFinite(value) && value !== 0 && Math.abs(value) < 1.5 ? value : otherwise);

/** Spaces, words, and a few characters at a time where words are not set apart. */
const PARTS = / |[\u3040-\u30FF\u3400-\u9FFF\uAC00-\uD7AF]{1,4}|[^ \u3040-\u30FF\u3400-\u9FFF\uAC00-\uD7AF]+/g;

/** The parts of an item with the share of its length each takes. pdf.js tells the whole item's width only, so letters are weighed. */
function split(text: string, rtl: boolean): { part: string; from: number; to: number }[] {
  const parts = text.match(PARTS) ?? [];
  const weights = parts.map((part) => [...part].reduce((sum, letter) => sum + letterWidth(letter), 0));
  const total = weights.reduce((a, b) => a + b, 0) || 1;
  let at = 0;
  return parts.map((part, i) => {
    const from = at / total;
    at += weights[i] ?? 0;
    const to = at / total;
    return rtl ? { part, from: 1 - to, to: 1 - from } : { part, from, to };
  });
}

/** Widths of a common sans serif in thousandths of the font size; only their proportions matter. */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[ijl'|.,:;!I]/, 250], [/[ftr()[\]{}/\\\-" ]/, 310], [/[ckszvxyJ*]/, 500], [/[mMW@%—]/, 860], [/[wCDGHNOQRU&]/, 730], [/[A-Z+<>=~]/, 640], [/[\u1100-\uFFFF]/, 1000],
];

function letterWidth(letter: string): number {
  return WIDTHS.find(([pattern]) => pattern.test(letter))?.[1] ?? 556;
}

/** The upright rectangle around a turned one, back in the displayed page's coordinates. Two decimals are 1/100 point. */
function boundingBox(along: readonly [number, number], across: readonly [number, number], [cos, sin]: readonly [number, number]): Rect {
  const xs: number[] = [];
  const ys: number[] = [];
  for (const a of along) {
    for (const c of across) {
      xs.push(a * cos - c * sin);
      ys.push(a * sin + c * cos);
    }
  }
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return [hundredths(x), hundredths(y), hundredths(Math.max(...xs) - x), hundredths(Math.max(...ys) - y)];
}

export const hundredths = (value: number) => Math.round(value * 100) / 100;

function multiply(a: Matrix, b: Matrix): Matrix {
  return [
    a[0] * b[0] + a[2] * b[1], a[1] * b[0] + a[3] * b[1],
    a[0] * b[2] + a[2] * b[3], a[1] * b[2] + a[3] * b[3],
    a[0] * b[4] + a[2] * b[5] + a[4], a[1] * b[4] + a[3] * b[5] + a[5],
  ];
}
