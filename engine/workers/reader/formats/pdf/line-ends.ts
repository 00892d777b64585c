import type { Line } from "./lines.ts";

/** Of a block of lines, and the side on which they begin. */
export interface Edges { readonly left: number; readonly right: number; readonly rtl: boolean }

/** Room before a line, and behind it, in the direction in which it is read. */
const roomBefore = (line: Line, { left, right, rtl }: Edges) => (rtl ? right - line.end : line.along - left);
const roomBehind = (line: Line, { left, right, rtl }: Edges) => (rtl ? line.along - left : right - line.end);

/**
 * The next line's first word would have fitted on the line before: whoever set the text began anew on purpose. Scripts that are read from the
 * right have no capitals to say so as well: a gap that is wider by more than a letter has to do.
 */
export function endedEarly(before: Line, line: Line, edges: Edges): boolean {
  if (edges.rtl ? line.end < before.along : line.along > before.end) return false;
  const needed = line.firstWord + line.size * 0.6;
  const room = roomBehind(before, edges);
  if (edges.rtl && room > needed + line.size) return true;
  return room > needed && (/[.!?:;)"'”’\]؟؛۔]$/.test(before.text) || /^[\p{Lu}\p{N}\p{P}\p{S}]/u.test(line.text));
}

/** Begins further in than the line before, which ended a sentence. */
export function isIndented(before: Line, line: Line, edges: Edges): boolean {
  const inset = roomBefore(line, edges);
  return inset > line.size * 0.9 && inset < line.size * 5 && roomBefore(before, edges) < line.size * 0.4 && /[.!?:؟۔]["')\]]?$/.test(before.text) && /^[\p{Lu}\p{Lo}\p{N}“"]/u.test(line.text);
}
