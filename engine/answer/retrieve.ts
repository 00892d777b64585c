import type { Candidate } from "../contract/search.ts";
import type { Embedder, KnowledgeStore, SearchScope } from "../knowledge/store.ts";
import { fuse } from "./fuse.ts";
import { terms } from "./terms.ts";

export interface Retrieved {
  /** Best first by the fused score. */
  readonly candidates: Candidate[];
  /** The question's vector, for whoever compares sentences with it. */
  readonly queryVector: Float32Array;
  /** Milliseconds by leg; the legs run side by side. */
  readonly ms: { readonly embed: number; readonly dense: number; readonly lexical: number };
  readonly notes: string[];
}

export interface RetrieveOptions {
  readonly scope: SearchScope;
  /** Depth of each leg. */
  readonly limit: number;
  readonly signal?: AbortSignal;
}

/** Words of a very long question that the lexical leg looks for: the rarest cannot be known here, so the first ones, each once. */
const LEXICAL_WORDS = 128;

/** Dense and lexical side by side, fused. A leg that fails fails the search: half a result that looks whole would mislead. */
export async function retrieve(text: string, means: { store: KnowledgeStore; embedder: Embedder }, options: RetrieveOptions): Promise<Retrieved> {
  const { store, embedder } = means;
  const { scope, limit, signal } = options;
  const notes: string[] = [];
  const ms = { embed: 0, dense: 0, lexical: 0 };
  const lexical = timed(ms, "lexical", () => store.searchLexical(shortened(text), scope, limit));
  const dense = async () => {
    const vector = await timed(ms, "embed", () => embedQuestion(text, embedder, notes, signal));
    signal?.throwIfAborted();
    return { vector, hits: await timed(ms, "dense", () => store.searchDense(vector, scope, limit)) };
  };
  const [near, matching] = await Promise.all([dense(), lexical]);
  signal?.throwIfAborted();
  return { candidates: fuse(near.hits, matching), queryVector: near.vector, ms, notes };
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

async function timed<K extends string, T>(ms: Record<K, number>, key: K, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await work();
  } finally {
    ms[key] = performance.now() - start;
  }
}
