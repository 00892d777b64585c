import { resolve } from "node:path";
import { LorekeepError } from "../base/errors.ts";
import { decodeVector } from "../base/vectors.ts";
import type { embedderContract, EmbedderSpec } from "../workers/embedder/contract.ts";
import type { WorkerHost } from "../workers/host.ts";
import { Supervisor, type WorkerState } from "../workers/supervisor.ts";
import { identify } from "./embedder-identity.ts";
import { PassageGate } from "./passage-gate.ts";
import type { Embedder } from "./store.ts";

export interface EmbedderOptions {
  readonly workerHost: WorkerHost;
  /** transformers.js layout: config.json, tokenizer.json, tokenizer_config.json, onnx/. */
  readonly modelFolder: string;
  /** Part of the identity, for people to read. */
  readonly name: string;
  /** ONNX Runtime threads. Default 1: a thread more than there are free cores halves the speed. */
  readonly threads?: number;
  /** Where the model differs from the built-in one: q8, mean pooling, 256 tokens, no prefixes. */
  readonly spec?: Partial<Omit<EmbedderSpec, "modelFolder" | "threads">>;
  /** Resident memory at which the worker is stopped, MiB. Default 2048; the built-in model needs about 200. */
  readonly memoryMb?: number;
  /** Milliseconds without work after which the worker is stopped and its memory given back. Default five minutes. */
  readonly idleMs?: number;
  readonly onState?: (state: WorkerState) => void;
  /** Told how many texts of a call were longer than maxTokens: their vectors stand for their beginnings only. */
  readonly onCut?: (kind: "query" | "passage", texts: number) => void;
}

/** The embedder in its worker process, with what the engine needs beyond the interface. */
export interface WorkerEmbedder extends Embedder {
  /** No further batch of passages is started until the returned function is called; queries go on. Pauses nest. */
  pausePassages(): () => void;
  /** Scores of texts by a cross-encoder in the same worker, loaded from its folder on first use. @throws LorekeepError NEEDS_MODEL, MODEL_FAILED */
  rerank(modelFolder: string, question: string, texts: readonly string[], signal?: AbortSignal): Promise<readonly number[]>;
  readonly state: WorkerState;
}

type Client = Parameters<Parameters<Supervisor<typeof embedderContract>["call"]>[0]>[0];
type Kind = "query" | "passage";

/** Characters per RPC call: about eight full passages, 0.2 s of work, so that a pause or a stop is felt soon. */
const BATCH_CHARACTERS = 8192;
const BATCH_TEXTS = 64;
const QUERY_CACHE = 256;
/** What the cross-encoders of the catalogue were made for. */
const RERANK_TOKENS = 512;
const LOAD_DEADLINE_MS = 180_000;
const CALL_DEADLINE_MS = 60_000;

/** @throws LorekeepError NEEDS_MODEL where the model folder is not complete. Nothing is started before the first use. */
export async function createEmbedder(options: EmbedderOptions): Promise<WorkerEmbedder> {
  const spec: EmbedderSpec = {
    dtype: "q8", pooling: "mean", maxTokens: 256, queryPrefix: "", passagePrefix: "",
    ...options.spec,
    // The worker takes a relative one for the name of a model.
    modelFolder: resolve(options.modelFolder),
    threads: options.threads ?? 1,
  };
  return new EmbedderInWorker(options, spec, await identify(options.name, spec));
}

class EmbedderInWorker implements WorkerEmbedder {
  readonly name: string;
  readonly identity: string;
  readonly dimensions: number;
  readonly maxTokens: number;
  private readonly spec: EmbedderSpec;
  private readonly onCut: EmbedderOptions["onCut"];
  private readonly supervisor: Supervisor<typeof embedderContract>;
  private readonly gate = new PassageGate();
  /** Insertion order is age: the first key is the least recently used. */
  private readonly queries = new Map<string, Float32Array>();
  private loaded: { generation: number; done: Promise<void> } | undefined;

  constructor(options: EmbedderOptions, spec: EmbedderSpec, known: { identity: string; dimensions: number }) {
    this.name = options.name;
    this.identity = known.identity;
    this.dimensions = known.dimensions;
    this.maxTokens = spec.maxTokens;
    this.spec = spec;
    this.onCut = options.onCut;
    this.supervisor = new Supervisor(options.workerHost, "embedder", {
      memoryMb: options.memoryMb ?? 2048,
      idleMs: options.idleMs ?? 300_000,
      startMs: 30_000,
      ...(options.onState ? { onState: options.onState } : {}),
    });
  }

