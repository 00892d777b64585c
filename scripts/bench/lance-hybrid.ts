import { MatchQuery, rerankers } from "@lancedb/lancedb";
import type { Passage } from "../../engine/contract/search.ts";
import { wordLanguage, wordsColumn } from "../../engine/knowledge/lance/languages.ts";
import { passageOf, type Row } from "../../engine/knowledge/lance/rows.ts";
import { queryWords } from "../../engine/knowledge/lance/search.ts";
import { openPassagesAt } from "./passages-table.ts";

export type Hybrid = (question: string, vector: Float32Array) => Promise<Passage[]>;

/** LanceDB's own hybrid search over the table of a store of one language: both legs `depth` deep, reciprocal rank fusion with k = 60. */
export async function lanceHybrid(uri: string, language: string, depth: number): Promise<Hybrid> {
  const table = await openPassagesAt(uri);
  const reranker = await rerankers.RRFReranker.create(60);
  return async (question, vector) => {
    const words = new MatchQuery(queryWords(question), wordsColumn(wordLanguage(language)));
    const rows = (await table.query().nearestTo(vector).column("vector").distanceType("dot").fullTextSearch(words).rerank(reranker).limit(depth).toArray()) as Row[];
    return rows.map((row) => passageOf(row));
  };
}
