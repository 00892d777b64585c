import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { InsufficientMemoryError, type LlamaContext, type LlamaContextSequence, type LlamaModel } from "node-llama-cpp";
import type { z } from "zod";
import { adapterMismatch } from "../../base/gguf/adapter.ts";
import { contextBytes } from "../../base/gguf/fit.ts";
import { inspectGguf, type GgufInfo } from "../../base/gguf/info.ts";
import { isAbort, LorekeepError } from "../../base/errors.ts";
import { availableMemory } from "../../base/memory.ts";
import type { adapterUse } from "./contract.ts";
import { notEnoughMemory } from "./llama.ts";

export type AdapterUse = z.infer<typeof adapterUse>;

/** Our estimate takes no account of sliding windows, which save a factor of six at most; ten times too much is never a misjudgement. */
const ABSURD = 10;

/** One context with its adapters applied; its key-value cache holds what this adapter set has read so far. */
export interface Slot {
  readonly key: string;
  /** Path of each adapter in it, and which version of the file it was. */
  readonly adapters: ReadonlyMap<string, string>;
  readonly context: LlamaContext;
  readonly sequence: LlamaContextSequence;
}

export interface ContextPoolOptions {
  readonly model: LlamaModel;
  readonly info: GgufInfo;
  readonly threads: number;
  /** Most contexts kept at a time; the least recently used goes first. */
  readonly most: number;
}

/**
 * One context per adapter set. Each keeps its own key-value cache, so that switching between base and fine-tune neither mixes caches
 * nor loses them, as long as memory allows. Not for concurrent use: the generator runs one request at a time.
 */
export class ContextPool {
  private readonly options: ContextPoolOptions;
  /** Least recently used first. */
  private readonly slots = new Map<string, Slot>();
  private contextSize: number | { min: number; max: number };

  constructor(options: ContextPoolOptions, contextSize: number | { min: number; max: number }) {
    this.options = options;
    this.contextSize = contextSize;
  }

  /** @throws LorekeepError MODEL_REFUSED (an adapter that does not fit), MODEL_FAILED (memory). */
  async get(adapters: readonly AdapterUse[], signal?: AbortSignal): Promise<Slot> {
    const active = adapters.filter((a) => a.scale !== 0); // scale 0 is the base, and shares its cache
    const versions = new Map<string, string>();
    for (const { path } of active) versions.set(path, await fingerprint(path));
    const key = JSON.stringify(active.map((a) => [a.path, a.scale, versions.get(a.path)]));
    const kept = this.slots.get(key);
    if (kept) {
      this.slots.delete(key);
      this.slots.set(key, kept);
      return kept;
    }
    for (const adapter of active) await this.check(adapter, signal);
    await this.dropOutdated(versions);
    while (this.slots.size >= this.options.most) await this.evictOldest();
    const context = await this.create(active, signal);
    this.contextSize = context.contextSize; // every later context gets what the first one got
    const slot = { key, adapters: versions, context, sequence: context.getSequence() };
    this.slots.set(key, slot);
    return slot;
  }

  async dispose(): Promise<void> {
    while (this.slots.size > 0) await this.evictOldest();
  }

  private async drop(slot: Slot): Promise<void> {
    this.slots.delete(slot.key);
    await slot.context.dispose();
  }

  /** The runtime knows adapters by their path and shares them between contexts: a replaced file is read again only once no context holds the old one. */
  private async dropOutdated(versions: ReadonlyMap<string, string>): Promise<void> {
    for (const slot of [...this.slots.values()]) {
      const outdated = [...versions].some(([path, version]) => slot.adapters.has(path) && slot.adapters.get(path) !== version);
      if (outdated) await this.drop(slot);
    }
  }

  private async evictOldest(): Promise<void> {
    const oldest = this.slots.values().next().value;
    if (oldest) await this.drop(oldest);
  }

  private async check(adapter: AdapterUse, signal?: AbortSignal): Promise<void> {
    const info = await inspectGguf(adapter.path, signal ? { signal } : {}).catch((error: unknown) => {
      throw error instanceof LorekeepError && error.code === "MODEL_REFUSED" ? unreadable(adapter, error) : error;
    });
    const mismatch = adapterMismatch(this.options.info, info);
    if (mismatch) throw adapterRefused(adapter, mismatch);
  }

  private async create(adapters: readonly AdapterUse[], signal?: AbortSignal): Promise<LlamaContext> {
    const { model, threads } = this.options;
    const lora = adapters.length > 0 ? { lora: { adapters: adapters.map((a) => ({ filePath: a.path, scale: a.scale })) } } : {};
    const free = availableMemory();
    for (;;) {
      try {
        await this.ensureRoom();
        return await model.createContext({ contextSize: this.contextSize, sequences: 1, threads, failedCreationRemedy: false, ...lora, ...(signal ? { createSignal: signal } : {}) });
      } catch (error) {
        if (isAbort(error) || signal?.aborted) throw error;
        if (error instanceof InsufficientMemoryError && this.slots.size > 0) await this.evictOldest();
        else throw creationFailure(error, { adapters, free, contextSize: this.contextSize });
      }
    }
  }

  /** Asked of llama.cpp's own planner before anything is allocated: Linux promises memory it does not have, and kills for it later. */
  private async ensureRoom(): Promise<void> {
    const { model, info } = this.options;
    const contextSize = typeof this.contextSize === "number" ? this.contextSize : this.contextSize.min;
    const free = availableMemory();
    // The planner itself takes memory for every token, so what is absurd by our own estimate does not get that far.
    if (contextBytes(info, contextSize) > ABSURD * free) throw new InsufficientMemoryError(`A context of ${contextSize} tokens is far beyond the memory there is`);
    const { cpuRam } = await model.fileInsights.estimateContextResourceRequirementsV2({ contextSize, sequences: 1, modelGpuLayers: model.gpuLayers });
    if (cpuRam > free) throw new InsufficientMemoryError(`A context of ${contextSize} tokens needs ${cpuRam} bytes`);
  }
}

/** Changes when the file behind the path was replaced. */
async function fingerprint(path: string): Promise<string> {
  const stats = await stat(path).catch((error: unknown) => {
    throw new LorekeepError("NOT_FOUND", { reason: `The adapter ${basename(path)} is not where it was.`, next: "Add it again." }, { cause: error });
  });
  return `${stats.size}:${stats.mtimeMs}`;
}

/** The header check speaks of "this file"; here a person must hear which. */
function unreadable(adapter: AdapterUse, error: LorekeepError): LorekeepError {
  return new LorekeepError("MODEL_REFUSED", { ...error.details, reason: `The adapter ${basename(adapter.path)} cannot be used. ${error.details.reason}` }, { cause: error });
}

function adapterRefused(adapter: AdapterUse, why: string, cause?: unknown): LorekeepError {
  return new LorekeepError("MODEL_REFUSED", {
    reason: `The adapter ${basename(adapter.path)} does not fit this model: ${why}.`, next: "Choose the base model it was trained on, or another adapter.",
  }, { cause });
}

function creationFailure(error: unknown, about: { adapters: readonly AdapterUse[]; free: number; contextSize: number | { min: number } }): LorekeepError {
  const message = error instanceof Error ? error.message : String(error);
  const [adapter] = about.adapters;
  if (adapter && /lora/i.test(message)) return adapterRefused(adapter, "llama.cpp could not apply it", error);
  const tokens = typeof about.contextSize === "number" ? about.contextSize : about.contextSize.min;
  return notEnoughMemory(`hold a context of ${tokens} tokens`, about.free, error);
}
