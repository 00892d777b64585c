import type { CharRange } from "../../engine/contract/index.ts";

export interface Piece { readonly text: string; readonly marked: boolean }

/** Cuts a block's text where marked words begin and end. Ranges count in the document's text; `start` is where the block stands in it. */
export function cut(text: string, start: number, ranges: readonly CharRange[]): Piece[] {
  const inside = ranges
    .map((range) => ({ from: Math.max(0, range.start - start), to: Math.min(text.length, range.end - start) }))
    .filter(({ from, to }) => from < to)
    .sort((a, b) => a.from - b.from);
  const pieces: Piece[] = [];
  let at = 0;
  for (const { from, to } of inside) {
    if (to <= at) continue;
    if (from > at) pieces.push({ text: text.slice(at, from), marked: false });
    pieces.push({ text: text.slice(Math.max(at, from), to), marked: true });
    at = to;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), marked: false });
  return pieces;
}
