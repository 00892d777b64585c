import { LorekeepError } from "../../base/errors.ts";
import type { GateCorner, GateMode, GateRecord } from "../../contract/fine-tunes.ts";
import { expectations, type KnownQuestion, type QuestionSet } from "../../contract/questions.ts";
import { mcnemar } from "../statistics/mcnemar.ts";

/** One question as the default and the candidate answered it in one corner. */
export interface GateQuestion {
  readonly id: string;
  readonly question: string;
  readonly mode: GateMode;
  readonly before: { readonly text: string; readonly right: boolean };
  readonly after: { readonly text: string; readonly right: boolean };
}

type About = Pick<GateRecord, "set" | "defaultVersionId" | "candidateVersionId" | "when"> & Partial<Pick<GateRecord, "setId" | "runId" | "defaultSha256" | "candidateSha256">>;

/** Characters of an answer that a record keeps; the run has the whole. */
const KEPT = 500;

/**
 * Before anything is asked: is there a question whose answer a rule can check? A rubric needs a judge, and a judge is not what decides here.
 * @throws LorekeepError INVALID
 */
export function requireCheckable(questions: readonly KnownQuestion[], { jsonSchema }: Pick<QuestionSet, "jsonSchema">): void {
  const byRule = expectations.filter((one) => one !== "rubric");
  if (jsonSchema || questions.some((one) => one.unanswerable || byRule.some((field) => one[field] !== undefined))) return;
  throw nothingToCheck();
}

const nothingToCheck = () => new LorekeepError("INVALID", { reason: "A gate needs at least one question whose answer a rule can check.", next: "Give the questions an expected answer, document, passage, schema or pattern.", field: "setId" });
const shortened = (text: string) => (text.length > KEPT ? `${text.slice(0, KEPT)}…` : text);

/**
 * Holds a candidate against the default on the same questions. It is called worse where it answers fewer of them, however few less and in
 * whichever corner: a person's set is small, a test on it seldom tells a real loss apart, and what a false stop costs is one look at the list and
 * one deliberate click, while a false pass is noticed by whoever relies on the answers. How likely chance alone would be so far off is told
 * beside it (`p`), for that look. Which questions were lost is listed either way: a higher sum may have lost the one that matters.
 * @throws LorekeepError INVALID without a question
 */
export function judge(about: About, questions: readonly GateQuestion[]): GateRecord {
  if (questions.length === 0) throw nothingToCheck();
  const corners = [...new Set(questions.map(({ mode }) => mode))].map((mode) => cornerOf(mode, questions.filter((one) => one.mode === mode)));
  return {
    ...about, ...scores(questions), n: questions.length, corners,
    worse: questions.filter(isLost).map(({ id, question, mode, before, after }) => ({ id, question, mode, before: shortened(before.text), after: shortened(after.text) })),
    decision: corners.some(({ decision }) => decision === "worse") ? "worse" : "passed",
  };
}

const isLost = ({ before, after }: GateQuestion) => before.right && !after.right;
const isWon = ({ before, after }: GateQuestion) => !before.right && after.right;

function cornerOf(mode: GateMode, questions: readonly GateQuestion[]): GateCorner {
  const [lost, won] = [questions.filter(isLost).length, questions.filter(isWon).length];
  return { mode, ...scores(questions), n: questions.length, p: mcnemar(lost, won), decision: lost > won ? "worse" : "passed" };
}

function scores(questions: readonly GateQuestion[]): Pick<GateRecord, "defaultScore" | "candidateScore"> {
  const share = (right: (one: GateQuestion) => boolean) => questions.filter(right).length / questions.length;
  return { defaultScore: share(({ before }) => before.right), candidateScore: share(({ after }) => after.right) };
}
