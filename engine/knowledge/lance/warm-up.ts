import type { Table } from "@lancedb/lancedb";
import type { KnowledgeStore, SearchScope } from "../store.ts";
import { plainRows } from "./arrow-rows.ts";
import { indexCacheBytes } from "./connection.ts";
import { textOf, vectorOf } from "./rows.ts";

/** Share of the index cache the vectors may take to be read into it at once; where they take more, they would push out what searches need beside them. */
const SHARE = 2 / 3;
const HITS = 100;
const EVERYTHING: SearchScope = { filter: {}, excludeDocumentIds: [], excludeCollectionIds: [] };

export interface Warming {
  readonly store: Pick<KnowledgeStore, "view">;
  readonly passages: Table;
  readonly stopped: () => boolean;
}

/**
 * Does what the first search would wait for: one search with a stored passage, then the vector index into memory where it fits. A search looks into
 * a few partitions, others with each question, so that one search alone would leave nearly all of them on the disk.
 */
export async function warmUp({ store, passages, stopped }: Warming): Promise<void> {
  const [row] = plainRows(await passages.query().select(["text", "vector"]).limit(1).toArrow());
  if (!row || stopped()) return;
  const vector = vectorOf(row);
  const question = textOf(row, "text").slice(0, 200);
  await store.view(EVERYTHING, async (view) => {
    const [near] = await Promise.all([view.dense(vector, HITS), view.lexical(question, HITS, { vectors: true })]);
    if (stopped()) return;
    const ids = near.map(({ id }) => id);
    await Promise.all([view.lexicalScores(ids, question), view.passages(ids)]);
  });
  if (stopped()) return;
  const indices = await passages.listIndices();
  const [index, keys] = ["vector", "id"].map((column) => indices.find(({ columns }) => columns.includes(column)));
  // In a large library a search finds passages again by their ids, all over that index.
  if (keys) await passages.prewarmIndex(keys.name);
  if (stopped()) return;
  if (index && (await passages.countRows()) * vector.byteLength <= indexCacheBytes() * SHARE && !stopped()) await passages.prewarmIndex(index.name);
}
