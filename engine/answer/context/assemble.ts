import type { Source } from "../../contract/answers.ts";
import type { Candidate, Passage, Place } from "../../contract/search.ts";
import { arrange, type SourceOrder } from "./arrange.ts";
import { choose, type Reason } from "./choose.ts";
import { focus } from "./focus.ts";
import { mergeNeighbours, type Group } from "./merge.ts";
import { firstThatFits, pack, type PackOptions } from "./pack.ts";
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
  /** Passages that come along because several of their section were chosen. */
  readonly sections?: (chosen: readonly Passage[]) => Promise<readonly Passage[]>;
  /** Shortens a source in the model's words, to so many tokens; undefined: it cannot. Absent: long passages are cut to their lines about the question. */
  readonly summarise?: (text: string, tokens: number) => Promise<string | undefined>;
  /** Default: best first. */
  readonly order?: SourceOrder;
}

/**
 * Candidates become sources: duplicates dropped, no more than a few of one section, neighbours merged up to the section, packed best first to the
 * token budget, numbered from 1 as they are shown. Where the whole passages do not fit, each is first cut down to its lines about the question.
 * What does not fit leaves with its reason; a smaller source further down may still fit. If nothing fits, the best passage is cut.
 */
export async function assemble(candidates: readonly Candidate[], options: AssembleOptions): Promise<Assembled> {
  const dropped = new Map<string, Reason>();
  const repeated = new Map<string, string>();
  const chosen = choose(candidates, options.limit, { dropped, repeated });
  /** By the first passage of a group. */
  const summaries = new Map<string, string>();
  const shown = (group: Group, number: number) => withSummary(toSource(group, number), summaries);
  const packing: PackOptions = {
    budget: options.budget,
    count: async (groups) => (groups.length === 0 ? [] : options.countTokens(groups.map((group, i) => shown(group, i + 1)))),
  };
  const { whole = [], summarise } = options;
  const sections = (await options.sections?.(chosen)) ?? [];
  const along = (more: readonly Passage[]) => mergeNeighbours([...chosen, ...addable(more, chosen, candidates)]);
  const groups = await firstThatFits([
    () => along([...whole, ...sections]),
    ...(sections.length > 0 ? [() => along(whole), () => along(sections)] : []),
    () => mergeNeighbours(chosen),
    ...(summarise ? [() => summarised(mergeNeighbours(chosen), summaries, { ...packing, summarise })] : []),
    () => {
      summaries.clear();
      return mergeNeighbours(focus(options.question, chosen));
    },
  ], packing);
  const packed = await pack(groups, chosen, packing);
  markWhatLeft(packed.groups, chosen, dropped);
  const repeats = candidates.flatMap(({ passage }) => { const of = repeated.get(passage.id); return of === undefined ? [] : [{ of, place: placeOf(passage) }]; });
  return {
    sources: arrange(packed.groups, options.order ?? "best-first").map((group, i) => withPlaces(shown(group, i + 1), repeats.filter(({ of }) => group.some(({ id }) => id === of)).map(({ place }) => place))),
    candidates: candidates.map((candidate) => withDrop(candidate, dropped.get(candidate.passage.id), repeated.get(candidate.passage.id))),
    tokens: packed.tokens,
  };
}

/** What comes along and is not chosen already; as a candidate, where it is one. */
function addable(whole: readonly Passage[], chosen: readonly Passage[], candidates: readonly Candidate[]): Passage[] {
  const there = new Set(chosen.map((passage) => passage.id));
  const known = new Map(candidates.map((candidate) => [candidate.passage.id, candidate.passage]));
  const more = new Map(whole.map((passage) => [passage.id, known.get(passage.id) ?? passage]));
  return [...more.values()].filter(({ id }) => !there.has(id));
}

type Summarise = NonNullable<AssembleOptions["summarise"]>;

/** Groups longer than their share of the budget, by the model's summary of them; the groups themselves stay as they are, so that citations find their sentences. */
async function summarised(groups: Group[], summaries: Map<string, string>, { budget, count, summarise }: PackOptions & { summarise: Summarise }): Promise<Group[]> {
  const share = Math.floor(budget / groups.length);
  const sizes = await count(groups);
  for (const [i, group] of groups.entries()) {
    const { passage, text } = toSource(group, i + 1);
    const summary = (sizes[i] ?? 0) > share ? await summarise(text, share) : undefined;
    if (summary !== undefined && summary.length < text.length) summaries.set(passage.id, summary);
  }
  return groups;
}

function withSummary(source: AssembledSource, summaries: ReadonlyMap<string, string>): AssembledSource {
  const summary = summaries.get(source.passage.id);
  return summary === undefined ? source : { ...source, summary };
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
export function toContractSource({ number, passage, range, text, summary, alsoAt }: AssembledSource): Source {
  return { number, passage, range, text, ...(summary === undefined ? {} : { summary }), ...(alsoAt ? { alsoAt } : {}) };
}

function withDrop(candidate: Candidate, reason: Reason | undefined, of: string | undefined): Candidate {
  if (of !== undefined) return { ...candidate, dropped: { stage: "assemble", reason: "duplicate", of } };
  return reason ? { ...candidate, dropped: { stage: "assemble", reason } } : candidate;
}
