import type { Candidate, Passage, SearchSettings } from "../contract/search.ts";
import { likelyLanguage } from "../knowledge/language.ts";
import { dot } from "../base/vectors.ts";
import type { Embedder, KnowledgeStore, ScoredPassage, SearchScope } from "../knowledge/store.ts";
import { closer } from "./closeness.ts";
import { exactShare, exactWants } from "./exact.ts";
import { fuse, type Legs, type Scores } from "./fuse.ts";
import { recencyOf } from "./recency.ts";
import { terms } from "./terms.ts";
import { meant, unknownWords } from "./typos.ts";

export interface Retrieved {
  /** Best first by the fused score. */
  readonly candidates: Candidate[];
  /** The question's vector, for whoever compares sentences with it. */
  readonly queryVector: Float32Array;
  /** Milliseconds by leg; the legs run side by side. `complete`: the words' score of what meaning found, beside the lexical leg; `fuse`: all that is ours. */
  readonly ms: { readonly embed: number; readonly dense: number; readonly lexical: number; readonly complete: number; readonly fuse: number };
  readonly notes: string[];
}

export interface RetrieveOptions {
  readonly scope: SearchScope;
  /** Candidates wanted; each leg goes half as deep, and at least {@link DEPTH}. */
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
/** Words of a very long question that the lexical leg looks for: the rarest cannot be known here, so the first ones, each once. */
const LEXICAL_WORDS = 128;
/** What stands word for word as asked is worth this many standard deviations. */
const EXACT_WEIGHT = 2;
const EXACT_HITS = 20;
/** The near words of these are compared with the one that stands nowhere. */
const FUZZY_HITS = 30;

/** Dense and lexical side by side, completed and fused. A leg that fails fails the search: half a result that looks whole would mislead. */
export async function retrieve(text: string, means: RetrieveMeans, options: RetrieveOptions): Promise<Retrieved> {
  const run = new Run(means, options);
  const legs = await run.legs(text);
  const corrected = options.settings.typos ? await run.correct(text, legs.lexical) : text;
  if (corrected === text) return run.fused(text, legs);
  return run.fused(corrected, await run.legs(corrected));
}

interface Found extends Pick<Legs, "dense" | "lexical"> {
  readonly vector: Float32Array;
  /** BM25 of what the dense leg found. */
  readonly denseWords: ReadonlyMap<string, number>;
  /** Hold the identifiers and quoted phrases of the question, whichever rank they have. */
  readonly exact: readonly ScoredPassage[];
}

class Run {
  private readonly notes: string[] = [];
  private readonly ms = { embed: 0, dense: 0, lexical: 0, complete: 0, fuse: 0 };
  private readonly means: RetrieveMeans;
  private readonly options: RetrieveOptions;

  constructor(means: RetrieveMeans, options: RetrieveOptions) {
    this.means = means;
    this.options = options;
  }

  private get depth(): number {
    return Math.max(DEPTH, Math.ceil(this.options.limit / 2));
  }

  async legs(text: string): Promise<Found> {
    const { store, embedder } = this.means;
    const { scope, signal } = this.options;
    const { depth } = this;
    const wants = exactWants(text);
    const query = shortened(text);
    const dense = async () => {
      const vector = await this.timed("embed", () => embedQuestion(text, embedder, this.notes, signal));
      signal?.throwIfAborted();
      const hits = await this.timed("dense", () => store.searchDense(vector, scope, depth));
      // Asked at once, not when the lexical leg has ended and some of it is known: it runs beside that leg, and most of the hits are not in it.
      return { vector, hits, denseWords: await this.wordScores(hits, query) };
    };
    const [near, lexical, exact] = await Promise.all([
      dense(),
      this.timed("lexical", () => store.searchLexical(query, scope, depth, { vectors: true })),
      wants.length === 0 ? [] : store.searchLexical(wants.join(" "), scope, EXACT_HITS, { every: true, vectors: true }),
    ]);
    signal?.throwIfAborted();
    return { vector: near.vector, dense: near.hits, denseWords: near.denseWords, lexical, exact };
  }

