import type { CharRange, Rect, TextRun } from "../../contract/document.ts";

/** Two stretches of one line whose gap is below this share of the line's height are drawn as one. */
const GAP = 1.5;

/**
 * Where the words of the ranges are drawn, page by page, one rectangle per line. A run that is touched in part is cut in proportion to
 * its characters: fonts differ, but a person sees the right words marked.
 */
export function rectanglesOf(runs: readonly TextRun[], ranges: readonly CharRange[]): { page: number; rects: Rect[] }[] {
  const pages = new Map<number, Rect[]>();
  for (const run of runs) {
    for (const range of ranges) {
      const start = Math.max(run.start, range.start);
      const end = Math.min(run.end, range.end);
      if (start >= end) continue;
      const rects = pages.get(run.page) ?? [];
      pages.set(run.page, rects);
      rects.push(cut(run, start, end));
    }
  }
  return [...pages].sort(([a], [b]) => a - b).map(([page, rects]) => ({ page, rects: perLine(rects) }));
}

function cut({ start, end, rect: [x, y, width, height] }: TextRun, from: number, to: number): Rect {
  const perCharacter = width / (end - start);
  return [x + (from - start) * perCharacter, y, (to - from) * perCharacter, height];
}

/** Merges neighbours on the same line; order of reading stays. */
function perLine(rects: readonly Rect[]): Rect[] {
  const lines: Rect[] = [];
  for (const rect of rects) {
    const last = lines.at(-1);
    if (last && sameLine(last, rect)) lines[lines.length - 1] = union(last, rect);
    else lines.push(rect);
  }
  return lines;
}

function sameLine([ax, ay, aw, ah]: Rect, [bx, by, bw, bh]: Rect): boolean {
  const overlap = Math.min(ay + ah, by + bh) - Math.max(ay, by);
  const gap = Math.max(ax, bx) - Math.min(ax + aw, bx + bw);
  return overlap > Math.min(ah, bh) / 2 && gap < Math.max(ah, bh) * GAP;
}

function union([ax, ay, aw, ah]: Rect, [bx, by, bw, bh]: Rect): Rect {
  const x = Math.min(ax, bx);
  const y = Math.min(ay, by);
  return [x, y, Math.max(ax + aw, bx + bw) - x, Math.max(ay + ah, by + bh) - y];
}
