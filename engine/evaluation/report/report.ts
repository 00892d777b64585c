import type { Limit, Questionnaire } from "../../contract/questions.ts";
import type { RunReport } from "../../contract/reports.ts";
import type { RunAnswer } from "../../contract/runs.ts";
import { answerKey, type RunContent } from "../run/run-file.ts";
import { cohensKappa } from "../statistics/kappa.ts";
import { cornerReport } from "./corner.ts";
import { limitReports } from "./limits.ts";
import { pairReports } from "./pairs.ts";
import { recommend } from "./recommend.ts";

export interface ReportOptions {
  readonly questionnaire?: Questionnaire | undefined;
  readonly limits?: readonly Limit[] | undefined;
  /** Name of a model or adapter by its id on the shelf. */
  readonly nameOf?: (id: string) => string;
}

/** The report of a run, or of what there is of it. The same run and options give the same report. */
export function reportOf({ header, answers, state }: RunContent, { questionnaire, limits = [], nameOf = (id) => id }: ReportOptions = {}): RunReport {
  const variants = header.variants.map((variant) => ({
    variant, name: variant.name,
    own: header.questions.flatMap((question) => { const answer = answers.get(answerKey(variant.name, question.id)); return answer ? [{ question, answer }] : []; }),
  }));
  const corners = variants.map(({ variant, own }) => named(cornerReport(variant, own), variant.adapters, nameOf));
  const pairs = pairReports(variants.map(({ name, own }) => ({ name, answers: new Map(own.map(({ question, answer }) => [question.id, answer])) })));
  const checked = limitReports(limits, corners);
  const judge = header.judge ? judgeReport(nameOf(header.judge.modelId), [...answers.values()]) : undefined;
  return {
    runId: header.id, setId: header.setId, setName: header.setName, started: header.started, finished: state.state === "done",
    questions: header.questions.length, answers: answers.size, expectedAnswers: header.questions.length * header.variants.length,
    corners, pairs, limits: checked, broken: checked.some(({ broken }) => broken), ...(questionnaire ? { questionnaire } : {}),
    recommendation: recommend(corners, pairs, questionnaire), ...(judge ? { judge } : {}),
  };
}

function named<T extends { adapters: string[] }>(corner: T, adapters: readonly { modelId: string; scale: number }[], nameOf: (id: string) => string): T {
  return { ...corner, adapters: corner.adapters.length === 0 ? [] : adapters.map(({ modelId, scale }) => (scale === 1 ? nameOf(modelId) : `${nameOf(modelId)} × ${scale}`)) };
}

/** How far the judge may be believed: its "right" against a person's thumb up. */
function judgeReport(model: string, answers: readonly RunAnswer[]): NonNullable<RunReport["judge"]> {
  const both = answers.flatMap(({ judged, thumb }) => (judged && judged.verdict !== "none" && thumb ? [[judged.verdict === "right", thumb === "up"] as const] : []));
  const { n, agreement, kappa } = cohensKappa(both);
  return { model, rated: n, agreement, ...(kappa ? { kappa } : {}), sentence: sentenceOf(n, agreement, kappa) };
}

/** Below this many an agreement says next to nothing. */
const FEW_RATED = 20;

function sentenceOf(n: number, agreement: number, kappa: { value: number; low: number; high: number } | undefined): string {
  if (n === 0) return "Nobody has rated these answers yet: give a few a thumb up or down to see how far the judge can be trusted.";
  const beyond = kappa ? `, kappa ${kappa.value.toFixed(2)} [${kappa.low.toFixed(2)}, ${kappa.high.toFixed(2)}]` : "";
  return `The judge agrees with you in ${Math.round(agreement * 100)} % of ${n} rated answer${n === 1 ? "" : "s"}${beyond}.${n < FEW_RATED ? ` Rate at least ${FEW_RATED}: so few say little.` : ""}`;
}
