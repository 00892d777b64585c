import { normalQuantile } from "./normal.ts";

export interface Agreement {
  readonly n: number;
  /** Share of the pairs that agree. */
  readonly agreement: number;
  /** Cohen's kappa with its 95 % interval; absent where chance alone would always agree. */
  readonly kappa?: { readonly value: number; readonly low: number; readonly high: number };
}

/** Agreement of two raters who say yes or no, beyond chance. The interval is Cohen's of 1960: sqrt(po (1 - po) / (n (1 - pe)²)). */
export function cohensKappa(pairs: readonly (readonly [boolean, boolean])[]): Agreement {
  const n = pairs.length;
  if (n === 0) return { n, agreement: 0 };
  const share = (holds: (pair: readonly [boolean, boolean]) => boolean) => pairs.filter(holds).length / n;
  const agreement = share(([one, other]) => one === other);
  const [oneYes, otherYes] = [share(([one]) => one), share(([, other]) => other)];
  const chance = oneYes * otherYes + (1 - oneYes) * (1 - otherYes);
  if (chance >= 1) return { n, agreement };
  const value = (agreement - chance) / (1 - chance);
  const half = normalQuantile(0.975) * Math.sqrt((agreement * (1 - agreement)) / (n * (1 - chance) ** 2));
  return { n, agreement, kappa: { value, low: Math.max(-1, value - half), high: Math.min(1, value + half) } };
}
