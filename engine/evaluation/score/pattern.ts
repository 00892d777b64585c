import { LorekeepError } from "../../base/errors.ts";
import { ranOut, withDeadline } from "../../base/deadline.ts";

/** A pattern that needs longer than this backtracks without end; the engine stands still meanwhile. */
const DEADLINE_MS = 200;
const LONGEST_TEXT = 100_000;

/** @throws LorekeepError INVALID where it is no regular expression */
export function compilePattern(source: string): RegExp {
  try {
    return new RegExp(source, "u");
  } catch (error) {
    throw new LorekeepError("INVALID", { reason: `“${source}” is no regular expression: ${error instanceof Error ? error.message.replace(/^Invalid regular expression: /, "") : String(error)}`, field: "pattern" }, { cause: error });
  }
}

/** Whether the pattern matches somewhere; a problem where it could not be told in time. */
export function matchesPattern(source: string, text: string): { matches: boolean; problem?: string } {
  const pattern = compilePattern(source);
  try {
    return withDeadline(DEADLINE_MS, () => pattern.test(text.slice(0, LONGEST_TEXT))) ? { matches: true } : { matches: false, problem: "The pattern matches nowhere." };
  } catch (error) {
    if (ranOut(error)) return { matches: false, problem: `The pattern took longer than ${DEADLINE_MS} ms: it may backtrack without end.` };
    throw error;
  }
}
