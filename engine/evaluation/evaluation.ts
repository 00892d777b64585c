import { pump } from "../base/pump.ts";
import type { ProbeInput, ProbeResult, RetrievalEvent, RetrievalInput, WhyInput, WhyReport } from "../contract/evaluation.ts";
import type { GateEvent, GateInput } from "../contract/fine-tunes.ts";
import type { ImportQuestions, KnownQuestion, Limit, Questionnaire, QuestionSet } from "../contract/questions.ts";
import type { RunComparison, RunReport } from "../contract/reports.ts";
import { gate } from "./gate/gate.ts";
import type { EvaluationMeans } from "./means.ts";
import { probe } from "./probe.ts";
import { QuestionSets } from "./question-sets.ts";
import { exportQuestions, importQuestions, type Imported } from "./questions/import.ts";
import { questionFromAnswer } from "./questions/from-answer.ts";
import { Runs } from "./run/runs.ts";
import { compareRuns } from "./report/compare.ts";
import { exportReport, type ReportFormat } from "./report/export.ts";
import { reportOf } from "./report/report.ts";
import { evaluateRetrieval } from "./retrieval.ts";
import { why } from "./why.ts";

/** Questions with known answers, and what became of them. */
export interface Evaluation {
  readonly sets: QuestionSets;
  readonly runs: Runs;
  /** @throws LorekeepError INVALID where nothing could be used */
  importQuestions(input: ImportQuestions): Promise<Imported>;
  exportQuestions(setId: string, format: "jsonl" | "csv"): { name: string; content: string };
  /** An answer of a chat as a known question, in a set or a new one. @throws LorekeepError NOT_FOUND, INVALID */
  saveAnswer(input: SaveAnswer): Promise<{ set: QuestionSet; question: KnownQuestion }>;
  /** Of a run, also an unfinished one, with the set's limits and questionnaire unless others are given. @throws LorekeepError NOT_FOUND */
  report(input: ReportInput): Promise<RunReport>;
  exportReport(input: ReportInput & { readonly format: ReportFormat }): Promise<{ name: string; content: string }>;
  compare(input: { readonly before: string; readonly after: string }): Promise<RunComparison>;
  retrieval(input: RetrievalInput, signal?: AbortSignal): AsyncGenerator<RetrievalEvent, void, void>;
  why(input: WhyInput, signal?: AbortSignal): Promise<WhyReport>;
  probe(input: ProbeInput, signal?: AbortSignal): Promise<ProbeResult>;
  /** A version of a fine-tune held against its default. */
  gate(input: GateInput, signal?: AbortSignal): AsyncGenerator<GateEvent, void, void>;
  /** Stops what runs and waits for it. */
  dispose(): Promise<void>;
}

export interface ReportInput {
  readonly id: string;
  readonly questionnaire?: Questionnaire | undefined;
  readonly limits?: readonly Limit[] | undefined;
}

export interface SaveAnswer {
  readonly conversationId: string;
  readonly messageId: string;
  readonly setId?: string | undefined;
  readonly name?: string | undefined;
  readonly answer?: string | undefined;
}

/** @param tell called where sets or runs have changed by themselves */
export async function createEvaluation(means: EvaluationMeans, tell: () => void): Promise<Evaluation> {
  const sets = await QuestionSets.open(means.workspace);
  const runs = new Runs(means, tell);
  const report = async ({ id, ...given }: ReportInput): Promise<RunReport> => {
    const content = await runs.content(id);
    const set = sets.list().find((one) => one.id === content.header.setId);
    const names = await means.modelNames();
    return reportOf(content, { questionnaire: given.questionnaire ?? set?.questionnaire, limits: given.limits ?? set?.limits, nameOf: (model) => names.get(model) ?? model });
  };
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  const untilClosed = (signal: AbortSignal | undefined) => (signal ? AbortSignal.any([signal, closing.signal]) : closing.signal);
  const track = async (work: Promise<void>) => {
    running.add(work);
    try {
      await work;
    } finally {
      running.delete(work);
    }
  };
  return {
    sets, runs,
    importQuestions: (input) => importQuestions(input, sets, means.uploadPath),
    exportQuestions: (setId, format) => exportQuestions(sets.get(setId), format),
    saveAnswer: (input) => saveAnswer(input, sets, means),
    report,
    exportReport: async (input) => exportReport(await report(input), await runs.content(input.id), input.format),
    compare: async ({ before, after }) => compareRuns(await runs.content(before), await runs.content(after)),
    retrieval: (input, signal) => pump((emit, stop) => track(evaluateRetrieval(input, { ...means, sets }, emit, stop)), untilClosed(signal)),
    why: (input, signal) => why(input, means, untilClosed(signal)),
    probe: (input, signal) => probe(input, means.answering, untilClosed(signal)),
    gate: (input, signal) => pump((emit, stop) => track(gate(input, { ...means, sets, runs }, emit, stop)), untilClosed(signal)),
    dispose: async () => {
      closing.abort();
      await Promise.allSettled([...running, runs.dispose()]);
      await sets.dispose();
    },
  };
}

async function saveAnswer({ conversationId, messageId, setId, name, answer }: SaveAnswer, sets: QuestionSets, { conversations }: EvaluationMeans): Promise<{ set: QuestionSet; question: KnownQuestion }> {
  const question = questionFromAnswer(await conversations.get(conversationId), messageId, answer);
  const target = setId === undefined ? undefined : sets.get(setId);
  const others = (target?.questions ?? []).filter(({ id }) => id !== question.id);
  const set = await sets.save(target ? { ...target, questions: [...others, question] } : { name: sets.freeName(name ?? "From chats"), questions: [question] });
  return { set, question };
}
