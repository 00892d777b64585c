import type { RunAnswer, RunProgress, RunSummary } from "../../contract/runs.ts";
import { mean } from "../metrics.ts";
import { answerKey, type RunContent } from "./run-file.ts";

/** How far it is. What is left is each variant's own mean time so far, or that of all where it has none; with a judge, its own. */
export function progressOf({ header, answers }: RunContent, now: Partial<Pick<RunProgress, "variant" | "questionId" | "step">> & { judgeMs?: number | undefined } = {}): RunProgress {
  const { judgeMs, step = "answering", ...at } = now;
  const all = [...answers.values()];
  const byVariant = header.variants.map(({ name }) => {
    const own = header.questions.flatMap(({ id }) => answers.get(answerKey(name, id)) ?? []);
    return { name, done: own.length, total: header.questions.length, right: own.filter(({ scores }) => scores.correct === true).length };
  });
  const left = byVariant.reduce((ms, { name, done, total }) => ms + (total - done) * meanMs(all.filter(({ variant }) => variant === name), all), 0);
  const unjudged = header.judge ? byVariant.reduce((sum, { total }) => sum + total, 0) - all.filter(({ judged }) => judged).length : 0;
  const leftMs = left + unjudged * (judgeMs ?? meanMs(all, all));
  return {
    done: all.length + (header.judge ? all.filter(({ judged }) => judged).length : 0), total: byVariant.reduce((sum, { total }) => sum + total, 0) * (header.judge ? 2 : 1),
    ...(all.length > 0 ? { leftSeconds: leftMs / 1000 } : {}), ...at, step, byVariant,
  };
}

const meanMs = (own: readonly RunAnswer[], all: readonly RunAnswer[]): number => mean((own.length > 0 ? own : all).map(({ totalMs }) => totalMs));

/** @param isRunning whether it is under way in this engine: a file that says so after a crash is stopped. */
export function summaryOf(content: RunContent, isRunning: boolean, progress = progressOf(content)): RunSummary {
  const { header, state } = content;
  const { id, setId, setName, started, questions, variants, judge } = header;
  const now = isRunning ? "running" : state.state === "running" ? "stopped" : state.state;
  return {
    id, setId, setName, started, updated: state.time, state: now, ...(now === "failed" && state.error ? { error: state.error } : {}),
    questions: questions.length, variants, ...(judge ? { judge: { modelId: judge.modelId } } : {}), progress,
  };
}
