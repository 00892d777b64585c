import { sentenceRanges } from "../../base/sentences.ts";
import type { Block } from "../../contract/document.ts";

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

/** Content tokens of texts, special ones not counted. Everything known beforehand is counted in one question. */
export class TokenCounter {
  readonly special: number;
  private readonly ask: (texts: readonly string[]) => Promise<readonly number[]>;
  private readonly known: Map<string, number>;

  private constructor(ask: TokenCounter["ask"], known: Map<string, number>) {
    this.ask = ask;
    this.known = known;
    this.special = known.get("") ?? 0;
  }

  static async of(texts: Iterable<string>, ask: TokenCounter["ask"]): Promise<TokenCounter> {
    const counter = new TokenCounter(ask, new Map());
    await counter.learn(["", ...texts]);
    return new TokenCounter(ask, counter.known);
  }

  async learn(texts: Iterable<string>): Promise<void> {
    const fresh = [...new Set(texts)].filter((text) => !this.known.has(text));
    if (fresh.length === 0) return;
    const counts = await this.ask(fresh);
    fresh.forEach((text, i) => this.known.set(text, counts[i] ?? 0));
  }

  /** @throws Error for a text that was never asked about. */
  tokens(text: string): number {
    const counted = this.known.get(text);
    if (counted === undefined) throw new Error("A text was not counted");
    return Math.max(0, counted - this.special);
  }
}

/** Gives every unit its count, and cuts those that alone are longer than `max` (a sentence without an end, base64, a row of a hundred cells). */
export async function countUnits(segments: readonly Segment<Uncounted>[], text: string, { max, counter }: { max: number; counter: TokenCounter }): Promise<Segment[]> {
  const counted = (unit: Uncounted): Unit => ({ ...unit, tokens: counter.tokens(text.slice(unit.start, unit.end)) });
  let done = segments.map((segment) => ({ ...segment, units: segment.units.map(counted) }));
  while (done.some(({ units }) => units.some((unit) => isTooLong(unit, max)))) {
    const cutUp = done.map((segment) => ({ ...segment, units: segment.units.flatMap((unit): Uncounted[] => (isTooLong(unit, max) ? cut(unit, text, max) : [unit])) }));
    await counter.learn(cutUp.flatMap(({ units }) => units.map(({ start, end }) => text.slice(start, end))));
    done = cutUp.map((segment) => ({ ...segment, units: segment.units.map(counted) }));
  }
  return done;
}

/** A single character is never cut, whatever the tokenizer makes of it. */
const isTooLong = ({ start, end, tokens }: Unit, max: number): boolean => tokens > max && end - start > 2;

/** Equal pieces of what should be under `max` tokens each, cut at white space or a separator where one is near, never inside a character. */
function cut(unit: Unit, text: string, max: number): Uncounted[] {
  const parts = Math.max(2, Math.ceil((unit.tokens / max) * 1.15));
  const length = Math.max(1, Math.ceil((unit.end - unit.start) / parts));
  const pieces: Uncounted[] = [];
  for (let start = unit.start; start < unit.end;) {
    const end = start + length >= unit.end ? unit.end : nearBreak(text, start, start + length);
    const piece = trimmed(text.slice(start, end), start);
    if (piece.end > piece.start) pieces.push(piece);
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
