import { LorekeepError } from "../../base/errors.ts";
import type { NumberType } from "../../base/gguf/numbers.ts";

/** Beyond these sizes rounding would make infinity of a number: half a step past the largest of each type; Q8_0's scale is an F16. */
const largest: Record<NumberType, number> = { F32: 3.4028234663852886e38, BF16: 3.396e38, F16: 65_519, Q8_0: 65_519 * 127 };

/** @throws LorekeepError MODEL_REFUSED when one of the first `count` numbers is none, or has no room in `type`. */
export function refuseUnfitNumbers(values: Float32Array, count: number, about: { tensor: string; type: NumberType }): void {
  let most = 0;
  for (let i = 0; i < count; i++) {
    const size = Math.abs(values[i] as number);
    if (!(size <= most)) most = size; // NaN stays
    if (most !== most) break;
  }
  if (most <= largest[about.type]) return;
  const isNumber = Number.isFinite(most);
  throw new LorekeepError("MODEL_REFUSED", isNumber
    ? { reason: `${about.tensor} has numbers as large as ${most.toPrecision(3)}, for which ${about.type} has no room.`, next: "Choose BF16 or F32." }
    : { reason: `${about.tensor} holds numbers that are none (infinity or NaN).`, next: "The file is damaged, or its training went wrong." });
}
