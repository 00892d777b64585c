import type { Candidate, Passage, SearchSettings } from "../../contract/search.ts";
import { dot } from "../../base/vectors.ts";
import { likelyLanguage } from "../../knowledge/language.ts";
import type { Embedder, FoundPassage, KnowledgeStore, SearchScope, SearchView } from "../../knowledge/store.ts";
import { closer } from "./closeness.ts";
import { exactShare, exactWants } from "./exact.ts";
import { embedQuestion, shortened } from "../question/question.ts";
import { fuse, type Scores } from "./fuse.ts";
import { recencyOf } from "./recency.ts";
import type { Term } from "../words/terms.ts";
import { meant, unknownWords } from "./typos.ts";

export interface Retrieved {
  /** Best first by the fused score. */
  readonly candidates: Candidate[];
  /** The question's vector, for whoever compares sentences with it. */
  readonly queryVector: Float32Array;
  /** Milliseconds by step; the legs run side by side. `complete`: the words of what only the dense leg found; `fetch`: the passages themselves; `fuse`: all that is ours. */
  readonly ms: { readonly embed: number; readonly dense: number; readonly lexical: number; readonly complete: number; readonly fetch: number; readonly fuse: number };
  readonly notes: string[];
}

export interface RetrieveOptions {
  readonly scope: SearchScope;
  /** Candidates wanted, at least {@link LEAST_FETCHED} where there are as many; each leg goes half as deep, and at least {@link DEPTH}. */
  readonly limit: number;
  readonly settings: SearchSettings;
  readonly signal?: AbortSignal | undefined;
}

export interface RetrieveMeans {
  readonly store: KnowledgeStore;
  readonly embedder: Embedder;
}

/** Standardised scores need something to stand against: 100 hits of each leg are measured to do; with 200 the nDCG is the same and the recall no better (docs/benchmarks.md). */
const DEPTH = 100;
/** What is read after the fusion: the first for their closeness, some more for how rare a word is. */
const LEAST_FETCHED = 30;
/** What stands word for word as asked is worth this many standard deviations. */
const EXACT_WEIGHT = 2;
const EXACT_HITS = 20;
/** The near words of these are compared with the one that stands nowhere. */
const FUZZY_HITS = 30;

/** Dense and lexical side by side, completed, fused, and the best fetched. A leg that fails fails the search: half a result that looks whole would mislead. */
export function retrieve(text: string, means: RetrieveMeans, options: RetrieveOptions): Promise<Retrieved> {
  return means.store.view(options.scope, (view) => new Run(view, means, options).retrieved(text));
}

interface Found {
  readonly vector: Float32Array;
  readonly dense: readonly FoundPassage[];
  readonly lexical: readonly FoundPassage[];
  /** Hold the identifiers and quoted phrases of the question, whichever rank they have. */
  readonly exact: readonly FoundPassage[];
  /** The scores of what only one leg found. */
  readonly completed?: Scores;
}

class Run {
  private readonly notes: string[] = [];
  private readonly ms = { embed: 0, dense: 0, lexical: 0, complete: 0, fetch: 0, fuse: 0 };
  private readonly fetched = new Map<string, Passage>();
  private readonly view: SearchView;
  private readonly means: RetrieveMeans;
  private readonly options: RetrieveOptions;

  constructor(view: SearchView, means: RetrieveMeans, options: RetrieveOptions) {
    this.view = view;
    this.means = means;
    this.options = options;
  }

  async retrieved(text: string): Promise<Retrieved> {
    let found = await this.legs(text);
    let candidates = await this.fused(text, found);
    const corrected = this.options.settings.typos ? await this.correct(text, found.lexical) : text;
    if (corrected !== text) {
      found = await this.legs(corrected);
      candidates = await this.fused(corrected, found);
    }
    return { candidates, queryVector: found.vector, ms: this.ms, notes: this.notes };
  }

  private get depth(): number {
    return Math.max(DEPTH, Math.ceil(this.options.limit / 2));
  }

  /** What only one leg found is scored by the other at once: the words bring their vectors along while the question is still being embedded. Reciprocal ranks need none of it. */
  private async legs(text: string): Promise<Found> {
    const { embedder } = this.means;
    const { signal, settings } = this.options;
    const { depth, view } = this;
    const completes = settings.fusion === "z-score";
    const wants = exactWants(text);
    const words = shortened(text);
    const near = async () => {
      const vector = await this.timed("embed", () => embedQuestion(text, embedder, this.notes, signal));
      signal?.throwIfAborted();
      return { vector, dense: await this.timed("dense", () => view.dense(vector, depth)) };
    };
    const [{ vector, dense }, lexical, exact] = await Promise.all([
      near(),
      this.timed("lexical", () => view.lexical(words, depth, { vectors: completes })),
      wants.length === 0 ? [] : view.lexical(wants.join(" "), EXACT_HITS, { every: true, vectors: completes }),
    ]);
    signal?.throwIfAborted();
    if (!completes) return { vector, dense, lexical, exact };
    // A lexical leg that ended before its depth has found every passage with a word of the question: the others' score is nothing, and known.
    const wordless = lexical.length < depth ? [] : without([...dense, ...exact], lexical);
    const scores = await this.timed("complete", () => view.lexicalScores(wordless, words));
    const cosines = new Map([...exact, ...lexical].flatMap(({ id, vector: own }) => (own ? [[id, dot(own, vector)] as const] : [])));
    return { vector, dense, lexical, exact, completed: { dense: cosines, lexical: scores } };
  }

