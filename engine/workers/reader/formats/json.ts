import type { DocumentBuilder } from "../blocks.ts";
import { textOf, type FormatReader } from "../source.ts";
import { readText } from "./text.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A value whose lines are together no longer than this is one block; a longer one is taken apart. */
const RECORD_CHARACTERS = 2000;
/** Below this depth a value is one block however long. */
const MAX_SECTIONS = 6;
/** Segments of a path that are shown; the outer ones of a deeper path are cut. */
const SHOWN_SEGMENTS = 8;

/** JSON as readable lines "path: value", one block per record. JSON that does not parse is read as the text it is. */
export const readJson: FormatReader = (context) => {
  const value = parseJson(textOf(context.source));
  if (value !== undefined) return readValue(context.out, value);
  context.out.warn("part-unreadable", "The file is not valid JSON; it was read as plain text.");
  return readText(context);
};

/** JSON Lines: one block per line; a line that does not parse is kept as it is. */
export const readJsonLines: FormatReader = ({ source, out }) => {
  let broken = 0;
  for (const line of textOf(source).split("\n")) {
    if (out.full) break;
    if (!line.trim()) continue;
    const value = parseJson(line);
    if (value === undefined) broken++;
    out.lines("record", value === undefined ? line : recordText(value));
  }
  if (broken > 0) out.warn("part-unreadable", `${broken} ${broken === 1 ? "line is" : "lines are"} not valid JSON and were kept as text.`);
};

export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, "")) as Json; // JSON.parse returns nothing but Json.
  } catch {
    return undefined;
  }
}

function readValue(out: DocumentBuilder, value: Json, depth = 0): void {
  if (out.full) return;
  const isRecord = !isContainer(value) || depth >= MAX_SECTIONS || fits(value);
  // A file that is a list, or holds one, is taken apart however short it is: one block per record.
  const holdsRecords = isContainer(value) && (Array.isArray(value) ? depth <= 1 && value.some(isContainer) : depth === 0 && Object.values(value).some(isListOfRecords));
  if (isRecord && !holdsRecords) return out.lines("record", recordText(value));
  if (Array.isArray(value)) {
    if (value.every((item) => !isContainer(item))) out.lines("record", recordText(value));
    else for (const item of value) readValue(out, item, depth + 1);
    return;
  }
  readObject(out, value as { readonly [key: string]: Json }, depth);
}

/** What is short stands together; each long part gets its key as a heading. */
function readObject(out: DocumentBuilder, value: { readonly [key: string]: Json }, depth: number): void {
  const entries = Object.entries(value);
  const isLong = ([, part]: [string, Json]) => isContainer(part) && (!fits(part) || isListOfRecords(part));
  const short = entries.filter((entry) => !isLong(entry));
  if (short.length > 0) out.lines("record", recordText(Object.fromEntries(short)));
  for (const [key, part] of entries.filter(isLong)) {
    out.closeHeadings(depth + 1);
    out.heading(depth + 1, key);
    readValue(out, part, depth + 1);
  }
  out.closeHeadings(depth + 1);
}

const isContainer = (value: Json): value is readonly Json[] | { readonly [key: string]: Json } => typeof value === "object" && value !== null;
const isListOfRecords = (value: Json) => Array.isArray(value) && value.length > 1 && value.every(isContainer);

/** Whether the value's lines stay within a record, without making them. */
function fits(value: Json): boolean {
  let length = 0;
  for (const [path, leaf] of leaves(value)) {
    length += path.length + leaf.length + 3;
    if (length > RECORD_CHARACTERS) return false;
  }
  return true;
}

function recordText(value: Json): string {
  const lines: string[] = [];
  for (const [path, leaf] of leaves(value)) lines.push(path ? `${path}: ${leaf}` : leaf);
  return lines.join("\n");
}

/** Every scalar with its path, in order. Iterative: a file may nest a hundred thousand levels. Lists of scalars are one leaf, "a, b, c". */
function* leaves(root: Json): Generator<readonly [string, string]> {
  const stack: { path: readonly string[]; value: Json }[] = [{ path: [], value: root }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { path, value } = next;
    if (!isContainer(value)) {
      if (value !== null && value !== "") yield [path.join("."), String(value)];
      continue;
    }
    if (Array.isArray(value) && value.length > 0 && value.every((item) => !isContainer(item))) {
      yield [path.join("."), value.filter((item) => item !== null && item !== "").join(", ")];
      continue;
    }
    const children = Object.entries(value);
    for (let i = children.length - 1; i >= 0; i--) {
      const [key, child] = children[i] ?? ["", null];
      // Lists count from 1 for people.
      const segment = Array.isArray(value) ? String(Number(key) + 1) : key;
      stack.push({ path: [...path, segment].slice(-SHOWN_SEGMENTS), value: child });
    }
  }
}
