import { terms } from "../words/terms.ts";

/** Share of word triples that two texts must have in common to count as the same text with small changes. */
const NEAR = 0.85;
/** Texts with fewer triples are compared by their exact words only: two table rows may differ in one figure. */
const ENOUGH_TRIPLES = 12;

/** Tells which text was seen before, exactly or nearly. Cheap: one pass over the texts kept so far, which are few. */
export class Duplicates {
  private readonly exact = new Map<string, string>();
  private readonly near: { readonly print: Print; readonly id: string }[] = [];

  /** The id under which the text was added that this one repeats; otherwise it is added under its own. */
  repeats(text: string, id: string): string | undefined {
    const normal = text.normalize("NFKC").replace(/\s+/g, " ").trim().toLowerCase();
    const print = printOf(text);
    const known = this.exact.get(normal) ?? this.near.find((other) => resembles(print, other.print))?.id;
    if (known !== undefined) return known;
    this.exact.set(normal, id);
    this.near.push({ print, id });
    return undefined;
  }
}

interface Print { readonly triples: ReadonlySet<string>; readonly numbers: string }

function printOf(text: string): Print {
  const words = terms(text);
  const keys = words.map((term) => term.key);
  return {
    triples: new Set(keys.slice(2).map((key, i) => `${keys[i]} ${keys[i + 1]} ${key}`)),
    numbers: words.filter((term) => term.kind === "number").map((term) => term.key).sort().join(" "),
  };
}

/** Two versions of one text that name different figures are not duplicates: they contradict each other, and the answer should say so. */
function resembles(a: Print, b: Print): boolean {
  if (a.triples.size < ENOUGH_TRIPLES || b.triples.size < ENOUGH_TRIPLES || a.numbers !== b.numbers) return false;
  let shared = 0;
  for (const triple of a.triples) if (b.triples.has(triple)) shared++;
  return shared / Math.max(a.triples.size, b.triples.size) >= NEAR;
}
