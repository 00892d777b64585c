import type { QuestionSet } from "../../engine/contract/index.ts";

/** How many questions are asked, as typed: empty for all; undefined while that is no number. */
export function howMany(typed: string, { questions }: Pick<QuestionSet, "questions">): number | undefined {
  const wanted = typed.trim() === "" ? questions.length : Number(typed);
  return Number.isInteger(wanted) && (wanted > 0 || typed.trim() === "") ? Math.min(wanted, questions.length) : undefined;
}

export const howManyProblem = "A whole number from 1 up, or empty for all.";
