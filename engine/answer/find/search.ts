import type { InferContractRouterOutputs } from "@orpc/contract";
import { searchSettings, type SearchFilter, type SearchSettings, type searchContract } from "../../contract/search.ts";
import { bestSentences } from "../evidence/best-sentences.ts";
import { find } from "./find.ts";
import type { AnswerMeans } from "../means.ts";
import { rerank } from "./rerank.ts";
import { joinPassages, toDocument } from "../context/source-text.ts";

export interface SearchInput {
  readonly text: string;
  readonly filter: SearchFilter;
  readonly limit: number;
  /** Also what is private and locked. */
  readonly includePrivate: boolean;
  /** Instead of the person's settings, where given. */
  readonly settings?: { readonly [K in keyof SearchSettings]?: SearchSettings[K] | undefined } | undefined;
  readonly ignoreFilters?: readonly string[] | undefined;
}
export type SearchOutput = InferContractRouterOutputs<typeof searchContract>["query"];

export type PrefetchInput = Pick<SearchInput, "text" | "filter" | "includePrivate" | "ignoreFilters">;

/** The same retrieval as an answer to these words begins with; the answer then finds it done. */
export async function prefetch({ text, filter, includePrivate, ignoreFilters }: PrefetchInput, means: AnswerMeans, signal?: AbortSignal): Promise<{ ms: number }> {
  const start = performance.now();
  const { answers, search: settings } = means.settings();
  // Loading takes longer than a question may wait for it; whether it can be loaded is said where it is used.
  means.reranker?.(settings)?.prepare?.().catch(() => undefined);
  await find(text, means, { filter, unlocked: includePrivate, limit: answers.candidates, settings, ignoreFilters, signal });
  return { ms: performance.now() - start };
}

/**
 * Search without an answer: understand -> retrieve -> rerank, and in each hit the sentence that fits best, with a neighbour nearly as good. By the words
 * alone: vectors of the sentences find no more (docs/benchmarks.md) and cost some milliseconds each.
 */
export async function search(input: SearchInput, means: AnswerMeans, signal?: AbortSignal): Promise<SearchOutput> {
  const start = performance.now();
  const set = means.settings();
  const settings: SearchSettings = searchSettings.parse({ ...set.search, ...Object.fromEntries(Object.entries(input.settings ?? {}).filter(([, value]) => value !== undefined)) });
  const limit = Math.max(input.limit, set.answers.candidates);
  const found = await find(input.text, means, { filter: input.filter, unlocked: input.includePrivate, limit, settings, ignoreFilters: input.ignoreFilters, signal });
  const retrieved = performance.now();
  const { candidates, note } = await rerank(input.text, found.candidates, { reranker: means.reranker?.(settings), budgetMs: settings.rerankBudgetMs, depth: settings.rerankDepth, signal });
  const reranked = performance.now();
  const first = candidates.slice(0, input.limit);
  const best = await bestSentences(input.text, first.map((candidate) => candidate.passage.text), { most: 2 });
  const hits = first.map((candidate, i) => {
    const ranges = best[i]?.ranges ?? [];
    const range = ranges[0] && { start: ranges[0].start, end: ranges.at(-1)?.end ?? ranges[0].end };
    const score = candidate.reranked?.score ?? candidate.fused?.score ?? 0;
    return { passage: candidate.passage, score, ...(range ? { best: toDocument(joinPassages([candidate.passage]), range) } : {}) };
  });
  const ms = { ...found.ms, rerank: reranked - retrieved, best: performance.now() - reranked, total: performance.now() - start };
  return { hits, candidates, ms, understood: found.understood, evidence: found.evidence, notes: [...found.notes, ...(note ? [note] : [])] };
}
