import type { CharRange } from "../../contract/document.ts";
import type { Passage } from "../../contract/search.ts";

/** A stretch of a source's text and where it stands in the document. */
interface Piece {
  /** Offset in the source's text. */
  readonly at: number;
  readonly length: number;
  /** Offset in the document's text. */
  readonly start: number;
  readonly passage: Passage;
  /** false where a passage's text is not the document's text letter by letter; its words then map to the whole passage. */
  readonly exact: boolean;
}

/** Neighbouring passages of one document as one text, with the way back from every letter to the document. */
export interface SourceText {
  readonly text: string;
  readonly range: CharRange;
  readonly pieces: readonly Piece[];
}

/** @param passages of one document, by position; neighbours may overlap or leave a gap, which reads as a line break. */
export function joinPassages(passages: readonly Passage[]): SourceText {
  let text = "";
  let end = 0;
  const pieces: Piece[] = [];
  for (const passage of passages) {
    const exact = passage.text.length === passage.range.end - passage.range.start;
    const overlap = exact && pieces.length > 0 ? Math.max(0, end - passage.range.start) : 0;
    const own = passage.text.slice(overlap);
    if (own === "") continue;
    if (pieces.length > 0 && passage.range.start + overlap > end) text += "\n";
    pieces.push({ at: text.length, length: own.length, start: passage.range.start + overlap, passage, exact });
    text += own;
    end = passage.range.end;
  }
  return { text, range: { start: pieces[0]?.start ?? 0, end }, pieces };
}

/** The document's range of a range in the source's text. */
export function toDocument(source: Pick<SourceText, "pieces" | "range">, range: CharRange): CharRange {
  const first = pieceAt(source, range.start);
  const last = pieceAt(source, Math.max(range.start, range.end - 1));
  if (!first || !last) return source.range;
  return {
    start: first.exact ? first.start + (range.start - first.at) : first.passage.range.start,
    end: last.exact ? Math.min(last.start + (range.end - last.at), last.start + last.length) : last.passage.range.end,
  };
}

/** The passage that the letter at this offset of the source's text comes from. */
export function passageAt(source: Pick<SourceText, "pieces">, offset: number): Passage | undefined {
  return pieceAt(source, offset)?.passage;
}

function pieceAt(source: Pick<SourceText, "pieces">, offset: number): Piece | undefined {
  return source.pieces.findLast((piece) => piece.at <= offset) ?? source.pieces[0];
}
