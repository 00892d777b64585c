import { pairMeasures, type PairReport } from "../../contract/reports.ts";
import type { RunAnswer } from "../../contract/runs.ts";
import { bootstrap } from "../metrics.ts";
import { holm } from "../statistics/holm.ts";
import { mcnemar } from "../statistics/mcnemar.ts";
import { questionsForShares, questionsForValues } from "../statistics/power.ts";
import { wilcoxon } from "../statistics/wilcoxon.ts";

export type PairMeasure = PairReport["measure"];
/** Of a variant (or a run): answers by question id. */
export type ById = ReadonlyMap<string, RunAnswer>;
const ALPHA = 0.05;

type Test = Omit<PairReport, "a" | "b" | "holm" | "told" | "more">;

/** Two-valued measures are compared by McNemar's test, the others by Wilcoxon's: they are not normal, and a few slow answers must not decide. */
const isShare = (measure: PairMeasure): boolean => measure === "correct" || measure === "fact" || measure === "format";

function valueOf(answer: RunAnswer, measure: PairMeasure): number | undefined {
  if (measure === "totalMs") return answer.totalMs;
  const value = answer.scores[measure];
  return value === undefined ? undefined : Number(value);
}

/** The differences a less b, over the questions that have the measure in both. */
export function differences(a: ById, b: ById, measure: PairMeasure): number[] {
  return [...a].flatMap(([id, one]) => {
    const other = b.get(id);
    const [x, y] = [valueOf(one, measure), other && valueOf(other, measure)];
    return x === undefined || y === undefined ? [] : [x - y];
  });
}

function compared(measure: PairMeasure, values: readonly number[]): Test {
  const onlyA = values.filter((value) => value > 0).length;
  const onlyB = values.filter((value) => value < 0).length;
  return {
    measure, n: values.length, difference: bootstrap(values), test: isShare(measure) ? "mcnemar" : "wilcoxon", onlyA, onlyB,
    p: isShare(measure) ? mcnemar(onlyA, onlyB) : wilcoxon(values).p,
  };
}

/** Further questions until the test would tell, most likely; at the level that Holm's correction leaves the hardest of `tests` tests. */
function furtherQuestions({ measure, onlyA, onlyB, n }: Test, values: readonly number[], tests: number): number | undefined {
  const wanted = { alpha: ALPHA / tests };
  const inAll = isShare(measure) ? questionsForShares(onlyA, onlyB, n, wanted) : questionsForValues(values, wanted);
  return inAll === undefined ? undefined : Math.max(1, inAll - n);
}

/** Tests of one measure together, corrected for their number. */
export function corrected<T extends { readonly values: readonly number[] }>(measure: PairMeasure, all: readonly T[]): { of: T; report: Omit<PairReport, "a" | "b"> }[] {
  const tests = all.map(({ values }) => compared(measure, values));
  const adjusted = holm(tests.map(({ p }) => p));
  return all.map((of, i) => {
    const test = tests[i] ?? compared(measure, of.values);
    const p = adjusted[i] ?? 1;
    const more = p < ALPHA ? undefined : furtherQuestions(test, of.values, all.length);
    return { of, report: { ...test, holm: p, told: p < ALPHA, ...(more === undefined ? {} : { more }) } };
  });
}

/** Every pair of variants on every measure that both have; six pairs for the four corners. */
export function pairReports(variants: readonly { readonly name: string; readonly answers: ById }[]): PairReport[] {
  const pairs = variants.flatMap((a, i) => variants.slice(i + 1).map((b) => ({ a, b })));
  return pairMeasures.flatMap((measure) => {
    const measured = pairs.map(({ a, b }) => ({ a, b, values: differences(a.answers, b.answers, measure) })).filter(({ values }) => values.length > 0);
    return corrected(measure, measured).map(({ of: { a, b }, report }) => ({ a: a.name, b: b.name, ...report }));
  });
}
