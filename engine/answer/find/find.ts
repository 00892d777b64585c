import type { Candidate, Evidence, SearchFilter, SearchSettings, Understood } from "../../contract/search.ts";
import type { SearchScope } from "../../knowledge/store.ts";
import { scopeOf, type AnswerMeans } from "../means.ts";
import { retrieve, type Retrieved } from "./retrieve.ts";
import { understand } from "../question/understand.ts";
import { evidenceFor } from "./weak.ts";

export interface FindInput {
  readonly filter: SearchFilter;
  /** Also what is private and locked. */
  readonly unlocked: boolean;
  readonly limit: number;
  readonly settings: SearchSettings;
  readonly ignoreFilters?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Found extends Retrieved {
  readonly understood: Understood;
  readonly evidence: Evidence;
  readonly scope: SearchScope;
}

/** understand -> retrieve each part -> judge. The same search over an unchanged index is done once. */
export async function find(question: string, means: AnswerMeans, input: FindInput): Promise<Found> {
  const asked = understand(question, { filter: input.filter, settings: input.settings, ignore: input.ignoreFilters ?? [], now: new Date() });
  const scope = scopeOf(asked.filter, means, input.unlocked);
  const key = JSON.stringify([asked, scope, input.limit, input.settings]);
  const { version } = means.store;
  const known = means.searches?.get(key, version);
  if (known) return known;
  const found = await search(asked, scope, means, input);
  if (found.candidates.length > 0 || asked.filters.length === 0) {
    if (means.store.version === version) means.searches?.set(key, version, found);
    return found;
  }
  // What was read into the question must never hide what is there.
  const without = { parts: [question], filters: [], filter: input.filter };
  const wide = await search(without, scopeOf(input.filter, means, input.unlocked), means, input);
  const words = asked.filters.map((one) => `“${one.words}”`).join(", ");
  return { ...wide, notes: [`Nothing was found with ${words} taken as a condition, so all documents were searched.`, ...wide.notes] };
}

async function search(asked: Understood, scope: SearchScope, means: AnswerMeans, input: FindInput): Promise<Found> {
  const { limit, settings, signal } = input;
  const each: Retrieved[] = [];
  for (const part of asked.parts) each.push(await retrieve(part, means, { scope, limit, settings, signal }));
  const [first] = each;
  if (!first) throw new RangeError("A question has at least one part");
  const judged = each.map((one, i) => evidenceFor(asked.parts[i] ?? "", one.candidates, settings.leastEvidence));
  const evidence = judged.reduce((best, one) => (one.score > best.score ? one : best));
  const candidates = each.length === 1 ? first.candidates : interleaved(each.map((one) => one.candidates));
  return { ...first, candidates: candidates.slice(0, Math.max(limit, 2 * each.length)), notes: [...new Set(each.flatMap((one) => one.notes))], understood: asked, evidence, scope };
}

/** The best of each part in turn, so that no part's answer is pushed out by another's many good passages. */
function interleaved(lists: readonly (readonly Candidate[])[]): Candidate[] {
  const longest = Math.max(...lists.map((list) => list.length));
  const byId = new Map<string, Candidate>();
  for (let at = 0; at < longest; at++) {
    lists.forEach((list, i) => {
      const candidate = list[at];
      if (!candidate) return;
      const known = byId.get(candidate.passage.id);
      byId.set(candidate.passage.id, { ...(known ?? candidate), parts: [...(known?.parts ?? []), i + 1] });
    });
  }
  return [...byId.values()].map((candidate, i) => ({ ...candidate, fused: { rank: i + 1, score: candidate.fused?.score ?? 0 } }));
}

const KEPT = 32;

/** Searches that were made, newest last; good for one version of the index. */
export class SearchCache {
  private readonly kept = new Map<string, Found>();
  private version: number | undefined;

  get(key: string, version: number): Found | undefined {
    return version === this.version ? this.kept.get(key) : undefined;
  }

  set(key: string, version: number, found: Found): void {
    if (version !== this.version) this.kept.clear();
    this.version = version;
    this.kept.set(key, found);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(oldest);
    }
  }
}
