import { modeParts } from "../../answer/modes.ts";
import type { KnownQuestion } from "../../contract/questions.ts";
import { scoreMeasures, type CornerReport, type Figure, type ScoreMeasure } from "../../contract/reports.ts";
import type { RunAnswer, RunVariant } from "../../contract/runs.ts";
import { mean, percentile } from "../metrics.ts";
import { intervalOf } from "../statistics/interval.ts";

const MOST_WRONG = 10;
const MOST_TAGS = 50;

/** A variant's answers with the questions they answer. */
export interface Answer { readonly question: KnownQuestion; readonly answer: RunAnswer }

/** What one variant scored, took and got wrong. */
export function cornerReport(variant: RunVariant, answers: readonly Answer[]): CornerReport {
  const own = answers.map(({ answer }) => answer);
  const pick = (value: (answer: RunAnswer) => number | undefined) => own.flatMap((answer) => value(answer) ?? []);
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const model = own.find((answer) => answer.model !== undefined)?.model;
  const judged = judgedFigures(own);
  return {
    name: variant.name, mode: variant.mode, ...(model === undefined ? {} : { model }), adapters: modeParts[variant.mode].fineTune ? variant.adapters.map(({ modelId, scale }) => (scale === 1 ? modelId : `${modelId} × ${scale}`)) : [], enforced: variant.enforceSchema,
    answers: own.length, failed: own.filter(({ state }) => state === "failed").length, scores: byMeasure(own, figureOf),
    firstTokenMs: spreadOf(pick(({ firstTokenMs }) => firstTokenMs)), totalMs: spreadOf(pick(({ totalMs }) => totalMs)),
    promptTokens: mean(pick(({ promptTokens }) => promptTokens)), completionTokens: mean(pick(({ completionTokens }) => completionTokens)), tokensPerSecond: mean(pick(({ tokensPerSecond }) => tokensPerSecond)), words: mean(pick(({ scores }) => scores.words)),
    seconds: sum(pick(({ totalMs }) => totalMs)) / 1000, tokens: sum(pick(({ promptTokens = 0, completionTokens = 0 }) => promptTokens + completionTokens)),
    byTag: byTag(answers), wrong: answers.filter(({ answer }) => answer.scores.correct === false).slice(0, MOST_WRONG).map(wrongAnswer), ...(judged ? { judged } : {}),
  };
}

/** The value of a measure for one answer; undefined where it has none. */
function valueOf({ scores }: RunAnswer, measure: ScoreMeasure): number | undefined {
  const value = scores[measure];
  return value === undefined ? undefined : Number(value);
}

/** Of each measure that some answer has what `figure` makes of its values. */
function byMeasure<T>(answers: readonly RunAnswer[], figure: (values: readonly number[]) => T): Partial<Record<ScoreMeasure, T>> {
  return Object.fromEntries(scoreMeasures.flatMap((measure) => {
    const values = answers.flatMap((answer) => valueOf(answer, measure) ?? []);
    return values.length === 0 ? [] : [[measure, figure(values)]];
  }));
}

const figureOf = (values: readonly number[]): Figure => ({ n: values.length, ...intervalOf(values) });
const spreadOf = (values: readonly number[]) => ({ n: values.length, p50: percentile(values, 0.5), p95: percentile(values, 0.95) });

function byTag(answers: readonly Answer[]): CornerReport["byTag"] {
  const tags = [...new Set(answers.flatMap(({ question }) => question.tags ?? []))].slice(0, MOST_TAGS);
  return tags.map((tag) => {
    const own = answers.filter(({ question }) => question.tags?.includes(tag)).map(({ answer }) => answer);
    return { tag, n: own.length, scores: byMeasure(own, mean) };
  });
}

function judgedFigures(answers: readonly RunAnswer[]): CornerReport["judged"] {
  const verdicts = answers.flatMap(({ judged }) => (judged && judged.verdict !== "none" ? [judged.verdict] : []));
  const count = (wanted: string) => verdicts.filter((one) => one === wanted).length;
  return verdicts.length === 0 ? undefined : { n: verdicts.length, right: figureOf(verdicts.map((one) => Number(one === "right"))), partly: count("partly"), wrong: count("wrong") };
}

function wrongAnswer({ question, answer }: Answer): CornerReport["wrong"][number] {
  return { questionId: question.id, question: question.question, expected: expectedOf(question), answer: answer.text, why: whyWrong(question, answer) };
}

export function expectedOf({ unanswerable, expectAnswers, expectNumber, expectPhrase, expectDocument, pattern, jsonSchema }: KnownQuestion): string {
  if (unanswerable) return "that it does not know";
  if (expectAnswers) return expectAnswers.join(" or ");
  if (expectNumber) return `${expectNumber.value}${expectNumber.tolerance ? ` ± ${expectNumber.tolerance}` : ""}`;
  return expectPhrase ?? (expectDocument === undefined ? (pattern ?? (jsonSchema ? "the schema" : "")) : `a citation of ${expectDocument}`);
}

function whyWrong(question: KnownQuestion, { text, error, scores, cutOff }: RunAnswer): string {
  if (error) return error.reason;
  const content = text.trim() === "" ? "It is empty."
    : question.unanswerable ? (scores.refused ? undefined : "It answers what nothing answers.")
      : scores.fact === false ? (scores.refused ? "It says that it does not know." : scores.recall === 0 ? "The passage that answers it was not found." : "The expected answer is not in it.")
        : scores.fact === undefined && scores.citation === false ? "It does not cite the expected passage." : undefined;
  return [content, scores.format === false ? (scores.formatProblem ?? "Not in the format.") : undefined, cutOff ? "It was cut off at its greatest length." : undefined].filter((one) => one !== undefined).join(" ") || "It broke off.";
}
