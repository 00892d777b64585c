import { bootstrap, type Interval } from "../metrics.ts";

const TAIL = 0.025;

/**
 * Mean of values between 0 and 1 with its 95 % interval: percentile bootstrap. Where all values are 0, or all are 1, resampling knows no spread and
 * would call three right answers of three a certainty: there the open end is the exact binomial one (Clopper & Pearson 1934), ⁿ√0.025 from the
 * other side, which bounds the mean of any values between 0 and 1.
 */
export function intervalOf(values: readonly number[]): Interval {
  const [first] = values;
  if ((first !== 0 && first !== 1) || values.some((value) => value !== first)) return bootstrap(values);
  const open = TAIL ** (1 / values.length);
  return first === 1 ? { mean: 1, low: open, high: 1 } : { mean: 0, low: 0, high: 1 - open };
}
