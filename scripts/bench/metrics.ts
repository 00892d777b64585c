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
