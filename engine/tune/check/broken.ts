import type { CheckSample } from "../../contract/check.ts";
import type { Probed } from "../../workers/generator/contract.ts";

type Answer = Pick<Probed, "text" | "stopReason">;
/** Prose of this length repeats under a tenth of its pieces, tables and lists of alike lines a third; half of them is a loop with variations. */
const MOST_SAID_BEFORE = 0.5;
const PIECE = 8;
const LEAST_TEXT = 96;
type Problem = NonNullable<CheckSample["problem"]>;

/** A piece said this often in a row, and over so many characters, is no style of speech any more. */
const LEAST_ROUNDS = 4;
const LEAST_CHARACTERS = 32;

/** What is wrong with the tuned answer that is not wrong with the base's own: a small base may well repeat itself without any help. */
export function problemOf(base: Answer, tuned: Answer): Problem | undefined {
  if (tuned.text.trim() === "") return base.text.trim() === "" ? undefined : "empty";
  if (goesRound(tuned.text)) return goesRound(base.text) ? undefined : "repeats";
  return runsOn(tuned) && !runsOn(base) ? "never-stops" : undefined;
}

const runsOn = ({ stopReason }: Answer) => stopReason === "length" || stopReason === "context-full";

/** Share of the pieces of eight characters that stood in the text already: the repetition rate seq-rep-n of Welleck et al. 2020, on characters. */
function saidBefore(text: string): number {
  const pieces = new Set<string>();
  const total = text.length - PIECE + 1;
  for (let i = 0; i < total; i++) pieces.add(text.slice(i, i + PIECE));
  return 1 - pieces.size / total;
}

/** Whether a text ends in one piece said over and over, which makes up at least half of it, or hardly says anything that it has not said. */
function goesRound(text: string): boolean {
  const end = text.trimEnd();
  if (end.length >= LEAST_TEXT && saidBefore(end) > MOST_SAID_BEFORE) return true;
  for (let period = 1; period <= end.length / LEAST_ROUNDS; period++) {
    let same = 0;
    while (same + period < end.length && end[end.length - 1 - same] === end[end.length - 1 - same - period]) same++;
    const covered = same + period;
    if (covered >= period * LEAST_ROUNDS && covered >= LEAST_CHARACTERS && covered >= end.length / 2) return true;
  }
  return false;
}
