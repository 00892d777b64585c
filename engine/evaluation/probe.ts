import { assemble, toContractSource } from "../answer/context/assemble.ts";
import { frameSource } from "../answer/write/frame.ts";
import type { AnswerMeans } from "../answer/means.ts";
import { search } from "../answer/find/search.ts";
import type { Source } from "../contract/answers.ts";
import type { ProbeInput, ProbeResult } from "../contract/evaluation.ts";

/** One search as an answer does it, up to its sources, under settings of its own. */
export async function probe(input: ProbeInput, means: AnswerMeans, signal?: AbortSignal): Promise<ProbeResult> {
  const set = means.settings().answers;
  const settings = { candidates: input.settings.candidates ?? set.candidates, sources: input.settings.sources ?? set.sources, ...(input.settings.budget === undefined ? {} : { budget: input.settings.budget }) };
  const found = await search({ text: input.question, filter: input.filter, limit: settings.candidates, includePrivate: input.includePrivate, settings: input.settings.search, ignoreFilters: input.ignoreFilters }, withCandidates(means, settings.candidates), signal);
  const start = performance.now();
  const counter = settings.budget === undefined ? undefined : await counterOf(means, signal ?? new AbortController().signal);
  const assembled = await assemble(found.candidates, {
    question: input.question, limit: settings.sources, budget: settings.budget ?? Infinity,
    countTokens: (sources) => counter?.count(sources) ?? Promise.resolve(sources.map(() => 0)),
  });
  const bestOf = new Map(found.hits.map(({ passage, best }) => [passage.id, best]));
  return {
    candidates: [...assembled.candidates],
    sources: assembled.sources.map(toContractSource),
    best: assembled.candidates.map(({ passage }) => bestOf.get(passage.id)),
    settings: { ...settings, ...(counter ? { counter: { kind: counter.kind, name: counter.name } } : {}) }, understood: found.understood, evidence: found.evidence, notes: found.notes, ms: { ...found.ms, assemble: performance.now() - start },
  };
}

/** The same means with another depth. The settings themselves stay. Searches that were kept are not used: what is shown is timed, and a corpus of its own has versions of its own. */
export function withCandidates({ searches: _, ...means }: AnswerMeans, candidates: number): AnswerMeans {
  return { ...means, settings: () => { const all = means.settings(); return { ...all, answers: { ...all.answers, candidates } }; } };
}

interface Counter {
  readonly kind: "model" | "embedder";
  readonly name: string;
  count(sources: readonly Source[]): Promise<readonly number[]>;
}

/** As long as any nonce: what it says does not matter for what it takes. */
const NONCE = "000000";

/** As an answer counts, where the model is loaded that would write it; else by the embedder's tokenizer, which differs by a few per cent. */
async function counterOf({ chatModel, embedder }: AnswerMeans, signal: AbortSignal): Promise<Counter> {
  const framed = (sources: readonly Source[]) => sources.map((source) => frameSource(source, NONCE));
  const name = await chatModel.loadedName();
  return name === undefined
    ? { kind: "embedder", name: embedder.identity, count: (sources) => embedder.countTokens(framed(sources), signal) }
    : { kind: "model", name, count: (sources) => chatModel.countTokens(framed(sources), signal) };
}
