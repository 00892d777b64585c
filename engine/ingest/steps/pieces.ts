import { samePath, type Segment, type Unit } from "./units.ts";

/** A table's rows are facts of their own: a passage holds few of them. */
const ROW_SHARE = 0.5;

/** A passage in the making: neighbouring units of one segment, or of several short ones. */
export type Piece = Omit<Segment, "kind"> & {
  readonly kind: Segment["kind"];
  readonly tokens: number;
  /** Of these, the heading that opens it. It takes the place of a heading in front, so the first passage of a section holds as much as the others. */
  readonly heading: number;
};

export interface Limits {
  readonly target: number;
  /** Content tokens at most. */
  readonly max: number;
  /** Tokens of title and headings at most, in front and in the text. */
  readonly prefixMax: number;
}

const contentOf = ({ tokens, heading }: Pick<Piece, "tokens" | "heading">): number => tokens - heading;

const sum = (units: readonly Unit[]): number => units.reduce((total, { tokens }) => total + tokens, 0);

/** Packs one segment: as many equal passages as the target asks for, so that no stub is left at the end. */
export function pack(segment: Segment, { target, max, prefixMax }: Limits): Piece[] {
  const aim = segment.kind === "rows" ? Math.ceil(target * ROW_SHARE) : target;
  const own = segment.opens ? Math.min(prefixMax, segment.units[0]?.tokens ?? 0) : 0;
  const total = sum(segment.units) - own;
  const each = Math.min(max, total / Math.max(1, Math.round(total / aim)));
  const pieces: Piece[] = [];
  let units: Unit[] = [];
  let tokens = 0;
  const flush = () => {
    if (units.length > 0) pieces.push({ ...segment, opens: segment.opens && pieces.length === 0, units, tokens, heading: pieces.length === 0 ? own : 0 });
    units = [];
    tokens = 0;
  };
  for (const unit of segment.units) {
    const loneHeading = segment.opens && pieces.length === 0 && units.length === 1;
    // Stop before the unit when that comes nearer to the aim than taking it.
    const content = contentOf({ tokens, heading: pieces.length === 0 ? own : 0 });
    const past = content + unit.tokens - each;
    if (tokens > 0 && (content + unit.tokens > max || (past > 0 && past > each - content && !loneHeading))) flush();
    units.push(unit);
    tokens += unit.tokens;
  }
  flush();
  return pieces;
}

/** Joins neighbours that are short together: sections of the same parent, a heading with its first subsection; never across a page or into a table. */
export function mergeShort(pieces: readonly Piece[], limits: Limits): Piece[] {
  const merged: Piece[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    const joined = last ? join(last, piece, limits) : undefined;
    if (last && joined && joinable(last, piece, joined, limits)) merged[merged.length - 1] = joined;
    else merged.push(piece);
  }
  return merged;
}

function joinable(a: Piece, b: Piece, joined: Piece, { target, max }: Limits): boolean {
  if (a.page !== b.page || contentOf(joined) > max) return false;
  const common = commonPath(a.section, b.section);
  const loneHeading = a.opens && a.units.length === 1 && samePath(common, a.section) && b.opens;
  if (loneHeading) return true;
  if (a.kind !== "prose" || b.kind !== "prose" || contentOf(joined) > target) return false;
  return common.length >= Math.min(a.section.length, b.section.length) - 1;
}

function join(a: Piece, b: Piece, { prefixMax }: Limits): Piece {
  const section = commonPath(a.section, b.section);
  // The heading in the text counts as the piece's own only while the piece is that section.
  return {
    ...b, kind: a.units.length === 1 && a.opens ? b.kind : a.kind, section, opens: a.opens && samePath(section, a.section), units: [...a.units, ...b.units],
    tokens: a.tokens + b.tokens, heading: Math.min(prefixMax, a.heading + (contentOf(a) === 0 ? b.heading : 0)),
  };
}

function commonPath(a: readonly string[], b: readonly string[]): readonly string[] {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}
