import { sentenceRanges } from "../base/sentences.ts";
import type { Block } from "../contract/document.ts";

/** The smallest piece a passage is made of: a sentence, a table row, a line of code, a heading. Offsets count in the document's text. */
export interface Unit {
  readonly start: number;
  readonly end: number;
  /** Content tokens, special ones not counted. */
  readonly tokens: number;
}

/** What decides how units are put together. Units of different segments never share a passage, but for short sections. */
export type SegmentKind = "prose" | "rows" | "code";

/** A stretch of one section on one page that is packed on its own. */
export interface Segment<U = Unit> {
  readonly kind: SegmentKind;
  /** Headings above, the segment's own heading included. */
  readonly section: readonly string[];
  readonly page: number | undefined;
  /** true where the first unit is the section's heading. */
  readonly opens: boolean;
  readonly units: readonly U[];
}

export type Uncounted = Omit<Unit, "tokens">;

const kindOf = (block: Block): SegmentKind => (block.kind === "table-row" || block.kind === "record" ? "rows" : block.kind === "code" ? "code" : "prose");

/** Cuts a document at headings, pages, tables and kinds of text, and each stretch into units. */
export function segmentsOf(blocks: readonly Block[], language?: string): Segment<Uncounted>[] {
  const segments: { kind: SegmentKind; section: readonly string[]; page: number | undefined; opens: boolean; table: string | undefined; units: Uncounted[] }[] = [];
  for (const block of blocks) {
    const units = unitsOf(block, language);
    if (units.length === 0) continue;
    const heading = block.kind === "heading";
    const section = heading ? [...block.headingPath, block.text.trim()] : block.headingPath;
    const kind = kindOf(block);
    const table = block.table?.name;
    const last = segments.at(-1);
    const goesOn = last && !heading && last.kind === kind && last.page === block.page && last.table === table && samePath(last.section, section);
    // A heading alone is not a text yet: what stands under it joins it, whatever it is, as long as the page is the same.
    const joinsHeading = last && !heading && last.opens && last.units.length === 1 && last.page === block.page && samePath(last.section, section);
    if (goesOn) last.units.push(...units);
    else if (joinsHeading) Object.assign(last, { kind, table, units: [...last.units, ...units] });
    else segments.push({ kind, section, page: block.page, opens: heading, table, units });
  }
  return segments;
}

export const samePath = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((part, i) => part === b[i]);

function unitsOf(block: Block, language: string | undefined): Uncounted[] {
  if (block.text.trim() === "") return [];
  if (block.kind === "code") return linesOf(block);
  if (block.kind === "heading" || kindOf(block) === "rows") return [trimmed(block.text, block.start)];
  return sentenceRanges(block.text, language).map(({ start, end }) => ({ start: block.start + start, end: block.start + end }));
}

/** Lines with their indentation; empty ones stay outside. */
function linesOf({ text, start }: Block): Uncounted[] {
  return [...text.matchAll(/[^\n]*\S[^\n]*/g)].map((line) => ({ start: start + line.index, end: start + line.index + line[0].trimEnd().length }));
}

function trimmed(text: string, start: number): Uncounted {
  const lead = text.length - text.trimStart().length;
  return { start: start + lead, end: start + lead + text.trim().length };
}

/**
 * Counts every unit, and cuts those that alone are longer than `max` (a sentence without an end, base64, a row of a hundred cells).
 * One call for the whole document, and one more for each round of cutting.
 */
export async function countUnits(
  segments: readonly Segment<Uncounted>[], text: string,
  options: { max: number; count: (texts: readonly string[]) => Promise<readonly number[]> },
): Promise<Segment[]> {
  const counts = await options.count(segments.flatMap(({ units }) => units.map(({ start, end }) => text.slice(start, end))));
  let at = 0;
  const counted = segments.map((segment) => ({ ...segment, units: segment.units.map((unit): Unit => ({ ...unit, tokens: counts[at++] ?? 0 })) }));
  for (let tooLong = true; tooLong;) {
    const pieces = counted.flatMap(({ units }) => units.filter(({ tokens }) => tokens > options.max)).flatMap((unit) => cut(unit, text, options.max));
    tooLong = pieces.length > 0;
    if (!tooLong) break;
    const tokens = await options.count(pieces.map(({ start, end }) => text.slice(start, end)));
    const byStart = new Map<number, Unit[]>();
    pieces.forEach((piece, i) => {
      const unit = { start: piece.start, end: piece.end, tokens: tokens[i] ?? 0 };
      byStart.set(piece.of, [...(byStart.get(piece.of) ?? []), unit]);
    });
    for (const segment of counted) if (segment.units.some(({ tokens: n }) => n > options.max)) segment.units = segment.units.flatMap((unit) => (unit.tokens > options.max ? byStart.get(unit.start) ?? [] : [unit]));
  }
  return counted;
}

/** Equal pieces of what should be under `max` tokens each, cut at white space or a separator where one is near, never inside a character. */
function cut(unit: Unit, text: string, max: number): { start: number; end: number; of: number }[] {
  const parts = Math.max(2, Math.ceil((unit.tokens / max) * 1.15));
  const length = Math.max(1, Math.ceil((unit.end - unit.start) / parts));
  const pieces: { start: number; end: number; of: number }[] = [];
  for (let start = unit.start; start < unit.end;) {
    const end = start + length >= unit.end ? unit.end : nearBreak(text, start, start + length);
    const piece = trimmed(text.slice(start, end), start);
    if (piece.end > piece.start) pieces.push({ ...piece, of: unit.start });
    start = end;
  }
  return pieces;
}

function nearBreak(text: string, start: number, wanted: number): number {
  const from = start + Math.ceil((wanted - start) * 0.6);
  for (let at = wanted; at > from; at--) if (/[\s,;|]/.test(text.charAt(at - 1))) return at;
  // Not between the halves of a surrogate pair, nor before a combining mark.
  let at = wanted;
  while (at > start + 1 && /[\uDC00-\uDFFF\p{M}]/u.test(text.charAt(at))) at--;
  return at > start + 1 ? at : start + Math.max(2, wanted - start);
}
