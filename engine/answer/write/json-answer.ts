import type { CharRange } from "../../contract/document.ts";

/** A value of a JSON answer that says something. */
export interface JsonStatement {
  /** Where the value stands in the answer, without its quotation marks. */
  readonly range: CharRange;
  /** The value as a person reads it. */
  readonly text: string;
  /** Source numbers named in the same object, else in the nearest one around it that names any, else anywhere in the answer. */
  readonly sources: readonly number[];
}

/** What a JSON answer says, by its keys; values that name a source or how sure it is are left out. */
export interface JsonValues {
  /** Texts and numbers that say something about the world. */
  readonly said: readonly string[];
  /** Values of keys that sort the answer: {"category": "billing"}. */
  readonly labels: readonly string[];
  /** "true" and "false". */
  readonly truths: readonly string[];
  /** A key that says something about the world has the value null. */
  readonly isOpen: boolean;
}

/** A value and the keys it stands under, from the outermost in; `object`: which object the key is of. */
interface Place { readonly raw: string; readonly start: number; readonly isWord: boolean; readonly path: readonly Step[] }
interface Step { readonly object: number; key: string }

/** Keys whose values name a source; keys below them whose values are its number; keys whose values say nothing about the world. */
const sourceKey = /^(?:sources?|citations?|cites?|refs?|references?)(?:[_ -]?(?:ids?|no|nr|num(?:ber)?s?))?$/i;
const numberKey = /^(?:id|n|no|nr|num(?:ber)?|index)$/i;
const sureKey = /^(?:confidence|certainty)$/i;
const labelKey = /^(?:type|kind|category|status|format|language|topic|label)$/i;
const token = /"((?:[^"\\]|\\.)*)"(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\]]/g;

/** The statements of an answer that is one JSON object or array; undefined where it is not JSON. */
export function jsonStatements(answer: string): JsonStatement[] | undefined {
  const body = jsonBody(answer);
  if (!body) return undefined;
  const places = valuePlaces(body.text);
  const named = places.flatMap((place) => namedBy(place).map((number) => ({ number, object: place.path[sourceAt(place)]?.object })));
  return places.filter((place) => !place.isWord && saysSomething(place)).map((place) => ({
    range: { start: body.start + place.start, end: body.start + place.start + place.raw.length },
    text: decoded(place.raw), sources: nearestTo(place, named),
  }));
}

/** undefined where the answer is not JSON. */
export function jsonValues(answer: string): JsonValues | undefined {
  const body = jsonBody(answer);
  if (!body) return undefined;
  const places = valuePlaces(body.text);
  const texts = (of: (place: Place) => boolean) => places.filter(of).map(({ raw }) => decoded(raw));
  return {
    said: texts((place) => !place.isWord && saysSomething(place)),
    labels: texts((place) => !place.isWord && labelKey.test(keyOf(place))),
    truths: texts((place) => place.isWord && place.raw !== "null" && (saysSomething(place) || labelKey.test(keyOf(place)))),
    isOpen: places.some((place) => place.isWord && place.raw === "null" && saysSomething(place)),
  };
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
  const open: Step[] = [];
  let objects = 0;
  for (const match of json.matchAll(token)) {
    const [whole, string, colon] = match;
    const around = open.at(-1);
    if (whole === "{") open.push({ object: ++objects, key: "" });
    else if (whole === "[") open.push({ object: around?.object ?? 0, key: around?.key ?? "" }); // Its values stand under the key it stands under.
    else if (whole === "}" || whole === "]") open.pop();
    else if (colon !== undefined && around) around.key = string ?? "";
    else places.push({ raw: string ?? whole, start: match.index + (string === undefined ? 0 : 1), isWord: /^(?:true|false|null)$/.test(whole), path: open.map((step) => ({ ...step })) });
  }
  return places;
}

const keyOf = ({ path }: Place): string => path.at(-1)?.key ?? "";
const sourceAt = ({ path }: Place): number => path.findLastIndex(({ key }) => sourceKey.test(key));
const saysSomething = (place: Place): boolean => ![sourceKey, sureKey, labelKey].some((silent) => silent.test(keyOf(place))) && namedBy(place).length === 0;

/** The source numbers a value is: 2, "2", "[1, 3]", "Source 4", under a key for sources or, below one, for numbers. */
function namedBy(place: Place): number[] {
  if (sourceAt(place) < 0 || !(sourceKey.test(keyOf(place)) || numberKey.test(keyOf(place)))) return [];
  const text = decoded(place.raw).replace(/sources?/i, "");
  return /^[\s[\]【】(),;#\d]*$/.test(text) ? (text.match(/\d+/g) ?? []).filter((digits) => digits.length <= 9).map(Number) : [];
}

function nearestTo({ path }: Place, named: readonly { number: number; object: number | undefined }[]): number[] {
  const owner = path.findLast(({ object }) => named.some((one) => one.object === object))?.object;
  return [...new Set(named.filter(({ object }) => owner === undefined || object === owner).map(({ number }) => number))];
}

function decoded(raw: string): string {
  const value: unknown = JSON.parse(`"${raw}"`);
  return String(value);
}