  /** What the words of the question say to passages that were found otherwise. Reciprocal ranks need no such score. */
  private wordScores(hits: readonly ScoredPassage[], query: string): Promise<ReadonlyMap<string, number>> {
    if (hits.length === 0 || this.options.settings.fusion !== "z-score") return Promise.resolve(new Map());
    return this.timed("complete", () => this.means.store.lexicalScores(hits.map(({ passage }) => passage.id), query));
  }

  /** The question with words that stand nowhere replaced by those that were most likely meant. Said in a note. */
  async correct(text: string, lexical: readonly ScoredPassage[]): Promise<string> {
    let corrected = text;
    for (const term of unknownWords(text, lexical).slice(0, 3)) {
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

  async fused(text: string, found: Found): Promise<Retrieved> {
    const { settings } = this.options;
    const completed = settings.fusion === "z-score" ? await this.complete(text, found) : undefined;
    const denseWeight = await this.denseWeight(text);
    const candidates = await this.timed("fuse", async () => {
      const bonus = this.bonus(text, found);
      const list = fuse({ ...found, completed, extra: found.exact }, { fusion: settings.fusion, denseWeight, ...(bonus ? { bonus } : {}) });
      return settings.fusion === "z-score" ? closer(text, list) : list;
    });
    return { candidates, queryVector: found.vector, ms: this.ms, notes: this.notes };
  }

  /** A lexical leg that ended before its depth has found every passage with a word of the question: the others' score is nothing, and known. */
  private async complete(text: string, found: Found): Promise<Scores> {
    const { lexical, exact, vector } = found;
    const dense = new Map([...exact, ...lexical].flatMap((hit) => (hit.vector ? [[hit.passage.id, dot(hit.vector, vector)] as const] : [])));
    if (lexical.length < this.depth) return { dense, lexical: new Map() };
    const reached = new Set([...found.dense, ...lexical].map(({ passage }) => passage.id));
    const beyond = await this.wordScores(exact.filter(({ passage }) => !reached.has(passage.id)), shortened(text));
    return { dense, lexical: new Map([...found.denseWords, ...beyond]) };
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

  private bonus(text: string, { dense, lexical }: Found): ((passage: Passage) => number) | undefined {
    const wants = exactWants(text);
    const { recency } = this.options.settings;
    if (wants.length === 0 && recency === 0) return undefined;
    const share = exactShare(wants);
    const age = recencyOf([...dense, ...lexical].map(({ passage }) => passage));
    return (passage) => EXACT_WEIGHT * share(passage) + recency * age(passage);
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

/** A question longer than the embedder reads is embedded by its beginning and its end, where questions are put. */
async function embedQuestion(text: string, embedder: Embedder, notes: string[], signal: AbortSignal | undefined): Promise<Float32Array> {
  let asked = text;
  for (let keep = text.length; keep > 40; keep = Math.floor(keep * 0.7)) {
    asked = keep === text.length ? text : `${text.slice(0, keep / 2)} … ${text.slice(-keep / 2)}`;
    // No tokenizer makes more than one token of a byte, so short questions need no counting.
    if (Buffer.byteLength(asked) + 2 <= embedder.maxTokens) break;
    const [count = 0] = await embedder.countTokens([asked], signal);
    if (count <= embedder.maxTokens) break;
  }
  if (asked !== text) notes.push("The question is longer than the embedder reads: its beginning and end were searched for.");
  return embedder.embedQuery(asked, signal);
}

function shortened(text: string): string {
  if (text.length < 1000) return text;
  const words = new Map(terms(text).map((term) => [term.key, term.word]));
  return [...words.values()].slice(0, LEXICAL_WORDS).join(" ");
}
