import type { InferContractRouterOutputs } from "@orpc/contract";
import type { SearchFilter, searchContract } from "../contract/search.ts";
import { bestSentences } from "./best-sentences.ts";
import { scopeOf, type AnswerMeans } from "./means.ts";
import { rerank, RERANKING } from "./rerank.ts";
import { retrieve } from "./retrieve.ts";
import { joinPassages, toDocument } from "./source-text.ts";

export interface SearchInput {
  readonly text: string;
  readonly filter: SearchFilter;
  readonly limit: number;
  /** Also what is private and locked. */
  readonly includePrivate: boolean;
}
export type SearchOutput = InferContractRouterOutputs<typeof searchContract>["query"];

export type PrefetchInput = Pick<SearchInput, "text" | "filter" | "includePrivate">;

/** The same retrieval as a search of these words makes; its question's vector and both legs' tables are warm then. */
export async function prefetch(input: PrefetchInput, means: AnswerMeans, signal?: AbortSignal): Promise<{ ms: number }> {
  const start = performance.now();
  await retrieve(input.text, means, { scope: scopeOf(input.filter, means, input.includePrivate), limit: means.settings().answers.candidates, settings: means.settings().search, signal });
  return { ms: performance.now() - start };
}

/** Search without an answer: retrieve -> rerank, and in each hit the sentence that fits best, by its words alone. */
export async function search(input: SearchInput, means: AnswerMeans, signal?: AbortSignal): Promise<SearchOutput> {
  const start = performance.now();
  const scope = scopeOf(input.filter, means, input.includePrivate);
  const limit = Math.max(input.limit, means.settings().answers.candidates);
  const found = await retrieve(input.text, means, { scope, limit, settings: means.settings().search, signal });
  const retrieved = performance.now();
  const { candidates } = await rerank(input.text, found.candidates, { reranker: means.reranker, ...RERANKING, signal });
  const reranked = performance.now();
  const first = candidates.slice(0, input.limit);
  const best = await bestSentences(input.text, first.map((candidate) => candidate.passage.text), { most: 1 });
  const hits = first.map((candidate, i) => {
    const range = best[i]?.ranges[0];
    const score = candidate.reranked?.score ?? candidate.fused?.score ?? 0;
    return { passage: candidate.passage, score, ...(range ? { best: toDocument(joinPassages([candidate.passage]), range) } : {}) };
  });
  return { hits, candidates, ms: { ...found.ms, rerank: reranked - retrieved, best: performance.now() - reranked, total: performance.now() - start } };
}
