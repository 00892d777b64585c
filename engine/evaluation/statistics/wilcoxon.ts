import { normalCdf } from "./normal.ts";

/** Up to so many differences the distribution is counted out, ties included; beyond, the normal curve is closer than anyone needs. */
const EXACT = 50;

export interface SignedRanks {
  /** Differences that are not 0. */
  readonly n: number;
  /** Rank sums of the positive and of the negative differences. */
  readonly plus: number;
  readonly minus: number;
  /** Two-sided. */
  readonly p: number;
}

/**
 * Wilcoxon's signed-rank test of paired differences. Zeros are left out (Wilcoxon's own way), equal sizes share their mean rank. Exact up to 50
 * differences: every sign pattern is equally likely, whatever ties there are. Beyond: normal approximation with the correction for ties and
 * for continuity. Sources: Wilcoxon 1945; Hollander & Wolfe, Nonparametric Statistical Methods, 3.1.
 */
export function wilcoxon(differences: readonly number[]): SignedRanks {
  const signed = differences.filter((value) => value !== 0);
  const ranks = meanRanks(signed.map(Math.abs));
  const sumOf = (positive: boolean) => ranks.reduce((sum, rank, i) => (((signed[i] ?? 0) > 0) === positive ? sum + rank : sum), 0);
  const [plus, minus] = [sumOf(true), sumOf(false)];
  const n = signed.length;
  const p = n === 0 ? 1 : n <= EXACT ? exact(ranks, Math.min(plus, minus)) : approximate(ranks, Math.min(plus, minus));
  return { n, plus, minus, p };
}

/** Ranks from 1; equal values share the mean of theirs. */
function meanRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to++;
    for (let i = from; i < to; i++) ranks[order[i] ?? 0] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

/** Share of the 2^n sign patterns whose smaller rank sum is as small, both sides. Ranks are doubled, so that halves count as whole numbers. */
function exact(ranks: readonly number[], smaller: number): number {
  const doubled = ranks.map((rank) => Math.round(2 * rank));
  const total = doubled.reduce((sum, rank) => sum + rank, 0);
  const ways = new Float64Array(total + 1);
  ways[0] = 1;
  for (const rank of doubled) for (let sum = total; sum >= rank; sum--) ways[sum] = (ways[sum] ?? 0) + (ways[sum - rank] ?? 0);
  const tail = ways.slice(0, Math.round(2 * smaller) + 1).reduce((sum, count) => sum + count, 0);
  return Math.min(1, (2 * tail) / 2 ** ranks.length);
}

function approximate(ranks: readonly number[], smaller: number): number {
  const n = ranks.length;
  const counts = new Map<number, number>();
  for (const rank of ranks) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  const ties = [...counts.values()].reduce((sum, count) => sum + count ** 3 - count, 0);
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24 - ties / 48);
  const z = (smaller - (n * (n + 1)) / 4 + 0.5) / deviation;
  return Math.min(1, 2 * normalCdf(z));
}
