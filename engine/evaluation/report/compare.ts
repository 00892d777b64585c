import { isDeepStrictEqual } from "node:util";
import type { KnownQuestion } from "../../contract/questions.ts";
import { pairMeasures, type PairReport, type RunComparison } from "../../contract/reports.ts";
import type { RunAnswer } from "../../contract/runs.ts";
import type { RunContent } from "../run/run-file.ts";
import { corrected, differences, type ById } from "./pairs.ts";
import { differenceWords, notTold } from "./recommend.ts";

/** Two runs, variant by variant of the same name, question by question of the same id that is asked and scored alike in both: after less before. */
export function compareRuns(before: RunContent, after: RunContent): RunComparison {
  const [earlier, later] = [byVariant(before), byVariant(after)];
  const shared = [...earlier.keys()].filter((name) => later.has(name));
  const same = sameQuestions(before, after);
  const pairs = shared.map((name) => ({ name, old: only(earlier.get(name), same), now: only(later.get(name), same) }));
  const tests = pairMeasures.flatMap((measure) =>
    corrected(measure, pairs.map((pair) => ({ ...pair, values: differences(pair.now, pair.old, measure) })).filter(({ values }) => values.length > 0)).map(({ of, report }) => ({ name: of.name, report })));
  const variants = pairs.map(({ name, old, now }) => ({
    name, n: [...now.keys()].filter((id) => old.has(id)).length, differences: tests.filter((test) => test.name === name).map(({ report }) => report),
    better: changed(now, old), worse: changed(old, now),
  }));
  const unmatched = [...new Set([...earlier.keys(), ...later.keys()])].filter((name) => !shared.includes(name));
  const changedQuestions = after.header.questions.filter(({ id }) => before.header.questions.some((one) => one.id === id) && !same.has(id)).length;
  return { before: of(before), after: of(after), variants, unmatched, sentences: [...sentences(variants, unmatched), ...leftOut(changedQuestions)] };
}

const of = ({ header: { id, setName, started } }: RunContent) => ({ id, setName, started });

function byVariant({ header, answers }: RunContent): Map<string, Map<string, RunAnswer>> {
  const found = new Map(header.variants.map(({ name }) => [name, new Map<string, RunAnswer>()]));
  for (const answer of answers.values()) found.get(answer.variant)?.set(answer.questionId, answer);
  return found;
}

/** Ids of the questions whose wording and expectations are the same: what came right by another expectation was not the model's doing. */
function sameQuestions(before: RunContent, after: RunContent): ReadonlySet<string> {
  const asked = new Map(before.header.questions.map((one) => [one.id, decisive(one, before)]));
  return new Set(after.header.questions.filter((one) => isDeepStrictEqual(asked.get(one.id), decisive(one, after))).map(({ id }) => id));
}

function decisive({ tags: _, rubric: __, ...question }: KnownQuestion, { header }: RunContent): KnownQuestion {
  const jsonSchema = question.jsonSchema ?? header.jsonSchema;
  return { ...question, ...(jsonSchema ? { jsonSchema } : {}) };
}

const leftOut = (count: number): string[] => (count === 0 ? [] : [`${count} question${count === 1 ? " is" : "s are"} asked or scored otherwise in the two, and left out.`]);

const only = (answers: ById | undefined, ids: ReadonlySet<string>): ById => new Map([...(answers ?? [])].filter(([id]) => ids.has(id)));
const changed = (right: ById, wrong: ById): string[] => [...right].filter(([id, answer]) => answer.scores.correct === true && wrong.get(id)?.scores.correct === false).map(([id]) => id);

function sentences(variants: RunComparison["variants"], unmatched: readonly string[]): string[] {
  const lines = variants.flatMap(({ name, n, better, worse, differences: tests }) => {
    if (n === 0) return [`${name}: the two runs have no question in common.`];
    const test = tests.find(({ measure }) => measure === "correct");
    return test ? [`${name}: ${better.length} of ${n} questions came right, ${worse.length} went wrong. ${verdict(test)}`] : [];
  });
  return [...lines, ...(unmatched.length > 0 ? [`In one of the two only: ${unmatched.join(", ")}.`] : [])];
}

function verdict(test: Omit<PairReport, "a" | "b">): string {
  if (test.told) return `It is ${test.difference.mean > 0 ? "better" : "worse"} now (difference ${differenceWords(test.measure, test.difference.mean)}, p ${test.holm < 0.001 ? "< 0.001" : `= ${test.holm.toFixed(3)}`}).`;
  return notTold({ ...test, a: "Before", b: "after" });
}
