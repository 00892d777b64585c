import type { Divergence } from "../../contract/check.ts";
import type { ProbedPosition } from "../../workers/generator/contract.ts";

/** Below this a share of probability is rounding, not a share. */
const ROUNDING = 1e-6;

/**
 * Kullback-Leibler divergence of `tuned` from `base` at one position, nats. Both give the logarithms for the same tokens, the base's likeliest;
 * all other tokens count as one, so that the result is exact for what was looked at and never too large for the whole vocabulary.
 */
function klDivergence(base: readonly number[], tuned: readonly number[]): number {
  let [sum, baseRest, tunedRest] = [0, 1, 1];
  for (const [i, p] of base.entries()) {
    const q = tuned[i] ?? p;
    sum += Math.exp(p) * (p - q);
    baseRest -= Math.exp(p);
    tunedRest -= Math.exp(q);
  }
  if (baseRest > ROUNDING) sum += baseRest * Math.log(baseRest / Math.max(tunedRest, ROUNDING));
  return Math.max(0, sum);
}

/** Over all positions of all questions; the two lists run along the same tokens. */
export function divergenceOf(base: readonly (readonly ProbedPosition[])[], tuned: readonly (readonly ProbedPosition[])[]): Divergence {
  const pairs = base.flatMap((positions, question) => positions.map((position, at) => [position, tuned[question]?.[at]] as const));
  let [sum, max, changed, positions] = [0, 0, 0, 0];
  for (const [one, other] of pairs) {
    if (!other) continue;
    const kl = klDivergence(one.logprobs, other.logprobs);
    sum += kl;
    max = Math.max(max, kl);
    changed += one.top === other.top ? 0 : 1;
    positions++;
  }
  return { mean: positions === 0 ? 0 : sum / positions, max, changedTop: positions === 0 ? 0 : changed / positions, positions };
}
