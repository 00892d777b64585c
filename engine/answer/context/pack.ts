import type { Passage } from "../../contract/search.ts";
import { sourceSentences } from "../words/lines.ts";
import type { Group } from "./merge.ts";

export interface PackOptions {
  /** Tokens that all groups may take together; never exceeded. */
  readonly budget: number;
  /** Tokens of each group as it will be shown. */
  readonly count: (groups: readonly Group[]) => Promise<readonly number[]>;
}

export interface Packed { readonly groups: readonly Group[]; readonly tokens: number }

/** Best first; a group that is too long comes by its best passage, a smaller one further down may still fit. If nothing fits, the best passage is cut. */
export async function pack(groups: readonly Group[], chosen: readonly Passage[], options: PackOptions): Promise<Packed> {
  const rank = new Map(chosen.map((passage, i) => [passage.id, i]));
  const best = (group: Group) => [...group].sort((a, b) => (rank.get(a.id) ?? Infinity) - (rank.get(b.id) ?? Infinity)).slice(0, 1);
  const sizes = await options.count(groups);
  const bestSizes = await options.count(groups.map(best));
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

/** The most generous way to show the passages that fits the budget; the last where none does. */
export async function firstThatFits(ways: readonly (() => Group[] | Promise<Group[]>)[], { budget, count }: PackOptions): Promise<Group[]> {
  let groups: Group[] = [];
  for (const way of ways) {
    groups = await way();
    const total = (await count(groups)).reduce((sum, size) => sum + size, 0);
    if (total <= budget) break;
  }
  return groups;
}

/** The longest run of whole sentences from the passage's beginning that fits; its first sentence cut where even that does not. */
async function cutToFit(passage: Passage | undefined, options: PackOptions): Promise<Packed> {
  if (!passage) return { groups: [], tokens: 0 };
  const ends = sourceSentences(passage.text).map((sentence) => sentence.end);
  const first = ends[0] ?? passage.text.length;
  const cuts = [...ends.reverse(), Math.floor(first / 2), Math.floor(first / 4)].filter((end) => end > 0).map((end) => cut(passage, end));
  const sizes = await options.count(cuts.map((one) => [one]));
  const fits = sizes.findIndex((size) => size <= options.budget);
  const kept = cuts[fits];
  return kept ? { groups: [[kept]], tokens: sizes[fits] ?? 0 } : { groups: [], tokens: 0 };
}

function cut(passage: Passage, length: number): Passage {
  const exact = passage.text.length === passage.range.end - passage.range.start;
  return { ...passage, text: passage.text.slice(0, length), ...(exact ? { range: { start: passage.range.start, end: passage.range.start + length } } : {}) };
}
