import { documentText, type Block } from "../../contract/document.ts";
import { mergeShort, pack, type Piece } from "./pieces.ts";
import { countUnits, segmentsOf, TokenCounter } from "./units.ts";

/** A passage before it has a vector. `text` is exactly `documentText(blocks).slice(start, end)`. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
  readonly page?: number;
  readonly headingPath: readonly string[];
  /** What is shown. */
  readonly text: string;
  /** What is embedded: title and headings in front. */
  readonly embedded: string;
}

export interface ChunkOptions {
  /** Content tokens of a passage that are aimed at (settings.ingest.passageTokens); headings that open it are not counted, no more than those in front. */
  readonly target: number;
  /** Tokens the embedder takes, special ones included. */
  readonly maxTokens: number;
  /** The embedder's own count, special tokens included. */
  readonly countTokens: (texts: readonly string[]) => Promise<readonly number[]>;
  readonly title?: string;
  /** ISO 639-1; decides sentence boundaries. */
  readonly language?: string;
}

/** Share of the embedder's tokens that title and headings in front may take. */
const PREFIX_SHARE = 0.25;
/** Joined counts differ a little from the sum of the parts in some tokenizers. */
const SLACK = 0.95;
/** From this share of the limit on a passage is counted once more, whole. */
const NEAR = 0.85;

/**
 * Blocks to passages: cut at structure and sentence boundaries, measured in the embedder's own tokens, short sections of one parent
 * together. Title and headings go in front of what is embedded and never count as shown text.
 */
export async function chunk(blocks: readonly Block[], options: ChunkOptions): Promise<Chunk[]> {
  const text = documentText(blocks);
  const segments = segmentsOf(blocks, options.language);
  const title = options.title?.trim();
  const known = segments.flatMap(({ section, units }) => [...section, ...units.map(({ start, end }) => text.slice(start, end))]);
  const counter = await TokenCounter.of(title ? [title, ...known] : known, options.countTokens);
  const room = options.maxTokens - counter.special;
  const prefixMax = Math.floor(room * PREFIX_SHARE);
  const max = Math.max(1, Math.floor((room - prefixMax) * SLACK));
  const target = Math.min(options.target, max);
  const counted = await countUnits(segments, text, { max, counter });
  const limits = { target, max, prefixMax };
  const pieces = mergeShort(counted.flatMap((segment) => pack(segment, limits)), limits);
  const chunks = pieces.map((piece) => toChunk(piece, text, prefixOf(piece, { title, max: prefixMax, counter })));
  const near = new Set(chunks.filter((_, i) => (pieces[i]?.tokens ?? 0) + prefixMax > room * NEAR));
  return fitting(chunks, near, options);
}

/** Title and headings as lines in front; the innermost get room first where they are too long together. A heading that is in the text is not repeated. */
function prefixOf({ section, opens, heading }: Piece, { title, max, counter }: { title: string | undefined; max: number; counter: TokenCounter }): string {
  const above = opens ? section.slice(0, -1) : section;
  const inText = opens ? section.at(-1) : undefined;
  const parts = [...new Set([...(title ? [title] : []), ...above])].filter((part) => part !== "" && part !== inText);
  const kept: string[] = [];
  let room = max - heading;
  for (const part of parts.reverse()) {
    const needs = counter.tokens(part);
    if (needs <= room) kept.unshift(part);
    // A part of hundreds of tokens is no heading any more; its beginning says enough.
    else if (room > 8) kept.unshift(part.slice(0, Math.floor((part.length * room) / needs / 2)).trim());
    room -= Math.min(needs, room);
  }
  return kept.filter((part) => part !== "").join("\n");
}

function toChunk({ units, section, page }: Piece, text: string, prefix: string): Chunk {
  const start = units[0]?.start ?? 0;
  const end = units.at(-1)?.end ?? start;
  const shown = text.slice(start, end);
  return { start, end, ...(page === undefined ? {} : { page }), headingPath: section, text: shown, embedded: prefix === "" ? shown : `${prefix}\n${shown}` };
}

/** What comes near the limit is counted as it will be embedded, and loses its prefix if it does not fit. */
async function fitting(chunks: readonly Chunk[], near: ReadonlySet<Chunk>, { maxTokens, countTokens }: ChunkOptions): Promise<Chunk[]> {
  if (near.size === 0) return [...chunks];
  const counts = await countTokens([...near].map(({ embedded }) => embedded));
  const tooLong = new Set([...near].filter((_, i) => (counts[i] ?? 0) > maxTokens));
  return chunks.map((piece) => (tooLong.has(piece) ? { ...piece, embedded: piece.text } : piece));
}
