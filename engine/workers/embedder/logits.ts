/**
 * How well a passage fits its question, by a cross-encoder's logits; higher is better. One label: its logit. Two, "does not fit" and "fits": how far the
 * second is above the first, since neither says anything without the other.
 */
export function scoreOf(logits: ArrayLike<number | bigint>): number {
  const last = Number(logits[logits.length - 1]);
  return logits.length === 2 ? last - Number(logits[0]) : last;
}
