import type { Source } from "../contract/answers.ts";
import type { Candidate, Passage, Place } from "../contract/search.ts";
import { Duplicates } from "./duplicates.ts";
import { focus } from "./focus.ts";
import { sourceSentences } from "./lines.ts";
import { joinPassages, type SourceText } from "./source-text.ts";

/** A source with the way from its text back to the document. */
export interface AssembledSource extends Source, Pick<SourceText, "pieces"> {}

export interface Assembled {
  readonly sources: readonly AssembledSource[];
  /** Every candidate, those that left with where and why. */
  readonly candidates: readonly Candidate[];
  /** Tokens of the sources as they are framed. */
  readonly tokens: number;
}

export interface AssembleOptions {
  /** What is asked, standing alone. */
  readonly question: string;
  /** Passages that may come into the prompt. */
  readonly limit: number;
  /** Tokens that the framed sources may take together; never exceeded. */
  readonly budget: number;
  /** Tokens of each source, framed as it will be shown. */
  readonly countTokens: (sources: readonly Source[]) => Promise<readonly number[]>;
  /** Passages that come along with the best one because its document is small. */
  readonly whole?: readonly Passage[];
}

/** Letters between two passages that still touch. */
const LARGEST_BREAK = 2;

type Group = readonly Passage[];
type Reason = NonNullable<Candidate["dropped"]>["reason"];

/**
 * Candidates become sources: duplicates dropped, neighbours merged, packed best first to the token budget, numbered from 1. Where the whole
 * passages do not fit, each is first cut down to its lines about the question.
 * What does not fit leaves with its reason; a smaller source further down may still fit. If nothing fits, the best passage is cut.
 */
export async function assemble(candidates: readonly Candidate[], options: AssembleOptions): Promise<Assembled> {
  const dropped = new Map<string, Reason>();
  const repeated = new Map<string, string>();
  const chosen = choose(candidates, options.limit, { dropped, repeated });
  const groups = await firstThatFits([
    () => mergeNeighbours([...chosen, ...addable(options.whole ?? [], chosen, candidates)]),
    () => mergeNeighbours(chosen),
    () => mergeNeighbours(focus(options.question, chosen)),
  ], options);
  const packed = await pack(groups, chosen, options);
  markWhatLeft(packed.groups, chosen, dropped);
  const repeats = candidates.flatMap(({ passage }) => { const of = repeated.get(passage.id); return of === undefined ? [] : [{ of, place: placeOf(passage) }]; });
  return {
    sources: packed.groups.map((group, i) => withPlaces(toSource(group, i + 1), repeats.filter(({ of }) => group.some(({ id }) => id === of)).map(({ place }) => place))),
    candidates: candidates.map((candidate) => withDrop(candidate, dropped.get(candidate.passage.id), repeated.get(candidate.passage.id))),
    tokens: packed.tokens,
  };
}

interface Left { readonly dropped: Map<string, Reason>; /** Passages that repeat a chosen one: their id to its id. */ readonly repeated: Map<string, string> }

function choose(candidates: readonly Candidate[], limit: number, { dropped, repeated }: Left): Passage[] {
  const duplicates = new Duplicates();
  const chosen: Passage[] = [];
  for (const { passage } of candidates) {
    if (chosen.length >= limit) dropped.set(passage.id, "limit");
    else {
      const of = duplicates.repeats(passage.text, passage.id);
      if (of === undefined) chosen.push(passage);
      else repeated.set(passage.id, of);
    }
  }
  return chosen;
}

/** What comes along with a small document and is not chosen already; as a candidate, where it is one. */
function addable(whole: readonly Passage[], chosen: readonly Passage[], candidates: readonly Candidate[]): Passage[] {
  const there = new Set(chosen.map((passage) => passage.id));
  const known = new Map(candidates.map((candidate) => [candidate.passage.id, candidate.passage]));
  return whole.filter((passage) => !there.has(passage.id)).map((passage) => known.get(passage.id) ?? passage);
}

/** Groups of neighbouring passages, each in document order; groups stand in the order of their best passage. */
export function mergeNeighbours(passages: readonly Passage[]): Group[] {
  const rank = new Map(passages.map((passage, i) => [passage.id, i]));
  const inOrder = [...passages].sort((a, b) => (a.documentId < b.documentId ? -1 : a.documentId > b.documentId ? 1 : a.position - b.position));
  const groups: Passage[][] = [];
  for (const passage of inOrder) {
    const last = groups.at(-1)?.at(-1);
    if (last && areNeighbours(last, passage)) groups.at(-1)?.push(passage);
    else groups.push([passage]);
  }
  const best = (group: Group) => Math.min(...group.map((passage) => rank.get(passage.id) ?? Infinity));
  return groups.sort((a, b) => best(a) - best(b));
}

