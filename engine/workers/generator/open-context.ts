import { InsufficientMemoryError, type LlamaContext, type LlamaContextSequence, type LlamaModel } from "node-llama-cpp";
import { contextBytes } from "../../base/gguf/fit.ts";
import type { GgufInfo } from "../../base/gguf/info.ts";
import { isAbort } from "../../base/errors.ts";
import { availableMemory } from "../../base/memory.ts";
import { adapterRefused, type AdapterUse } from "./adapters.ts";
import { notEnoughMemory } from "./llama.ts";

/** A context with its one sequence: what a prompt is read into. */
export interface OpenContext {
  readonly context: LlamaContext;
  readonly sequence: LlamaContextSequence;
}

/** Tokens, or a range of which as many are taken as the memory holds. */
export type ContextSize = number | { readonly min: number; readonly max: number };

export interface ContextRequest {
  readonly adapters: readonly AdapterUse[];
  readonly contextSize: ContextSize;
  readonly signal: AbortSignal | undefined;
}

/** There is no room now; less of something else may make some. `failure` is what a person is told where nothing more can be let go. */
export class TooLittleMemory extends Error {
  readonly failure: Error;

  constructor(failure: Error) {
    super(failure.message, { cause: failure });
    this.failure = failure;
  }
}

/** Our estimate takes no account of sliding windows, which save a factor of six at most; ten times too much is never a misjudgement. */
const ABSURD = 10;

/**
 * A context over the loaded weights, which it shares, with adapters applied to it alone. llama.cpp keeps adapters in the plain CPU buffer where
 * the weights were repacked for the processor (since ggml-org/llama.cpp#12593), so they work with every quantisation.
 * @throws TooLittleMemory; LorekeepError MODEL_REFUSED (an adapter), MODEL_FAILED; AbortError.
 */
export async function openContext(weights: { model: LlamaModel; info: GgufInfo; threads: number }, request: ContextRequest): Promise<OpenContext> {
  const { model, threads } = weights;
  const { adapters, contextSize, signal } = request;
  const lora = adapters.length > 0 ? { lora: { adapters: adapters.map((a) => ({ filePath: a.path, scale: a.scale })) } } : {};
  try {
    await ensureRoom(weights, contextSize);
    const context = await model.createContext({ contextSize, sequences: 1, threads, failedCreationRemedy: false, ...lora, ...(signal ? { createSignal: signal } : {}) });
    return { context, sequence: context.getSequence() };
  } catch (error) {
    if (isAbort(error) || signal?.aborted) throw error;
    throw creationFailure(error, request);
  }
}

/** Asked of llama.cpp's own planner before anything is allocated: Linux promises memory it does not have, and kills for it later. */
async function ensureRoom({ model, info }: { model: LlamaModel; info: GgufInfo }, wanted: ContextSize): Promise<void> {
  const contextSize = typeof wanted === "number" ? wanted : wanted.min;
  const free = availableMemory();
  // The planner itself takes memory for every token, so what is absurd by our own estimate does not get that far.
  if (contextBytes(info, contextSize) > ABSURD * free) throw new InsufficientMemoryError(`A context of ${contextSize} tokens is far beyond the memory there is`);
  const { cpuRam } = await model.fileInsights.estimateContextResourceRequirementsV2({ contextSize, sequences: 1, modelGpuLayers: model.gpuLayers });
  if (cpuRam > free) throw new InsufficientMemoryError(`A context of ${contextSize} tokens needs ${cpuRam} bytes`);
}

function creationFailure(error: unknown, { adapters, contextSize }: ContextRequest): Error {
  const message = error instanceof Error ? error.message : String(error);
  const [adapter] = adapters;
  if (adapter && /lora/i.test(message)) return adapterRefused(adapters.find(({ path }) => message.includes(path)) ?? adapter, "llama.cpp could not apply it", error);
  const tokens = typeof contextSize === "number" ? contextSize : contextSize.min;
  const failure = notEnoughMemory(`hold a context of ${tokens} tokens`, availableMemory(), error);
  return error instanceof InsufficientMemoryError ? new TooLittleMemory(failure) : failure;
}