  get state(): WorkerState {
    return this.supervisor.state;
  }

  pausePassages(): () => void {
    return this.gate.pause();
  }

  async countTokens(texts: readonly string[], signal?: AbortSignal): Promise<number[]> {
    const counts: number[] = [];
    for (const batch of batches(texts, BATCH_CHARACTERS * 8)) {
      counts.push(...(await this.call((client, stop) => client.countTokens({ texts: batch }, { signal: stop }), signal)));
    }
    return counts;
  }

  async embedPassages(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (const batch of batches(texts, BATCH_CHARACTERS)) {
      vectors.push(...(await this.gate.pass(() => this.embed(batch, "passage", signal), signal)));
    }
    return vectors;
  }

  async embedQuery(text: string, signal?: AbortSignal): Promise<Float32Array> {
    const known = this.queries.get(text);
    if (known) this.queries.delete(text);
    const vector = known ?? (await this.embed([text], "query", signal))[0];
    if (!vector) throw new LorekeepError("MODEL_FAILED", "The embedder returned no vector.");
    this.queries.set(text, vector);
    for (const oldest of this.queries.keys()) {
      if (this.queries.size <= QUERY_CACHE) break;
      this.queries.delete(oldest);
    }
    return vector.slice();
  }

  async rerank(modelFolder: string, question: string, texts: readonly string[], signal?: AbortSignal): Promise<readonly number[]> {
    const spec = { modelFolder: resolve(modelFolder), maxTokens: RERANK_TOKENS, threads: this.spec.threads };
    return (await this.call((client, stop) => client.rerank({ spec, question, texts: [...texts] }, { signal: stop }), signal)).scores;
  }

  dispose(): Promise<void> {
    this.gate.close();
    this.supervisor.dispose();
    this.queries.clear();
    return Promise.resolve();
  }

  private async embed(texts: string[], kind: Kind, signal?: AbortSignal): Promise<Float32Array[]> {
    const { vectors, cut } = await this.call((client, stop) => client.embed({ texts, kind }, { signal: stop }), signal);
    const cuts = cut.filter(Boolean).length;
    if (cuts > 0) this.onCut?.(kind, cuts);
    return vectors.map(decodeVector);
  }

  /** Embedding changes nothing, so a call whose worker died under it is made once more; a text that kills it twice fails. */
  private async call<T>(work: (client: Client, signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await this.attempt(work, signal);
    } catch (error) {
      if (!(error instanceof LorekeepError) || error.code !== "WORKER_DIED" || signal?.aborted) throw error;
      return this.attempt(work, signal);
    }
  }

  private attempt<T>(work: (client: Client, signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const deadlineMs = this.state.state === "ready" && this.loaded ? CALL_DEADLINE_MS : LOAD_DEADLINE_MS;
    return this.supervisor.call(
      async (client, stop, generation) => {
        await this.load(client, generation);
        return work(client, stop);
      },
      { deadlineMs, signal },
    );
  }

  /** Once per worker process. Without the caller's signal: others may be waiting for the same load. */
  private load(client: Client, generation: number): Promise<void> {
    if (this.loaded?.generation !== generation) {
      const done = client.load(this.spec).then(({ dimensions }) => {
        if (dimensions === this.dimensions) return;
        throw new LorekeepError("MODEL_FAILED", `The model ${this.name} says ${this.dimensions} dimensions and returns ${dimensions}.`);
      });
      const loaded = { generation, done };
      this.loaded = loaded;
      done.catch(() => {
        if (this.loaded === loaded) this.loaded = undefined;
      });
    }
    return this.loaded.done;
  }
}

/** Consecutive texts, bounded by characters and count; a longer text travels alone. */
function* batches(texts: readonly string[], characters: number): Generator<string[]> {
  let batch: string[] = [];
  let size = 0;
  for (const text of texts) {
    if (batch.length > 0 && (size + text.length > characters || batch.length === BATCH_TEXTS)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(text);
    size += text.length;
  }
  if (batch.length > 0) yield batch;
}
