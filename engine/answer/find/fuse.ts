import type { Candidate, SearchSettings } from "../../contract/search.ts";

/** The usual constant of reciprocal rank fusion: how flat the weight of the first ranks is. */
const K = 60;
/** A spread below this is rounding: such a leg tells nothing apart. */
const LEAST_DEVIATION = 1e-6;

/** Scores by passage id: the cosine of each passage that counts, and the BM25 of those that hold a word of the question. */
export interface Scores {
  readonly dense: ReadonlyMap<string, number>;
  readonly lexical: ReadonlyMap<string, number>;
}

/** A passage, or what stands for it until it is fetched. */
export interface Named {
  readonly id: string;
}

export interface Hit<P extends Named> {
  readonly passage: P;
  /** Cosine or BM25. */
  readonly score: number;
}

export interface Legs<P extends Named> {
  readonly dense: readonly Hit<P>[];
  readonly lexical: readonly Hit<P>[];
  /** Scores of what only one leg found. Absent: reciprocal ranks, which need none. */
  readonly completed?: Scores | undefined;
  /** Passages that belong among the candidates though neither leg reached them. */
  readonly extra?: readonly Pick<Hit<P>, "passage">[];
}

export interface FuseOptions<P extends Named> {
  readonly fusion: SearchSettings["fusion"];
  /** Share of the dense leg, 0..1. */
  readonly denseWeight: number;
  /** Added to the fused score, in standard deviations of it: words that must match exactly, age. */
  readonly bonus?: (passage: P) => number;
}

type Stages = Pick<Candidate, "dense" | "lexical">;
type Unranked<P extends Named> = Stages & { readonly passage: P };
export type Fused<P extends Named> = Unranked<P> & { readonly fused: NonNullable<Candidate["fused"]> };

/**
 * Both legs' hits as one list, best first. `z-score`: each leg's scores standardised over the union of both legs' hits, missing scores completed, and
 * added by weight; the rule that generalised best (docs/benchmarks.md). A leg without a hit or without any spread counts for nothing. `rrf`, and
 * where no completed scores are given: Σ weight / (60 + rank). Ties stand by the better single rank, then the dense one, then the passage's id, so
 * that the same question gives the same order each time.
 */
export function fuse<P extends Named>(legs: Legs<P>, options: FuseOptions<P>): Fused<P>[] {
  const union = legs.completed ? completed(unite(legs), legs.completed) : unite(legs);
  const base = options.fusion === "z-score" && legs.completed ? standardised(union, legs, options.denseWeight) : reciprocal(options.denseWeight);
  const { bonus } = options;
  const spread = bonus ? deviation(union.map(base)) || 1 : 0;
  const scored = union.map((candidate) => ({ candidate, score: base(candidate) + (bonus ? bonus(candidate.passage) * spread : 0) }));
  return scored.sort((a, b) => b.score - a.score || byRank(a.candidate, b.candidate)).map(({ candidate, score }, i) => ({ ...candidate, fused: { rank: i + 1, score } }));
}

function unite<P extends Named>({ dense, lexical, extra = [] }: Legs<P>): Unranked<P>[] {
  const byId = new Map<string, Unranked<P>>();
  dense.forEach((hit, i) => byId.set(hit.passage.id, { passage: hit.passage, dense: { rank: i + 1, score: hit.score } }));
  lexical.forEach((hit, i) => {
    const known = byId.get(hit.passage.id);
    byId.set(hit.passage.id, { ...(known ?? { passage: hit.passage }), lexical: { rank: i + 1, score: hit.score } });
  });
  for (const { passage } of extra) if (!byId.has(passage.id)) byId.set(passage.id, { passage });
  return [...byId.values()];
}

/** Fills in what one leg did not find; the ranks go on behind the leg's own. A passage without a word of the question has no lexical score. */
function completed<P extends Named>(union: readonly Unranked<P>[], scores: Scores): Unranked<P>[] {
  const fill = (leg: "dense" | "lexical", known: readonly Unranked<P>[]): Unranked<P>[] => {
    const found = known.filter((one) => one[leg]).length;
    const missing = known.filter((one) => !one[leg] && scores[leg].has(one.passage.id));
    // A leg that went to its depth has everything above its last hit. BM25 asked for apart may say more, where rows are not indexed yet.
    const ceiling = leg === "lexical" ? Math.min(...known.map((one) => one.lexical?.score ?? Infinity)) : Infinity;
    const scoreOf = (one: Unranked<P>) => Math.min(scores[leg].get(one.passage.id) ?? 0, ceiling);
    const rank = new Map(missing.sort((a, b) => scoreOf(b) - scoreOf(a)).map((one, i) => [one, found + i + 1]));
    return known.map((one) => { const at = rank.get(one); return at === undefined ? one : { ...one, [leg]: { rank: at, score: scoreOf(one), completed: true } }; });
  };
  return fill("lexical", fill("dense", union));
}

function standardised<P extends Named>(union: readonly Unranked<P>[], legs: Legs<P>, denseWeight: number): (candidate: Stages) => number {
  const dense = legs.dense.length > 0 ? zScore(union.map((one) => one.dense?.score ?? 0)) : () => 0;
  const lexical = legs.lexical.length > 0 ? zScore(union.map((one) => one.lexical?.score ?? 0)) : () => 0;
  return (candidate) => denseWeight * dense(candidate.dense?.score ?? 0) + (1 - denseWeight) * lexical(candidate.lexical?.score ?? 0);
}

function zScore(values: readonly number[]): (value: number) => number {
  const spread = deviation(values);
  const middle = mean(values);
  return spread < LEAST_DEVIATION ? () => 0 : (value) => (value - middle) / spread;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

/** Weights are doubled, so that equal legs give the usual figures. Completed ranks are no ranks of a leg and count for nothing. */
function reciprocal(denseWeight: number): (candidate: Stages) => number {
  const part = (stage: Candidate["dense"], weight: number) => (stage && !stage.completed ? (2 * weight) / (K + stage.rank) : 0);
  return ({ dense, lexical }) => part(dense, denseWeight) + part(lexical, 1 - denseWeight);
}

const NOT_FOUND = Number.MAX_SAFE_INTEGER;

function byRank(a: Unranked<Named>, b: Unranked<Named>): number {
  const dense = (one: Stages) => one.dense?.rank ?? NOT_FOUND;
  const best = (one: Stages) => Math.min(dense(one), one.lexical?.rank ?? NOT_FOUND);
  return best(a) - best(b) || dense(a) - dense(b) || (a.passage.id < b.passage.id ? -1 : 1);
}
