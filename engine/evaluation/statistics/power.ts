import { mean } from "../metrics.ts";
import { mcnemar } from "./mcnemar.ts";
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

/** So many questions are looked through with the exact test; beyond, the formula is as good. */
const MOST_EXACT = 500;

/**
 * Questions in all that McNemar's exact test needs, if the shares of questions that only one of the two gets right stay what they were.
 * undefined where they are equal. By the formula for paired proportions (Connor 1987, Biometrics 43), which promises too much of few questions:
 * from there on upwards to the first number that gives the exact test its power.
 */
export function questionsForShares(onlyA: number, onlyB: number, n: number, wanted: Wanted): number | undefined {
  if (onlyA === onlyB || n === 0) return undefined;
  const discordant = (onlyA + onlyB) / n;
  const difference = (onlyA - onlyB) / n;
  const [level, power] = deviates(wanted);
  const byFormula = Math.ceil((level * Math.sqrt(discordant) + power * Math.sqrt(discordant - difference ** 2)) ** 2 / difference ** 2);
  if (byFormula > MOST_EXACT) return byFormula;
  const exact = exactPower(onlyA / n, onlyB / n, wanted.alpha);
  for (let size = byFormula; size <= MOST_EXACT; size++) if (exact(size) >= (wanted.power ?? POWER)) return size;
  return MOST_EXACT;
}

/** The chance that McNemar's exact test at this level tells two apart in so many questions, where these shares of them are got right by one of the two only. */
function exactPower(shareA: number, shareB: number, alpha: number): (questions: number) => number {
  const discordant = shareA + shareB;
  const logFactorials = [0];
  for (let i = 1; i <= MOST_EXACT; i++) logFactorials.push((logFactorials[i - 1] ?? 0) + Math.log(i));
  const chance = (k: number, n: number, p: number) =>
    p >= 1 ? Number(k === n) : p <= 0 ? Number(k === 0) : Math.exp((logFactorials[n] ?? 0) - (logFactorials[k] ?? 0) - (logFactorials[n - k] ?? 0) + k * Math.log(p) + (n - k) * Math.log(1 - p));
  /** By the number of discordant questions: the most that the lesser side may have for the test to tell; -1: none. One more question raises it by one at most. */
  const mostOfLesser: number[] = [-1];
  const mostAt = (i: number) => {
    for (let size = mostOfLesser.length; size <= i; size++) {
      const more = (mostOfLesser[size - 1] ?? -1) + 1;
      mostOfLesser.push(mcnemar(more, size - more) < alpha ? more : more - 1);
    }
    return mostOfLesser[i] ?? -1;
  };
  const told = (i: number) => {
    let sum = 0;
    for (let k = 0; k <= mostAt(i); k++) sum += chance(k, i, shareA / discordant) + chance(i - k, i, shareA / discordant);
    return sum;
  };
  const byDiscordant = new Map<number, number>();
  return (questions) => {
    let sum = 0;
    for (let i = 0; i <= questions; i++) {
      const weight = chance(i, questions, discordant);
      if (weight < 1e-9) continue;
      const known = byDiscordant.get(i) ?? told(i);
      byDiscordant.set(i, known);
      sum += weight * known;
    }
    return sum;
  };
}

/**
 * Questions in all that the signed-rank test needs, if mean and spread of the differences stay what they were. The t test's formula over the signed
 * ranks' efficiency of 3 / π (Pitman), and no fewer than it takes where all signs are the same (2 of 2ⁿ patterns).
 */
export function questionsForValues(differences: readonly number[], wanted: Wanted): number | undefined {
  const average = mean(differences);
  if (differences.length < 2 || average === 0) return undefined;
  const variance = differences.reduce((sum, value) => sum + (value - average) ** 2, 0) / (differences.length - 1);
  const [level, power] = deviates(wanted);
  const fewest = Math.floor(1 - Math.log2(wanted.alpha)) + 1;
  return Math.max(fewest, Math.ceil(((level + power) ** 2 * variance) / average ** 2 / EFFICIENCY));
}
