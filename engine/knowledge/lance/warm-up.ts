import type { Table } from "@lancedb/lancedb";
import type { KnowledgeStore, SearchScope } from "../store.ts";
import { plainRows } from "./arrow-rows.ts";
import { textOf, vectorOf } from "./rows.ts";

/** Vectors are read into the index cache where they take no more than half of it, and no more memory than a search or two would: beyond, they come as they are asked for. */
const MOST_BYTES = 256 * 2 ** 20;
const HITS = 100;
const EVERYTHING: SearchScope = { filter: {}, excludeDocumentIds: [], excludeCollectionIds: [] };

export interface Warming {
  readonly store: Pick<KnowledgeStore, "searchDense" | "searchLexical" | "lexicalScores">;
  readonly passages: Table;
  readonly stopped: () => boolean;
}

/** Does what the first search would wait for: the vector index into memory where it fits, and one search of each kind with a stored passage. */
export async function warmUp({ store, passages, stopped }: Warming): Promise<void> {
  const [row] = plainRows(await passages.query().select(["text", "vector"]).limit(1).toArrow());
  if (!row || stopped()) return;
  const vector = vectorOf(row);
  const index = (await passages.listIndices()).find(({ columns }) => columns.includes("vector"));
  if (index && (await passages.countRows()) * vector.byteLength <= MOST_BYTES && !stopped()) await passages.prewarmIndex(index.name);
  if (stopped()) return;
  const question = textOf(row, "text").slice(0, 200);
  const [near] = await Promise.all([store.searchDense(vector, EVERYTHING, HITS), store.searchLexical(question, EVERYTHING, HITS, { vectors: true })]);
  if (!stopped()) await store.lexicalScores(near.map(({ passage }) => passage.id), question);
}
