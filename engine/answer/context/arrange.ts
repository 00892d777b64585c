import type { Settings } from "../../contract/settings.ts";

/** best-first: as they rank. first-and-last: the best at the beginning, the second best at the end, where models read best, the weakest in the middle. */
export type SourceOrder = Settings["answers"]["sourceOrder"];

/** What is given best first, in the order it is shown in. */
export function arrange<T>(ranked: readonly T[], order: SourceOrder): T[] {
  if (order === "best-first") return [...ranked];
  const front = ranked.filter((_, i) => i % 2 === 0);
  const back = ranked.filter((_, i) => i % 2 === 1);
  return [...front, ...back.reverse()];
}

/** Where the weakest of `count` stands after {@link arrange}. */
export function weakestAt(count: number, order: SourceOrder): number {
  return arrange(Array.from({ length: count }, (_, i) => i), order).indexOf(count - 1);
}
