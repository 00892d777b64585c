import type { ProbeResult, WhyInput, WhyStep } from "../contract/evaluation.ts";
import type { Passage, SearchFilter } from "../contract/search.ts";
import type { EvaluationMeans } from "./means.ts";
import type { Verdict } from "./why-place.ts";

/** What the filter and the lock do to the expected passages. */
export interface Scoped {
  readonly step: WhyStep;
  /** Where all of them are cut: why, and the question without what cuts them. */
  readonly cut?: { readonly verdict: Verdict; readonly lifted: WhyInput };
  /** Those that a search may see. */
  readonly visible: readonly Passage[];
}

const names: Readonly<Record<string, string>> = {
  collectionIds: "the chosen collections", documentIds: "the chosen documents", formats: "the chosen file types", path: "the part of the path",
  modifiedAfter: "the earliest date", modifiedBefore: "the latest date", tags: "the chosen tags", languages: "the chosen languages",
};

/** The lock first: a private document must not be told about by what a filter does to it. */
export async function inScope(input: WhyInput, expected: readonly Passage[], result: ProbeResult, means: EvaluationMeans): Promise<Scoped> {
  const { excludeDocumentIds, excludeCollectionIds } = means.library.privacy();
  const locked = (passage: Passage) => !input.includePrivate && (excludeDocumentIds.includes(passage.documentId) || excludeCollectionIds.includes(passage.collectionId));
  const open = expected.filter((passage) => !locked(passage));
  if (open.length === 0) {
    const lifted = { ...input, includePrivate: true };
    return { visible: [], step: { name: "scope", state: "cut", sentence: "It is private, and private documents are locked here." }, cut: { lifted, verdict: { code: "private", sentence: "It is in a private document, which is kept out of answers until it is unlocked.", change: { kind: "unlock-private", sentence: "Let private documents in for this question.", try: lifted } } } };
  }
  const cutting = await cuttingFields(input.filter, open, means);
  if (cutting.visible.length === 0) return cutByFilter(input, cutting.fields);
  const read = result.understood?.filters ?? [];
  const left = read.length === 0 ? cutting : await cuttingFields(result.understood?.filter ?? {}, open, means);
  if (left.visible.length === 0) return cutByWords(input, read.map(({ words }) => words));
  return { visible: left.visible, step: { name: "scope", state: "ok", sentence: Object.keys(input.filter).length === 0 ? "No filter stands in its way." : "The filters let it through." } };
}

/** A condition that the question's own words were taken for. */
function cutByWords(input: WhyInput, words: readonly string[]): Scoped {
  const lifted = { ...input, ignoreFilters: [...input.ignoreFilters, ...words] };
  const said = words.map((word) => `“${word}”`).join(" and ");
  const change = { kind: "ignore-recognised" as const, sentence: `Take ${said} for ordinary words.`, try: lifted };
  return { visible: [], step: { name: "scope", state: "cut", sentence: `${said} in the question was taken for a condition, and it does not meet it.` }, cut: { lifted, verdict: { code: "filtered", sentence: `The question's ${said} narrowed the search, and it lies outside.`, change } } };
}

function cutByFilter(input: WhyInput, fields: readonly string[]): Scoped {
  const lifted = { ...input, filter: without(input.filter, fields) };
  const words = fields.map((field) => names[field] ?? field).join(" and ");
  const change = { kind: "remove-filter" as const, sentence: `Search without ${words}.`, try: lifted };
  return { visible: [], step: { name: "scope", state: "cut", sentence: `It is not within ${words}.` }, cut: { lifted, verdict: { code: "filtered", sentence: `The search is narrowed to ${words}, and it lies outside.`, change } } };
}

/** Asks the store with one field at a time, so that a filter means here exactly what it means in a search. */
async function cuttingFields(filter: SearchFilter, expected: readonly Passage[], means: EvaluationMeans): Promise<{ visible: readonly Passage[]; fields: string[] }> {
  const fields = Object.keys(filter) as (keyof SearchFilter)[];
  const passing = await passingIds(filter, expected, means);
  const visible = expected.filter(({ id }) => passing.has(id));
  if (visible.length > 0) return { visible, fields: [] };
  const cutting: string[] = [];
  for (const field of fields) if ((await passingIds({ [field]: filter[field] }, expected, means)).size === 0) cutting.push(field);
  return { visible, fields: cutting.length > 0 ? cutting : fields };
}

async function passingIds(filter: SearchFilter, expected: readonly Passage[], { answering }: EvaluationMeans): Promise<Set<string>> {
  const own = [...new Set(expected.map(({ documentId }) => documentId))];
  const asked = filter.documentIds && filter.documentIds.length > 0 ? own.filter((id) => filter.documentIds?.includes(id)) : own;
  if (asked.length === 0) return new Set();
  // Any vector will do: only what is let through counts, not how near it is.
  const vector = new Float32Array(answering.embedder.dimensions).fill(1 / Math.sqrt(answering.embedder.dimensions));
  const passes = async (documentId: string) => (await answering.store.searchDense(vector, { filter: { ...filter, documentIds: [documentId] }, excludeDocumentIds: [], excludeCollectionIds: [] }, 1)).length > 0;
  const answered = await Promise.all(asked.map(async (id) => ({ id, passes: await passes(id) })));
  const through = new Set(answered.filter((one) => one.passes).map(({ id }) => id));
  return new Set(expected.filter(({ documentId }) => through.has(documentId)).map(({ id }) => id));
}

function without(filter: SearchFilter, fields: readonly string[]): SearchFilter {
  return Object.fromEntries(Object.entries(filter).filter(([field]) => !fields.includes(field)));
}
