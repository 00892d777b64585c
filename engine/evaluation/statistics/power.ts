import { mean } from "../metrics.ts";
import { normalQuantile } from "./normal.ts";

/** The chance to tell two corners apart that a further measurement should have. */
const POWER = 0.8;
/** Asymptotic efficiency of the signed-rank test against the t test for normal differences: 3 / π. */
const EFFICIENCY = 3 / Math.PI;

export interface Wanted {
  /** Two-sided level of the test, after any correction for several. */
  readonly alpha: number;
  readonly power?: number;
}

const deviates = ({ alpha, power = POWER }: Wanted): readonly [number, number] => [normalQuantile(1 - alpha / 2), normalQuantile(power)];

/**
 * Questions in all that McNemar's test needs, if the shares of questions that only one of the two gets right stay what they were.
 * undefined where they are equal. Source: Connor 1987, Biometrics 43, formula for paired proportions.
 */
export function questionsForShares(onlyA: number, onlyB: number, n: number, wanted: Wanted): number | undefined {
  if (onlyA === onlyB || n === 0) return undefined;
  const discordant = (onlyA + onlyB) / n;
  const difference = (onlyA - onlyB) / n;
  const [level, power] = deviates(wanted);
  return Math.ceil((level * Math.sqrt(discordant) + power * Math.sqrt(discordant - difference ** 2)) ** 2 / difference ** 2);
}

/** Questions in all that the signed-rank test needs, if mean and spread of the differences stay what they were. The t test's formula over the signed ranks' efficiency of 3 / π (Pitman). */
export function questionsForValues(differences: readonly number[], wanted: Wanted): number | undefined {
  const average = mean(differences);
  if (differences.length < 2 || average === 0) return undefined;
  const variance = differences.reduce((sum, value) => sum + (value - average) ** 2, 0) / (differences.length - 1);
  const [level, power] = deviates(wanted);
  return Math.ceil(((level + power) ** 2 * variance) / average ** 2 / EFFICIENCY);
}
