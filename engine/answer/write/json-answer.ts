import type { CharRange } from "../../contract/document.ts";

/** A value of a JSON answer that says something. */
export interface JsonStatement {
  /** Where the value stands in the answer, without its quotation marks. */
  readonly range: CharRange;
  /** The value as a person reads it. */
  readonly text: string;
  readonly key: string;
  /** Source numbers named in the same object. */
  readonly sources: readonly number[];
}

interface Place { readonly key: string; readonly start: number; readonly raw: string; readonly depth: number }

/** Keys whose values name a source, and keys whose values say nothing about the world. */
const sourceKey = /^(?:sources?|citations?|cites?|refs?|references?)$/i;
const silentKey = /^(?:confidence|certainty|type|kind|category|status|format|language|topic|label)$/i;
const token = /"((?:[^"\\]|\\.)*)"(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[{}[\]]/g;

/** The statements of an answer that is one JSON object or array; undefined where it is not JSON. */
export function jsonStatements(answer: string): JsonStatement[] | undefined {
  const body = jsonBody(answer);
  if (!body) return undefined;
  const places = valuePlaces(body.text);
  const sources = places.filter((place) => sourceKey.test(place.key) && /^\d+$/.test(place.raw)).map((place) => Number(place.raw));
  return places.filter((place) => !sourceKey.test(place.key) && !silentKey.test(place.key)).map((place) => ({
    range: { start: body.start + place.start, end: body.start + place.start + place.raw.length },
    text: decoded(place.raw), key: place.key, sources,
  }));
}

/** Bare, or inside one code fence. */
function jsonBody(answer: string): { text: string; start: number } | undefined {
  const inside = /^\s*(?:```(?:json)?\s*)?([{[][\s\S]*[}\]])\s*(?:```)?\s*$/.exec(answer)?.[1];
  if (inside === undefined) return undefined;
  try {
    JSON.parse(inside);
    return { text: inside, start: answer.indexOf(inside) };
  } catch {
    return undefined; // Not JSON is an answer like any other.
  }
}

function valuePlaces(json: string): Place[] {
  const places: Place[] = [];
  let key = "";
  let depth = 0;
  for (const match of json.matchAll(token)) {
    const [whole, string, colon] = match;
    if (/^[{[]$/.test(whole)) depth++;
    else if (/^[}\]]$/.test(whole)) depth--;
    else if (colon !== undefined) key = string ?? "";
    else places.push({ key, raw: string ?? whole, start: match.index + (string === undefined ? 0 : 1), depth });
  }
  return places;
}

function decoded(raw: string): string {
  const value: unknown = JSON.parse(`"${raw}"`);
  return String(value);
}
