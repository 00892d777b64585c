import { measures, stages, type Measure, type RetrievalReport, type Stage } from "../contract/evaluation.ts";
import type { Candidate } from "../contract/search.ts";
import { bootstrap, ndcg, percentile, recall, reciprocalRank, type Judgments } from "./metrics.ts";

/** A question's rankings of units (documents, or the right passage and others), by stage; a stage that did not run is absent. */
export interface Judged {
  readonly relevant: Judgments;
  readonly rankings: Partial<Record<Stage, readonly string[]>>;
}

const compute: Readonly<Record<Measure, (ranking: readonly string[], relevant: Judgments) => number>> = {
  "ndcg@10": (ranking, relevant) => ndcg(ranking, relevant, 10),
  "recall@1": (ranking, relevant) => recall(ranking, relevant, 1),
  "recall@5": (ranking, relevant) => recall(ranking, relevant, 5),
  "recall@10": (ranking, relevant) => recall(ranking, relevant, 10),
  "recall@100": (ranking, relevant) => recall(ranking, relevant, 100),
  "mrr@10": (ranking, relevant) => reciprocalRank(ranking, relevant, 10),
};

/**
 * Every stage's order of the candidates as units, each where its best passage stands. What a leg did not find by itself, and was only asked to score,
 * does not count as found by it.
 */
export function rankingOf(candidates: readonly Candidate[], unit: (candidate: Candidate) => string): Judged["rankings"] {
  const rankings: Partial<Record<Stage, string[]>> = {};
  for (const stage of stages) {
    const there = candidates.filter((candidate) => candidate[stage] && !candidate[stage].completed).sort((a, b) => (a[stage]?.rank ?? 0) - (b[stage]?.rank ?? 0));
    if (stage !== "reranked") rankings[stage] = [...new Set(there.map(unit))];
    // A reranker reads the first candidates only; those behind keep their places behind them.
    else if (there.length > 0) rankings[stage] = [...new Set([...there, ...candidates.filter((candidate) => !candidate.reranked)].map(unit))];
  }
  return rankings;
}

const valuesOf = (judged: readonly Judged[], stage: Stage, measure: Measure): number[] =>
  judged.map(({ rankings, relevant }) => compute[measure](rankings[stage] ?? rankings.fused ?? [], relevant));

const ran = (judged: readonly Judged[]): Stage[] => stages.filter((stage) => judged.some(({ rankings }) => rankings[stage] !== undefined));

export function measuresOf(judged: readonly Judged[]): RetrievalReport["stages"] {
  return ran(judged).map((stage) => ({ stage, measures: Object.fromEntries(measures.map((measure) => [measure, bootstrap(valuesOf(judged, stage, measure))])) as Record<Measure, ReturnType<typeof bootstrap>> }));
}

/** The last stage against those before it, the same questions resampled for both. */
export function gainsOf(judged: readonly Judged[]): RetrievalReport["gains"] {
  const there = ran(judged);
  const last = there.at(-1);
  if (last === undefined) return [];
  return there.slice(0, -1).map((over) => {
    const [own, other] = [valuesOf(judged, last, "ndcg@10"), valuesOf(judged, over, "ndcg@10")];
    return { stage: last, over, measure: "ndcg@10", ...bootstrap(own.map((value, i) => value - (other[i] ?? 0))) };
  });
}

/** Milliseconds by step of the search. */
export function latencyOf(runs: readonly Readonly<Record<string, number>>[]): RetrievalReport["latency"] {
  const steps = [...new Set(runs.flatMap((run) => Object.keys(run)))];
  return steps.map((step) => {
    const values = runs.flatMap((run) => run[step] ?? []);
    return { step, p50: percentile(values, 0.5), p95: percentile(values, 0.95) };
  });
}
