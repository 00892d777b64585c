import { LorekeepError } from "../../base/errors.ts";
import { sha256 } from "../../base/hash.ts";
import type { Embedder, KnowledgeStore, StoredPassage } from "../../knowledge/store.ts";
import { Batcher } from "./batcher.ts";
import type { Chunk } from "./chunk.ts";
import type { IngestLimits } from "../limits.ts";
import { isSuddenDeath, Refused } from "../registry/reasons.ts";

export interface EmbedOptions {
  readonly signal: AbortSignal;
  /** 0..1 within the document. */
  readonly onProgress: (fraction: number) => void;
}

export interface EmbedLaneOptions {
  readonly embedder: Embedder;
  readonly store: Pick<KnowledgeStore, "vectorsByTextHash">;
  readonly limits: IngestLimits;
  /** Waited for between batches: the place to give way. */
  readonly gate: (signal: AbortSignal) => Promise<void>;
  /** Told how many passages got a vector from the model. */
  readonly onEmbedded: (passages: number) => void;
}

/** Token counts asked for at once, and hashes looked up at once, at most. */
const COUNT_BATCH = 2000;
const LOOKUP_BATCH = 1000;
/** A dead embedder is started again this many times for one batch. */
const ATTEMPTS = 4;

/** The one way to the one embedder: documents share its batches, and nothing that has a vector already is embedded again. */
export class EmbedLane {
  private readonly options: EmbedLaneOptions;
  private readonly vectors: Batcher<string, Float32Array>;
  private readonly counts: Batcher<string, number>;
  private readonly known: Batcher<string, Float32Array | undefined>;

  constructor(options: EmbedLaneOptions) {
    this.options = options;
    const { embedder, store, limits, gate, onEmbedded } = options;
    this.vectors = new Batcher({ maxItems: limits.embedBatch, gate, onFlight: onEmbedded, run: (texts, signal) => persistently(() => embedder.embedPassages(texts, signal), signal) });
    this.counts = new Batcher({ maxItems: COUNT_BATCH, run: (texts, signal) => persistently(() => embedder.countTokens(texts, signal), signal) });
    this.known = new Batcher({
      maxItems: LOOKUP_BATCH,
      run: async (hashes) => {
        const found = await store.vectorsByTextHash(hashes);
        return hashes.map((hash) => found.get(hash));
      },
    });
  }

  /** Token counts of many texts; calls of the same moment share one question to the embedder. */
  countTokens(texts: readonly string[], signal: AbortSignal): Promise<readonly number[]> {
    return this.counts.submit(texts, signal).catch(refuseUnless(signal));
  }

  /** @throws Refused "embedder-failed" when the embedder cannot do it, restarts included. */
  async embed(chunks: readonly Chunk[], { signal, onProgress }: EmbedOptions): Promise<StoredPassage[]> {
    const hashes = chunks.map(({ embedded }) => textHash(embedded, this.options.embedder));
    const textOf = new Map(chunks.map(({ embedded }, i) => [hashes[i] ?? "", embedded]));
    const unique = [...textOf.keys()];
    const found = await this.known.submit(unique, signal);
    const vectorOf = new Map(unique.flatMap((hash, i) => { const vector = found[i]; return vector ? [[hash, vector] as const] : []; }));
    const missing = unique.filter((hash) => !vectorOf.has(hash));
    // Pieces of a large document go one after the other, so that its progress can be told.
    for (let at = 0; at < missing.length; at += LOOKUP_BATCH / 10) {
      const piece = missing.slice(at, at + LOOKUP_BATCH / 10);
      onProgress(at / missing.length);
      const made = await this.vectors.submit(piece.map((hash) => textOf.get(hash) ?? ""), signal).catch(refuseUnless(signal));
      piece.forEach((hash, i) => { const vector = made[i]; if (vector) vectorOf.set(hash, vector); });
    }
    onProgress(1);
    return chunks.map(({ embedded: _embedded, ...shown }, position): StoredPassage => {
      const hash = hashes[position] ?? "";
      const vector = vectorOf.get(hash);
      if (!vector) throw new Error("A passage was left without a vector");
      return { ...shown, position, textHash: hash, vector };
    });
  }

  async dispose(): Promise<void> {
    await Promise.all([this.vectors.dispose(), this.counts.dispose(), this.known.dispose()]);
  }
}

/** Covers what was embedded and by whom: the same words under another heading or from another model are not the same vector. */
function textHash(embedded: string, embedder: Pick<Embedder, "identity">): string {
  return sha256(`${embedder.identity}\n${embedded}`);
}

/** Asks again when the embedder's process died; its supervisor starts a fresh one, with back-off. */
async function persistently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      signal.throwIfAborted();
      const died = isSuddenDeath(error) || (error instanceof LorekeepError && (error.code === "TIMED_OUT" || error.code === "TOO_LARGE"));
      if (!died || attempt >= ATTEMPTS) throw error;
    }
  }
}

/** The caller's own stop stays what it is; anything else is the embedder's failure. */
function refuseUnless(signal: AbortSignal): (error: unknown) => never {
  return (error) => {
    signal.throwIfAborted();
    const message = `The embedder failed: ${error instanceof Error ? error.message : String(error)}`;
    throw new Refused({ code: "embedder-failed", message, next: "Retry; if it stays, choose another embedder in the settings." }, { cause: error });
  };
}
