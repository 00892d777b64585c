import type { ProbeResult, WhyInput, WhyReport, WhyStep } from "../contract/evaluation.ts";
import type { Candidate, Passage } from "../contract/search.ts";
import type { DocumentRecord } from "../ingest/registry/records.ts";
import type { EvaluationMeans } from "./means.ts";
import { probe } from "./probe.ts";
import { place, type Placed } from "./why-place.ts";
import { meaningStep, ordinal, ranksOf, wordsStep, type Ranks } from "./why-ranks.ts";
import { inScope, type Scoped } from "./why-scope.ts";
import { judge, type Change } from "./why-verdict.ts";

/**
 * Walks the way of what was expected: file -> text -> passages -> scope -> words and meaning -> fused -> reranked -> sources. Stops where it was
 * lost, says so, and names the one change that would bring it in: changes are tried, and the first that does is the one.
 */
export async function why(input: WhyInput, means: EvaluationMeans, signal?: AbortSignal): Promise<WhyReport> {
  const start = performance.now();
  const placed = await place(input, means, signal);
  const report = await (placed.verdict ? Promise.resolve(unplaced(placed)) : searched(input, placed, means, signal));
  const document = placed.documents[0];
  return {
    question: input.question, ...(input.phrase?.trim() ? { phrase: input.phrase.trim() } : {}), ...(document ? { document: shown(document) } : {}),
    ...report, ms: performance.now() - start,
  };
}

type Found = Pick<WhyReport, "steps" | "verdict" | "expected" | "probe">;

function shown({ id, path, name, state, reason }: DocumentRecord): NonNullable<WhyReport["document"]> {
  return { id, path, name, state, ...(reason ? { reason } : {}) };
}

const order = ["file", "text", "passages", "scope", "words", "meaning", "fused", "reranked", "sources"] as const;

/** What was never reached stands there too, so that the way is seen whole. */
function withOpenEnd(steps: readonly WhyStep[]): WhyStep[] {
  const last = order.indexOf(steps.at(-1)?.name ?? "file");
  return [...steps, ...order.slice(last + 1).filter((name) => name !== "reranked").map((name): WhyStep => ({ name, state: "open", sentence: "Not reached." }))];
}

function unplaced({ steps, verdict }: Placed): Found {
  return { steps: withOpenEnd(steps), expected: [], verdict: verdict ?? { code: "no-documents", sentence: "" } };
}

async function searched(input: WhyInput, placed: Placed, means: EvaluationMeans, signal: AbortSignal | undefined): Promise<Found> {
  const result = await probe(input, means.answering, signal);
  const scoped = await inScope(input, placed.expected, result, means);
  const asked = scoped.cut?.lifted ?? input;
  const visible = scoped.cut ? placed.expected : scoped.visible;
  const ranks = await ranksOf(asked, visible, means, signal);
  const limit = result.settings.candidates;
  const steps = [...placed.steps, scoped.step];
  if (scoped.cut) return cutByScope({ steps, scoped, ranks, result, expected: placed.expected }, means, signal);
  const candidates = expectedAmong(result, visible);
  const fallen = { input, probe: result, ranks, expected: visible, candidates };
  const { code, sentence, changes } = judge(fallen);
  const change = await firstThatHelps(changes, placed.expected, means, signal);
  steps.push(wordsStep(ranks, limit), meaningStep(ranks, limit), ...later(result, candidates, code, sentence));
  return { steps, verdict: { code, sentence, ...(change ? { change } : {}) }, expected: [...(candidates.length > 0 ? candidates : visible.slice(0, 20).map((passage) => ({ passage })))], probe: result };
}

interface Cut { readonly steps: WhyStep[]; readonly scoped: Scoped; readonly ranks: Ranks; readonly result: ProbeResult; readonly expected: readonly Passage[] }

/** The way goes on as it would without the cut: lifting it may not be enough. */
async function cutByScope({ steps, scoped, ranks, result, expected }: Cut, means: EvaluationMeans, signal: AbortSignal | undefined): Promise<Found> {
  const limit = result.settings.candidates;
  const once = (step: WhyStep): WhyStep => ({ ...step, state: "open", sentence: `Without that: ${step.sentence.charAt(0).toLowerCase()}${step.sentence.slice(1)}` });
  const verdict = scoped.cut?.verdict ?? { code: "filtered" as const, sentence: "" };
  const change = await firstThatHelps(verdict.change ? [verdict.change] : [], expected, means, signal);
  return {
    steps: withOpenEnd([...steps, once(wordsStep(ranks, limit)), once(meaningStep(ranks, limit))]),
    verdict: { ...verdict, ...(change ? { change } : {}) }, expected: expected.slice(0, 20).map((passage) => ({ passage })), probe: result,
  };
}

function expectedAmong(result: ProbeResult, expected: readonly Passage[]): Candidate[] {
  const ids = new Set(expected.map(({ id }) => id));
  return result.candidates.filter(({ passage }) => ids.has(passage.id));
}

/** Fused, reranked where a reranker was there, and what became of it after. */
function later(result: ProbeResult, candidates: readonly Candidate[], code: WhyReport["verdict"]["code"], sentence: string): WhyStep[] {
  const best = candidates[0];
  const { candidates: depth } = result.settings;
  if (!best) return [{ name: "fused", state: "cut", sentence: `It is not among the ${result.candidates.length} candidates (${depth} by words, ${depth} by meaning).` }, { name: "sources", state: "open", sentence: "Not reached." }];
  const steps: WhyStep[] = [{ name: "fused", state: "ok", sentence: `Both together put it ${ordinal(best.fused?.rank ?? 1)} of ${result.candidates.length}.`, ...best.fused }];
  if (best.reranked) steps.push({ name: "reranked", state: "ok", sentence: `The reranker put it ${ordinal(best.reranked.rank)}.`, ...best.reranked });
  const kept = code === "found" || code === "merged" || code === "duplicate" || code === "weak-evidence";
  return [...steps, { name: "sources", state: code === "duplicate" || code === "weak-evidence" ? "weak" : kept ? "ok" : "cut", sentence }];
}

/** Tries one after the other; if none helps, the first is named, and that it does not do it alone. */
async function firstThatHelps(changes: readonly Change[], expected: readonly Passage[], means: EvaluationMeans, signal: AbortSignal | undefined): Promise<Change | undefined> {
  for (const change of [...changes, ...changes.map(fromWeakEvidence)]) {
    if (change.try && (await brings(change.try, expected, means, signal))) return { ...change, proved: true };
  }
  const [first] = changes;
  return first && { ...first, ...(first.try ? { proved: false } : {}) };
}

/** The same change where the evidence as a whole stays thin: the answer would still say that nothing answers the question. */
function fromWeakEvidence(change: Change): Change {
  const { try: input } = change;
  if (!input || change.kind === "lower-threshold") return change;
  const search = { ...input.settings.search, leastEvidence: 0 };
  return { ...change, sentence: `${change.sentence} And answer from weak evidence too (Settings, Search).`, try: { ...input, settings: { ...input.settings, search } } };
}

async function brings(input: WhyInput, expected: readonly Passage[], means: EvaluationMeans, signal: AbortSignal | undefined): Promise<boolean> {
  const result = await probe(input, means.answering, signal);
  return !result.evidence?.weak && expectedAmong(result, expected).some(({ dropped }) => dropped === undefined || dropped.reason === "merged");
}
