import { allWords } from "../../answer/words/terms.ts";

const RUN = 4;

/** Share of the runs of four words that were there before in the same text: seq-rep-4 of Welleck et al. 2019. 0 for fewer than five words. */
export function repetition(text: string): number {
  const words = allWords(text).map((word) => word.exact);
  const runs = words.slice(RUN - 1).map((_, i) => words.slice(i, i + RUN).join(" "));
  return runs.length < 2 ? 0 : 1 - new Set(runs).size / runs.length;
}
