import type { CharRange } from "../../engine/contract/index.ts";

/** A stretch of JSON as it is shown. `range`: where it stands in the text it was read from; absent for what is added, which is white space only. */
export interface JsonPiece { readonly kind: "key" | "string" | "number" | "literal" | "mark" | "space"; readonly text: string; readonly range?: CharRange }

const token = /"(?:[^"\\]|\\.)*"?|[{}[\]:,]|[^\s"{}[\]:,]+/gsu;

/**
 * Whether this is a JSON object, or a list of objects, lists or strings: what a schema asks for, and no one writes by accident.
 * One that is not closed counts too: it is still being written, or was stopped or cut short.
 */
export function isJson(text: string): boolean {
  if (!/^\s*(?:\{\s*["}]|\[\s*[{["])/u.test(text)) return false;
  try { JSON.parse(text); return true; } catch { return isOpen(text); }
}

function isOpen(text: string): boolean {
  let depth = 0;
  for (const [word] of text.matchAll(token)) {
    if (word === "{" || word === "[") depth++;
    if ((word === "}" || word === "]") && --depth === 0) return false;
  }
  return true;
}

/** JSON with one value to a line, two spaces to a level, as JSON.stringify writes it; its tokens are kept letter for letter. It need not be finished. */
export function jsonPieces(text: string): JsonPiece[] {
  const found = [...text.matchAll(token)];
  const pieces: JsonPiece[] = [];
  let depth = 0;
  const add = (text: string, kind: JsonPiece["kind"], start: number) => pieces.push({ kind, text, range: { start, end: start + text.length } });
  const line = () => pieces.push({ kind: "space", text: `\n${"  ".repeat(depth)}` });
  for (const [at, { 0: word, index }] of found.entries()) {
    const before = found[at - 1]?.[0];
    const closes = word === "}" || word === "]";
    if (closes) depth = Math.max(0, depth - 1);
    const empty = closes && (before === "{" || before === "[");
    if (before !== undefined && !empty && (closes || before === "{" || before === "[" || before === ",")) line();
    add(word, kindOf(word, found[at + 1]?.[0]), index);
    if (word === ":") pieces.push({ kind: "space", text: " " });
    if (word === "{" || word === "[") depth++;
  }
  return pieces;
}

function kindOf(word: string, next: string | undefined): JsonPiece["kind"] {
  if (word.startsWith('"')) return next === ":" ? "key" : "string";
  if (/^[{}[\]:,]$/.test(word)) return "mark";
  return /^-?\d/.test(word) ? "number" : "literal";
}
