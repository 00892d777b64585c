/**
 * McNemar's exact test of two paired shares: given the questions that only one of the two got right, were they dealt by a fair coin?
 * Two-sided binomial p. Source: McNemar 1947; the exact form as in `binom.test(onlyA, onlyA + onlyB)` of R.
 */
export function mcnemar(onlyA: number, onlyB: number): number {
  const n = onlyA + onlyB;
  const fewer = Math.min(onlyA, onlyB);
  let logTerm = -n * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let i = 1; i <= fewer; i++) {
    logTerm += Math.log(n - i + 1) - Math.log(i);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}
