import type { DocumentFormat } from "../contract/document.ts";
import type { Passage, SearchFilter } from "../contract/search.ts";

/** Identity of an embedder: name, weights' sha-256 prefix, dtype, pooling, prefixes, dimensions. Vectors of different identities never meet. */
export type EmbedderIdentity = string;

/** A document as the store commits it: its row is written after its passages, so a row means the passages are all there. */
export interface StoredDocument {
  readonly id: string;
  readonly collectionId: string;
  readonly path: string;
  readonly title?: string;
  readonly format: DocumentFormat;
  /** sha-256 of the file's bytes. */
  readonly contentHash: string;
  readonly tags: readonly string[];
  /** ISO 8601, the file's own. */
  readonly modified?: string;
  /** ISO 639-1, detected; decides stemming and stop words. */
  readonly language?: string;
}

/** A passage to be stored; its id is made of the document's and the position (passage-id.ts). textHash covers exactly what was embedded (title and heading path in front included). */
export interface StoredPassage {
  readonly position: number;
  readonly start: number;
  readonly end: number;
  readonly page?: number;
  readonly headingPath: readonly string[];
  readonly text: string;
  readonly textHash: string;
  /** L2-normalised, length = the embedder's dimensions. */
  readonly vector: Float32Array;
}

export interface DocumentWithPassages {
  readonly document: StoredDocument;
  readonly passages: readonly StoredPassage[];
}

/** Which passages a search may see: the person's filter, less what is private and locked. An empty list in the filter is no condition. */
export interface SearchScope {
  readonly filter: SearchFilter;
  readonly excludeDocumentIds: readonly string[];
  readonly excludeCollectionIds: readonly string[];
}

export interface LexicalOptions {
  /** Only passages that hold every word. */
  readonly every?: boolean;
  /** Also words that differ from a word of the question in up to two letters, one where it is short. */
  readonly fuzzy?: boolean;
  /** Each hit with its vector, so that its cosine needs no second query. */
  readonly vectors?: boolean;
}

/** score: higher is better. Dense: cosine, -1..1. Lexical: BM25. */
export interface ScoredPassage {
  readonly passage: Passage;
  readonly score: number;
  /** L2-normalised; where it was asked for. */
  readonly vector?: Float32Array;
}

/** A passage that was found, without what it holds. `id`: the view's own name of it. */
export interface FoundPassage {
  readonly id: string;
  readonly score: number;
  /** L2-normalised; where it was asked for. */
  readonly vector?: Float32Array;
}

/**
 * The passages of one scope at one moment, found first and fetched afterwards: most of what a leg costs is to fetch a hundred texts, and of two
 * legs' hits only the best are shown. Ids are good within the view only.
 */
export interface SearchView {
  /** As `searchDense`. */
  dense(vector: Float32Array, limit: number): Promise<FoundPassage[]>;
  /** As `searchLexical`. */
  lexical(query: string, limit: number, options?: Pick<LexicalOptions, "every" | "vectors">): Promise<FoundPassage[]>;
  /** BM25 of what was found; passages without a word of the query are not among them. */
  lexicalScores(ids: readonly string[], query: string): Promise<ReadonlyMap<string, number>>;
  passages(ids: readonly string[]): Promise<ReadonlyMap<string, Passage>>;
}

export interface StoreStats {
  readonly documents: number;
  readonly passages: number;
  readonly bytes: number;
  readonly vectorIndexed: boolean;
}

/**
 * Where the two pipelines meet. Every write is atomic towards a crash: after a kill at any instant the store equals one in which each
 * document is wholly there or wholly absent (leftovers are swept by `recover`).
 */
export interface KnowledgeStore {
  /** Replaces each document with its passages in one commit for all of them: callers batch for speed. */
  put(batch: readonly DocumentWithPassages[], signal?: AbortSignal): Promise<void>;
  remove(documentIds: readonly string[]): Promise<void>;
  /** Changes what is denormalised into passages, without embedding anything again. */
  relabel(documentId: string, change: { collectionId?: string; path?: string; tags?: readonly string[]; modified?: string }): Promise<void>;
  /** Content hash and passage count of what is committed; the truth about what is indexed. */
  committed(): Promise<ReadonlyMap<string, { contentHash: string; passages: number }>>;
  /** Vectors of passages already stored under this text hash by the same embedder: an unchanged passage is never embedded twice. */
  vectorsByTextHash(hashes: readonly string[]): Promise<ReadonlyMap<string, Float32Array>>;
  searchDense(vector: Float32Array, scope: SearchScope, limit: number): Promise<ScoredPassage[]>;
  searchLexical(query: string, scope: SearchScope, limit: number, options?: LexicalOptions): Promise<ScoredPassage[]>;
  /** BM25 by passage id, as a search of the same question gives it; passages without a word of it are not among them. So a missing score is never taken for a bad one. */
  lexicalScores(passageIds: readonly string[], query: string): Promise<ReadonlyMap<string, number>>;
  /** Several questions to the same passages. `work` may be run a second time, where a write came between: it must only read. */
  view<T>(scope: SearchScope, work: (view: SearchView) => Promise<T>): Promise<T>;
  /** ISO 639-1 of the languages whose words are told apart here, and "other" where there are more. */
  languages(): readonly string[];
  /** Changes with every write that a search could notice: what a search found is good for as long as this stays. */
  readonly version: number;
  /** Passages of one document by position, both ends included: for merging neighbours. */
  neighbours(documentId: string, fromPosition: number, toPosition: number): Promise<Passage[]>;
  /** Counts per collection, for the library. */
  countPassages(): Promise<ReadonlyMap<string, number>>;
  /**
   * Indexes and compaction, where anything was written since the last time (or `force`); searches go on, writes wait. The store does the
   * same by itself while it is written, by thresholds; call this when the queue has come to rest.
   */
  maintain(options?: { force?: boolean; signal?: AbortSignal }): Promise<void>;
  /** Sweeps what a crash left behind. Called once at start, before anything else. */
  recover(): Promise<{ sweptPassages: number }>;
  stats(): Promise<StoreStats>;
  /** Loads what the first search would wait for. Ends early when the store is disposed; whatever fails here, a search would say. */
  warmUp(): Promise<void>;
  dispose(): Promise<void>;
}

/** Texts to vectors. One model; see engine/workers/embedder. */
export interface Embedder {
  readonly name: string;
  readonly identity: EmbedderIdentity;
  readonly dimensions: number;
  /** Tokens a text may have, special tokens included. */
  readonly maxTokens: number;
  countTokens(texts: readonly string[], signal?: AbortSignal): Promise<number[]>;
  embedPassages(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
  embedQuery(text: string, signal?: AbortSignal): Promise<Float32Array>;
  dispose(): Promise<void>;
}
