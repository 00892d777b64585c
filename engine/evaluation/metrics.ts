import { mulberry32 } from "../base/random.ts";

/**
 * Ranking measures by trec_eval's definitions. `relevant`: document id → grade (> 0). `ranking`: document ids, best first, no repeats.
 * Source: trec_eval (m_ndcg_cut, m_recall, m_recip_rank); gain = grade, discount = log2(rank + 1).
 */
export type Judgments = ReadonlyMap<string, number>;

export function ndcg(ranking: readonly string[], relevant: Judgments, depth: number): number {
  const gain = (grades: readonly number[]) => grades.slice(0, depth).reduce((sum, grade, i) => sum + grade / Math.log2(i + 2), 0);
  const ideal = gain([...relevant.values()].filter((grade) => grade > 0).sort((a, b) => b - a));
  return ideal === 0 ? 0 : gain(ranking.map((id) => Math.max(0, relevant.get(id) ?? 0))) / ideal;
}

export function recall(ranking: readonly string[], relevant: Judgments, depth: number): number {
  const wanted = [...relevant].filter(([, grade]) => grade > 0).map(([id]) => id);
  const found = new Set(ranking.slice(0, depth));
  return wanted.length === 0 ? 0 : wanted.filter((id) => found.has(id)).length / wanted.length;
}

export function reciprocalRank(ranking: readonly string[], relevant: Judgments, depth: number): number {
  const at = ranking.slice(0, depth).findIndex((id) => (relevant.get(id) ?? 0) > 0);
  return at < 0 ? 0 : 1 / (at + 1);
}

export const mean = (values: readonly number[]): number => (values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length);

/** The value below which the share `p` (0..1) of the values lies, interpolated between neighbours (type 7, as NumPy and R have it). */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = p * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] ?? 0, sorted[Math.ceil(at)] ?? 0];
  return low + (high - low) * (at - Math.floor(at));
}

/** Mean with the 95 % interval of its percentile bootstrap. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 2000;

/** Resamples the questions with replacement. The generator is seeded: the same values give the same interval. */
export function bootstrap(values: readonly number[], resamples = RESAMPLES): Interval {
  if (values.length === 0) return { mean: 0, low: 0, high: 0 };
  const random = mulberry32(values.length);
  const means = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)] ?? 0;
    return sum / values.length;
  });
  return { mean: mean(values), low: percentile(means, 0.025), high: percentile(means, 0.975) };
}
