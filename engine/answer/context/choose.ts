import type { Candidate, Passage } from "../../contract/search.ts";
import { Duplicates } from "./duplicates.ts";
import { sameSection } from "./sections.ts";

export type Reason = NonNullable<Candidate["dropped"]>["reason"];

export interface Left { readonly dropped: Map<string, Reason>; /** Passages that repeat a chosen one: their id to its id. */ readonly repeated: Map<string, string> }

/** Passages of one place that may be chosen while others wait. */
const MOST_OF_ONE_PLACE = 3;
/** Passages further apart than this are of different places, also under one heading or under none. */
const NEAR = 4;

/**
 * The first passages that are no repetitions, and for the others why not. Five passages of one place tell less than three of it and two others,
 * so further ones wait ("same-section") and come only where nothing else is left. A count, and not a trade of score against likeness (maximal
 * marginal relevance): it needs no weight to tune and a person can understand it, repetitions are left out already, and what waits comes back
 * with its whole section where that fits ({@link wholeSections}).
 */
export function choose(candidates: readonly Candidate[], limit: number, { dropped, repeated }: Left): Passage[] {
  const duplicates = new Duplicates();
  const chosen: Passage[] = [];
  const waiting: Passage[] = [];
  for (const { passage } of candidates) {
    if (chosen.length >= limit) {
      dropped.set(passage.id, "limit");
      continue;
    }
    const of = duplicates.repeats(passage.text, passage.id);
    if (of !== undefined) repeated.set(passage.id, of);
    else if (chosen.filter((one) => samePlace(one, passage)).length >= MOST_OF_ONE_PLACE) waiting.push(passage);
    else chosen.push(passage);
  }
  const late = waiting.splice(0, Math.max(0, limit - chosen.length));
  for (const { id } of waiting) dropped.set(id, "same-section");
  return [...chosen, ...late];
}

function samePlace(a: Passage, b: Passage): boolean {
  return sameSection(a, b) && Math.abs(a.position - b.position) <= NEAR;
}
