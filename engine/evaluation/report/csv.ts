import type { RunContent } from "../run/run-file.ts";
import { quoted } from "../questions/csv.ts";
import type { KnownQuestion } from "../../contract/questions.ts";
import type { RunAnswer } from "../../contract/runs.ts";
import { expectedOf } from "./corner.ts";

type Column = readonly [name: string, value: (answer: RunAnswer, question: KnownQuestion | undefined) => string | number | boolean | undefined];
const score = (name: keyof RunAnswer["scores"]): Column => [name, ({ scores }) => scores[name]];

const columns: readonly Column[] = [
  ["variant", ({ variant }) => variant], ["question_id", ({ questionId }) => questionId], ["question", (_, question) => question?.question], ["expected", (_, question) => question && expectedOf(question)], ["tags", (_, question) => question?.tags?.join(" | ")],
  ["answer", ({ text }) => text], ["state", ({ state }) => state], ["error", ({ error }) => error?.reason],
  ...(["correct", "fact", "exact", "tokenF1", "similarity", "refused", "refusal", "answered", "format", "schema", "pattern", "formatProblem", "recall", "precision", "rank", "citation", "marked", "mismarked", "faithfulness", "repetition", "words", "characters"] as const).map(score),
  ["first_token_ms", ({ firstTokenMs }) => firstTokenMs], ["total_ms", ({ totalMs }) => totalMs], ["prompt_tokens", ({ promptTokens }) => promptTokens], ["completion_tokens", ({ completionTokens }) => completionTokens], ["tokens_per_second", ({ tokensPerSecond }) => tokensPerSecond],
  ["model", ({ model }) => model], ["judged", ({ judged }) => judged?.verdict], ["judge_reason", ({ judged }) => judged?.reason], ["thumb", ({ thumb }) => thumb],
];

/** One row per answer, for a spreadsheet or a notebook. Text that a spreadsheet would run as a formula begins with an apostrophe. */
export function csvReport({ header, answers }: RunContent): string {
  const questions = new Map(header.questions.map((one) => [one.id, one]));
  const rows = [...answers.values()].map((answer) => columns.map(([, value]) => cell(value(answer, questions.get(answer.questionId)))));
  return [columns.map(([name]) => name), ...rows].map((cells) => `${cells.join(",")}\r\n`).join("");
}

function cell(value: string | number | boolean | undefined): string {
  if (typeof value !== "string") return value === undefined ? "" : String(value);
  return quoted(/^[=+\-@\t\r]/.test(value) ? `'${value}` : value);
}