/** Next to each other with nothing but a break between, and under the same heading or one inside the other: another section is another subject, and is cited apart. */
function areNeighbours(a: Passage, b: Passage): boolean {
  const shorter = Math.min(a.headingPath.length, b.headingPath.length);
  return a.documentId === b.documentId && b.position === a.position + 1 && b.range.start - a.range.end <= LARGEST_BREAK && a.headingPath.slice(0, shorter).every((heading, i) => heading === b.headingPath[i]);
}

/** The most generous way to show the sources that fits the budget; the last where none does. */
async function firstThatFits(ways: readonly (() => Group[])[], options: AssembleOptions): Promise<Group[]> {
  let groups: Group[] = [];
  for (const way of ways) {
    groups = way();
    const total = (await count(groups, options)).reduce((sum, size) => sum + size, 0);
    if (total <= options.budget) break;
  }
  return groups;
}

interface Packed { readonly groups: readonly Group[]; readonly tokens: number }

async function pack(groups: readonly Group[], chosen: readonly Passage[], options: AssembleOptions): Promise<Packed> {
  const rank = new Map(chosen.map((passage, i) => [passage.id, i]));
  const best = (group: Group) => [...group].sort((a, b) => (rank.get(a.id) ?? Infinity) - (rank.get(b.id) ?? Infinity)).slice(0, 1);
  const sizes = await count(groups, options);
  const bestSizes = await count(groups.map(best), options);
  const taken: Group[] = [];
  let left = options.budget;
  groups.forEach((group, i) => {
    const [shown, size] = (sizes[i] ?? Infinity) <= left ? [group, sizes[i]] : [best(group), bestSizes[i]];
    if (size === undefined || size > left) return;
    taken.push(shown);
    left -= size;
  });
  if (taken.length > 0 || groups.length === 0) return { groups: taken, tokens: options.budget - left };
  return cutToFit(best(groups[0] ?? [])[0], options);
}

async function count(groups: readonly Group[], options: AssembleOptions): Promise<readonly number[]> {
  return groups.length === 0 ? [] : options.countTokens(groups.map((group, i) => toSource(group, i + 1)));
}

/** The longest run of whole sentences from the passage's beginning that fits; its first sentence cut where even that does not. */
async function cutToFit(passage: Passage | undefined, options: AssembleOptions): Promise<Packed> {
  if (!passage) return { groups: [], tokens: 0 };
  const ends = sourceSentences(passage.text).map((sentence) => sentence.end);
  const first = ends[0] ?? passage.text.length;
  const cuts = [...ends.reverse(), Math.floor(first / 2), Math.floor(first / 4)].filter((end) => end > 0).map((end) => cut(passage, end));
  const sizes = await count(cuts.map((one) => [one]), options);
  const fits = sizes.findIndex((size) => size <= options.budget);
  const kept = cuts[fits];
  return kept ? { groups: [[kept]], tokens: sizes[fits] ?? 0 } : { groups: [], tokens: 0 };
}

function cut(passage: Passage, length: number): Passage {
  const exact = passage.text.length === passage.range.end - passage.range.start;
  return { ...passage, text: passage.text.slice(0, length), ...(exact ? { range: { start: passage.range.start, end: passage.range.start + length } } : {}) };
}

function markWhatLeft(groups: readonly Group[], chosen: readonly Passage[], dropped: Map<string, Reason>): void {
  const leads = new Set(groups.map((group) => group[0]?.id));
  const shown = new Set(groups.flat().map((passage) => passage.id));
  for (const passage of chosen) if (!shown.has(passage.id)) dropped.set(passage.id, "budget");
  for (const id of shown) {
    if (leads.has(id)) dropped.delete(id);
    else dropped.set(id, "merged");
  }
}

function toSource(group: Group, number: number): AssembledSource {
  const joined = joinPassages(group);
  const [passage] = group;
  if (!passage) throw new RangeError("A source needs a passage");
  return { number, passage, ...joined };
}

function placeOf({ id, documentId, path, page, range }: Passage): Place {
  return { passageId: id, documentId, path, ...(page === undefined ? {} : { page }), range };
}

function withPlaces(source: AssembledSource, alsoAt: Place[]): AssembledSource {
  return alsoAt.length === 0 ? source : { ...source, alsoAt };
}

/** Without the way back to the document, which only the engine needs. */
export function toContractSource({ number, passage, range, text, alsoAt }: AssembledSource): Source {
  return { number, passage, range, text, ...(alsoAt ? { alsoAt } : {}) };
}

function withDrop(candidate: Candidate, reason: Reason | undefined, of: string | undefined): Candidate {
  if (of !== undefined) return { ...candidate, dropped: { stage: "assemble", reason: "duplicate", of } };
  return reason ? { ...candidate, dropped: { stage: "assemble", reason } } : candidate;
}
