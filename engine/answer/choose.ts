import type { Candidate, Passage } from "../contract/search.ts";
import { Duplicates } from "./duplicates.ts";

export type Reason = NonNullable<Candidate["dropped"]>["reason"];

export interface Left { readonly dropped: Map<string, Reason>; /** Passages that repeat a chosen one: their id to its id. */ readonly repeated: Map<string, string> }

/** The first passages that are no repetitions, and for the others why not. */
export function choose(candidates: readonly Candidate[], limit: number, { dropped, repeated }: Left): Passage[] {
  const duplicates = new Duplicates();
  const chosen: Passage[] = [];
  for (const { passage } of candidates) {
    if (chosen.length >= limit) dropped.set(passage.id, "limit");
    else {
      const of = duplicates.repeats(passage.text, passage.id);
      if (of === undefined) chosen.push(passage);
      else repeated.set(passage.id, of);
    }
  }
  return chosen;
}
