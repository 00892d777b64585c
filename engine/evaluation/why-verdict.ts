import { rarity, terms } from "../answer/words/terms.ts";
import type { ProbeResult, WhyInput, WhyReport } from "../contract/evaluation.ts";
import type { Candidate, Passage } from "../contract/search.ts";
import type { Verdict } from "./why-place.ts";
import { DEEPEST, type Ranks } from "./why-ranks.ts";

export type Change = NonNullable<WhyReport["verdict"]["change"]>;

export interface Fallen {
  readonly input: WhyInput;
  readonly probe: ProbeResult;
  readonly ranks: Ranks;
  readonly expected: readonly Passage[];
  /** The expected passages among the candidates, best first. */
  readonly candidates: readonly Candidate[];
}

/** Where it fell, and the changes that may bring it in, the smallest first. */
export function judge(fallen: Fallen): { code: Verdict["code"]; sentence: string; changes: Change[] } {
  const { candidates, probe } = fallen;
  const through = candidates.find(({ dropped }) => dropped === undefined);
  const merged = candidates.find(({ dropped }) => dropped?.reason === "merged");
  if ((through ?? merged) && probe.evidence?.weak) return tooWeak(fallen);
  if (through) return { code: "found", sentence: `It was found: it is source ${sourceOf(through.passage, probe)} of ${probe.sources.length}.`, changes: [] };
  if (merged) return { code: "merged", sentence: `It was found: it is part of source ${sourceOf(merged.passage, probe)}, joined with its neighbours.`, changes: [] };
  const first = candidates[0];
  if (!first) return notACandidate(fallen);
  if (first.dropped?.reason === "duplicate") return { code: "duplicate", sentence: `It says the same as a passage ${standIn(first, probe)}, which was taken in its place.`, changes: [] };
  if (first.dropped?.reason === "same-section") return { code: "same-section", sentence: "Enough passages of its section were taken before it, and others had their turn.", changes: [allOf(fallen)] };
  if (first.dropped?.reason === "budget") return { code: "no-room", sentence: `It was chosen, but the ${probe.settings.budget ?? 0} tokens that sources may take were full before it${countedBy(probe)}.`, changes: moreRoom(fallen) };
  return beyondSources(fallen, first);
}

function countedBy({ settings: { counter } }: ProbeResult): string {
  if (!counter) return "";
  return counter.kind === "model" ? `, counted as “${counter.name}” counts them` : ", counted by the search's own tokenizer: no chat model is loaded, whose count may differ by a few per cent";
}

/** Where every candidate has its place, none waits for another. */
function allOf({ input, probe }: Fallen): Change {
  const sources = Math.min(100, probe.candidates.length);
  return { kind: "raise-sources", sentence: `Take ${sources} sources instead of ${probe.settings.sources}.`, try: { ...input, settings: { ...input.settings, sources } } };
}

function standIn({ dropped }: Candidate, { candidates }: ProbeResult): string {
  const other = candidates.find(({ passage }) => passage.id === dropped?.of)?.passage;
  return other ? `of “${other.title ?? other.path}”` : "before it";
}

/** It is there, and the answer says all the same that nothing answers the question. */
function tooWeak(fallen: Fallen): ReturnType<typeof judge> {
  const { input, probe } = fallen;
  const { score = 0, least = 0 } = probe.evidence ?? {};
  const lower: Change = { kind: "lower-threshold", sentence: "Answer from weak evidence too (Settings, Search).", try: { ...input, settings: { ...input.settings, search: { ...input.settings.search, leastEvidence: 0 } } } };
  return { code: "weak-evidence", sentence: `It was found, but the evidence as a whole (${score.toFixed(2)}) is below ${least.toFixed(2)}, so the answer says that nothing answers this.`, changes: [...rephrasings(fallen), lower] };
}

