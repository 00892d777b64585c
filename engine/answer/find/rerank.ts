import { isAbort } from "../../base/errors.ts";
import type { Candidate } from "../../contract/search.ts";

/** Reads question and passage together and says how well they fit; slower and better than what found the candidates. */
export interface Reranker {
  readonly name: string;
  /** Loads what {@link score} needs, ahead of it. Absent: nothing to do. */
  prepare?(): Promise<void>;
  /** One score per text, higher is better. Stops at the signal. */
  score(question: string, texts: readonly string[], signal: AbortSignal): Promise<readonly number[]>;
}

export interface RerankOptions {
  /** Absent: no reranker is installed and the order stays. */
  readonly reranker?: Reranker | undefined;
  /** Milliseconds it may take; past them the order before stands. */
  readonly budgetMs: number;
  /** Candidates it reads; those behind keep their order behind them. */
  readonly depth: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Reranked {
  readonly candidates: Candidate[];
  readonly note?: string;
}

/** Puts the first candidates in the reranker's order, within its time. */
export async function rerank(question: string, candidates: readonly Candidate[], options: RerankOptions): Promise<Reranked> {
  const { reranker, depth } = options;
  if (!reranker || candidates.length === 0) return { candidates: [...candidates] };
  const first = candidates.slice(0, depth);
  const budget = AbortSignal.timeout(options.budgetMs);
  const signal = options.signal ? AbortSignal.any([options.signal, budget]) : budget;
  try {
    // Raced, so that one that is just being loaded, or does not listen, costs no more than its time.
    const scores = await Promise.race([reranker.score(question, first.map((candidate) => candidate.passage.text), signal), aborted(signal)]);
    return { candidates: [...ordered(first, scores), ...candidates.slice(depth)] };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!budget.aborted && isAbort(error)) throw error;
    const reason = budget.aborted ? `was not done after ${options.budgetMs} ms` : `failed (${error instanceof Error ? error.message : String(error)})`;
    return { candidates: [...candidates], note: `The reranker ${reranker.name} ${reason}: the order of the search stands.` };
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

function ordered(candidates: readonly Candidate[], scores: readonly number[]): Candidate[] {
  return candidates
    .map((candidate, i) => ({ candidate, score: scores[i] ?? Number.NEGATIVE_INFINITY, i }))
    .sort((a, b) => b.score - a.score || a.i - b.i)
    .map(({ candidate, score }, i) => ({ ...candidate, reranked: { rank: i + 1, score } }));
}
