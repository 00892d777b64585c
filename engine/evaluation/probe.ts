import { assemble, toContractSource } from "../answer/assemble.ts";
import type { AnswerMeans } from "../answer/means.ts";
import { search } from "../answer/search.ts";
import type { Source } from "../contract/answers.ts";
import type { ProbeInput, ProbeResult } from "../contract/evaluation.ts";

/** One search as an answer does it, up to its sources, under settings of its own. */
export async function probe(input: ProbeInput, means: AnswerMeans, signal?: AbortSignal): Promise<ProbeResult> {
  const set = means.settings().answers;
  const settings = { candidates: input.settings.candidates ?? set.candidates, sources: input.settings.sources ?? set.sources, ...(input.settings.budget === undefined ? {} : { budget: input.settings.budget }) };
  const found = await search({ text: input.question, filter: input.filter, limit: Math.min(settings.sources, settings.candidates), includePrivate: input.includePrivate, settings: input.settings.search, ignoreFilters: input.ignoreFilters }, withCandidates(means, settings.candidates), signal);
  const start = performance.now();
  const assembled = await assemble(found.candidates, {
    question: input.question, limit: settings.sources, budget: settings.budget ?? Infinity,
    countTokens: (sources) => (settings.budget === undefined ? Promise.resolve(sources.map(() => 0)) : countFramed(sources, means, signal)),
  });
  const bestOf = new Map(found.hits.map(({ passage, best }) => [passage.id, best]));
  return {
    candidates: [...assembled.candidates],
    sources: assembled.sources.map(toContractSource),
    best: assembled.sources.map(({ passage }) => bestOf.get(passage.id)),
    settings, understood: found.understood, evidence: found.evidence, notes: found.notes, ms: { ...found.ms, assemble: performance.now() - start },
  };
}

/** The same means with another depth. The settings themselves stay. Searches that were kept are not used: what is shown is timed, and a corpus of its own has versions of its own. */
export function withCandidates({ searches: _, ...means }: AnswerMeans, candidates: number): AnswerMeans {
  return { ...means, settings: () => { const all = means.settings(); return { ...all, answers: { ...all.answers, candidates } }; } };
}

/** By the embedder's tokenizer: a chat model's own may not be loaded, and differs by a few per cent. */
function countFramed(sources: readonly Source[], { embedder }: AnswerMeans, signal: AbortSignal | undefined): Promise<readonly number[]> {
  return embedder.countTokens(sources.map((source) => `[${source.number}] ${source.passage.title ?? source.passage.path}\n${source.text}`), signal);
}