  /** The question with words that stand nowhere replaced by those that were most likely meant. Said in a note. */
  private async correct(text: string, lexical: readonly FoundPassage[]): Promise<string> {
    let corrected = text;
    for (const term of (await this.unknown(text, lexical)).slice(0, 3)) {
      const { store } = this.means;
      if ((await store.searchLexical(term.word, this.options.scope, 1)).length > 0) continue;
      const word = meant(term, await store.searchLexical(term.word, this.options.scope, FUZZY_HITS, { fuzzy: true }));
      if (word === undefined) continue;
      corrected = corrected.replace(term.word, word);
      this.notes.push(`“${term.word}” stands nowhere in your documents; “${word}” was searched for.`);
    }
    this.options.signal?.throwIfAborted();
    return corrected;
  }

  /** Mostly what was fetched for its rank holds every word; only where it does not are the other hits looked through. */
  private async unknown(text: string, lexical: readonly FoundPassage[]): Promise<Term[]> {
    const known = lexical.flatMap(({ id }) => this.fetched.get(id) ?? []);
    if (unknownWords(text, known).length === 0) return [];
    return unknownWords(text, [...(await this.fetch(lexical)).values()]);
  }

  private async fused(text: string, found: Found): Promise<Candidate[]> {
    const { settings, limit } = this.options;
    const [denseWeight, bonus] = await Promise.all([this.denseWeight(text), this.bonus(text, found)]);
    const fuseStart = performance.now();
    const list = fuse({ dense: found.dense.map(hit), lexical: found.lexical.map(hit), extra: found.exact.map(hit), completed: found.completed }, { fusion: settings.fusion, denseWeight, ...(bonus ? { bonus } : {}) });
    this.ms.fuse += performance.now() - fuseStart;
    const first = list.slice(0, Math.max(limit, LEAST_FETCHED));
    const passages = await this.fetch(first.map(({ passage }) => passage));
    this.options.signal?.throwIfAborted();
    const candidates = first.flatMap((one) => { const passage = passages.get(one.passage.id); return passage ? [{ ...one, passage }] : []; });
    return settings.fusion === "z-score" ? this.timed("fuse", () => Promise.resolve(closer(text, candidates))) : candidates;
  }

  private async fetch(wanted: readonly { readonly id: string }[]): Promise<ReadonlyMap<string, Passage>> {
    const missing = wanted.map(({ id }) => id).filter((id) => !this.fetched.has(id));
    if (missing.length > 0) for (const [id, passage] of await this.timed("fetch", () => this.view.passages([...new Set(missing)]))) this.fetched.set(id, passage);
    return new Map(wanted.flatMap(({ id }) => { const passage = this.fetched.get(id); return passage ? [[id, passage] as const] : []; }));
  }

  /** The embedder is weak in languages it was not made for: there the words have more to say. */
  private async denseWeight(text: string): Promise<number> {
    const { embedderLanguages, denseWeight, foreignDenseWeight } = this.options.settings;
    const stored = this.means.store.languages().filter((language) => language !== "other");
    if (embedderLanguages.length === 0 || stored.length === 0) return denseWeight;
    const language = await likelyLanguage(text, stored);
    const foreign = language === undefined ? stored.every((one) => !embedderLanguages.includes(one)) : !embedderLanguages.includes(language);
    return foreign ? Math.min(denseWeight, foreignDenseWeight) : denseWeight;
  }

  /** What must stand word for word, and age, are read from the passages: then all are fetched. */
  private async bonus(text: string, { dense, lexical, exact }: Found): Promise<((named: { readonly id: string }) => number) | undefined> {
    const wants = exactWants(text);
    const { recency } = this.options.settings;
    if (wants.length === 0 && recency === 0) return undefined;
    const passages = await this.fetch([...dense, ...lexical, ...exact]);
    const share = exactShare(wants);
    const age = recencyOf([...dense, ...lexical].flatMap(({ id }) => passages.get(id) ?? []));
    return ({ id }) => { const passage = passages.get(id); return passage ? EXACT_WEIGHT * share(passage) + recency * age(passage) : 0; };
  }

  private async timed<T>(key: keyof Retrieved["ms"], work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.ms[key] += performance.now() - start;
    }
  }
}

const hit = ({ id, score }: FoundPassage) => ({ passage: { id }, score });

function without(found: readonly FoundPassage[], known: readonly FoundPassage[]): string[] {
  const there = new Set(known.map(({ id }) => id));
  return [...new Set(found.map(({ id }) => id))].filter((id) => !there.has(id));
}
