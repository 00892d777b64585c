import type { Passage } from "../../contract/search.ts";

/** 0..1 by the order of the files' times among the candidates: the newest is 1, the oldest and those without a time are 0. */
export function recencyOf(passages: readonly Passage[]): (passage: Passage) => number {
  const times = [...new Set(passages.flatMap(({ modified }) => (modified === undefined ? [] : [modified])))].sort();
  const rank = new Map(times.map((time, i) => [time, times.length < 2 ? 0 : i / (times.length - 1)]));
  return ({ modified }) => (modified === undefined ? 0 : (rank.get(modified) ?? 0));
}
