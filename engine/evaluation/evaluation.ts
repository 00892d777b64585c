import { pump } from "../base/pump.ts";
import type { ProbeInput, ProbeResult, RetrievalEvent, RetrievalInput, WhyInput, WhyReport } from "../contract/evaluation.ts";
import type { EvaluationMeans } from "./means.ts";
import { probe } from "./probe.ts";
import { QuestionSets } from "./question-sets.ts";
import { evaluateRetrieval } from "./retrieval.ts";
import { why } from "./why.ts";

/** Questions with known answers, and what became of them. */
export interface Evaluation {
  readonly sets: QuestionSets;
  retrieval(input: RetrievalInput, signal?: AbortSignal): AsyncGenerator<RetrievalEvent, void, void>;
  why(input: WhyInput, signal?: AbortSignal): Promise<WhyReport>;
  probe(input: ProbeInput, signal?: AbortSignal): Promise<ProbeResult>;
  /** Stops what runs and waits for it. */
  dispose(): Promise<void>;
}

export async function createEvaluation(means: EvaluationMeans): Promise<Evaluation> {
  const sets = await QuestionSets.open(means.workspace);
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
    sets,
    retrieval: (input, signal) => pump((emit, stop) => track(evaluateRetrieval(input, { ...means, sets }, emit, stop)), untilClosed(signal)),
    why: (input, signal) => why(input, means, untilClosed(signal)),
    probe: (input, signal) => probe(input, means.answering, untilClosed(signal)),
    dispose: async () => {
      closing.abort();
      await Promise.allSettled(running);
      await sets.dispose();
    },
  };
}
