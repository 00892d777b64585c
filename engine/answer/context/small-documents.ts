import type { Candidate, Passage } from "../../contract/search.ts";
import type { KnowledgeStore, SearchScope } from "../../knowledge/store.ts";

/** A document of so few passages is read whole when its best passage is the best of all: what is left out of it could only be missed. */
const SMALL = 3;
/** The same for documents a person named: there the question is about them. */
const SMALL_WHEN_NAMED = 16;

/** All passages of small documents that deserve to come whole, by document and position. */
export async function wholeSmallDocuments(candidates: readonly Candidate[], scope: SearchScope, store: KnowledgeStore): Promise<Passage[]> {
  const named = scope.filter.documentIds ?? [];
  const wanted = new Map(named.filter((id) => candidates.some((candidate) => candidate.passage.documentId === id)).map((id) => [id, SMALL_WHEN_NAMED]));
  const best = candidates[0]?.passage.documentId;
  if (best !== undefined && !wanted.has(best)) wanted.set(best, SMALL);
  const found = await Promise.all([...wanted].map(async ([id, most]) => {
    const passages = await store.neighbours(id, 0, most);
    return passages.length > most ? [] : passages;
  }));
  return found.flat();
}