function sourceOf(passage: Passage, { sources }: ProbeResult): number {
  const holding = sources.find(({ passage: own, range }) => own.documentId === passage.documentId && range.start <= passage.range.start && range.end >= passage.range.end);
  return holding?.number ?? sources.find(({ passage: own }) => own.id === passage.id)?.number ?? 0;
}

function beyondSources(fallen: Fallen, first: Candidate): ReturnType<typeof judge> {
  const { input, probe } = fallen;
  const place = probe.candidates.findIndex(({ passage }) => passage.id === first.passage.id) + 1;
  // Duplicates before it leave their places free.
  const repeated = probe.candidates.slice(0, place).filter(({ dropped }) => dropped?.reason === "duplicate").length;
  const wanted = Math.min(100, place - repeated);
  const raise: Change = { kind: "raise-sources", sentence: `Take ${wanted} sources instead of ${probe.settings.sources}.`, try: { ...input, settings: { ...input.settings, sources: wanted } } };
  const asked = rephrasings(fallen);
  return { code: "beyond-sources", sentence: `It comes ${place} of ${probe.candidates.length} candidates, and only ${probe.settings.sources} sources are taken.`, changes: wanted <= 20 ? [raise, ...asked] : [...asked, raise] };
}

function notACandidate(fallen: Fallen): ReturnType<typeof judge> {
  const { input, probe, ranks } = fallen;
  const best = Math.min(ranks.words.rank ?? Infinity, ranks.meaning.rank ?? Infinity);
  const changes = rephrasings(fallen);
  if (best <= DEEPEST) {
    const raised = { ...input.settings, candidates: Math.max(best, probe.settings.candidates) };
    const deeper: Change = { kind: "raise-candidates", sentence: `Look at ${raised.candidates} candidates instead of ${probe.settings.candidates}.`, try: { ...input, settings: raised } };
    // The two legs together may still put it behind the sources: then both must give.
    const both: Change = { kind: "raise-candidates", sentence: `Look at ${2 * raised.candidates} candidates and take up to 100 sources.`, try: { ...input, settings: { ...raised, candidates: 2 * raised.candidates, sources: 100 } } };
    changes.unshift(deeper);
    changes.push(both);
  }
  if (ranks.terms.matching.length === 0) return { code: "no-words-in-common", sentence: "It shares no word with the question, and its meaning is too far from it.", changes };
  return { code: "not-among-candidates", sentence: `Neither its words nor its meaning bring it among the first ${probe.settings.candidates} candidates.`, changes };
}

/** The question with the rarest words of what was expected that it lacks. */
function rephrasings({ input, expected, probe }: Fallen): Change[] {
  const asked = new Set(terms(input.question).map(({ key }) => key));
  const texts = probe.candidates.slice(0, 100).map(({ passage }) => passage.text);
  const weigh = rarity(texts);
  const from = input.phrase?.trim() ? input.phrase : `${expected[0]?.title ?? ""}\n${expected[0]?.headingPath.join("\n") ?? ""}\n${expected[0]?.text ?? ""}`;
  const lacking = [...new Map(terms(from).filter(({ key }) => !asked.has(key)).map((term) => [term.key, term])).values()];
  const rarest = lacking.sort((a, b) => weigh(b.key) - weigh(a.key)).slice(0, 4).map(({ word }) => word);
  if (rarest.length === 0) return [];
  const question = `${input.question} ${rarest.join(" ")}`;
  return [{ kind: "rephrase", sentence: `Use its words in the question: ${rarest.map((word) => `“${word}”`).join(", ")}.`, try: { ...input, question } }];
}

function moreRoom({ input, probe }: Fallen): Change[] {
  const now = probe.settings.budget ?? 0;
  return [1.25, 1.5, 2, 4, 8].map((factor) => Math.ceil((now * factor) / 50) * 50).map((budget) => ({
    kind: "raise-budget" as const, sentence: `Give the sources room for ${budget} tokens instead of ${now} (Settings, Answers, Room for sources).`, try: { ...input, settings: { ...input.settings, budget } },
  }));
}
