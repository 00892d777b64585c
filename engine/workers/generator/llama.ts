import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { getLlama, InsufficientMemoryError, LlamaLogLevel, type Llama, type LlamaModel } from "node-llama-cpp";
import { bytesInWords } from "../../base/gguf/refusal.ts";
import { isAbort, LorekeepError } from "../../base/errors.ts";
import { availableMemory } from "../../base/memory.ts";

export interface LoadRequest {
  readonly path: string;
  readonly gpu: "auto" | "off";
  readonly signal: AbortSignal | undefined;
}

export interface LoadedWeights {
  readonly llama: Llama;
  readonly model: LlamaModel;
  /** Bytes of memory that were free before anything was loaded. */
  readonly freeBytesBefore: number;
  /** The same of a graphics card with a memory of its own. */
  readonly gpuFreeBytesBefore?: number;
}

/** llama.cpp itself, started once per kind of backend and kept across models: starting it costs more than loading a small model. */
export class LlamaRuntime {
  private cpu: Promise<Llama> | undefined;
  private gpu: Promise<Llama> | undefined;

  /**
   * Loads weights on the GPU where there is one and asked for, else on the CPU. A GPU that throws is given up for the CPU; one that
   * takes the process down is given up by the engine, which loads again with `gpu: "off"`.
   * @throws LorekeepError MODEL_FAILED.
   */
  async load(request: LoadRequest): Promise<LoadedWeights> {
    const freeBytesBefore = availableMemory();
    if (request.gpu === "auto") {
      const onGpu = await this.tryOnGpu(request);
      if (onGpu) return { freeBytesBefore, ...onGpu };
    }
    await ensureRoom(request.path, freeBytesBefore);
    try {
      this.cpu ??= start(false);
      const llama = await this.cpu;
      return { llama, model: await llama.loadModel(modelOptions(request, 0)), freeBytesBefore };
    } catch (error) {
      throw loadFailure(error, request, freeBytesBefore);
    }
  }

  private async tryOnGpu(request: LoadRequest): Promise<Omit<LoadedWeights, "freeBytesBefore"> | undefined> {
    try {
      this.gpu ??= start("auto");
      const llama = await this.gpu;
      if (llama.gpu !== false) {
        const { free, unifiedSize } = await llama.getVramState();
        const model = await llama.loadModel(modelOptions(request, "auto"));
        return { llama, model, ...(unifiedSize > 0 ? {} : { gpuFreeBytesBefore: free }) };
      }
      this.cpu ??= this.gpu; // there is none: what came is the CPU's
    } catch (error) {
      if (isAbort(error) || request.signal?.aborted) throw error;
      console.warn(`The GPU could not be used, going on without it: ${error instanceof Error ? error.message : String(error)}`);
    }
    return undefined;
  }
}

/** Weights larger than the memory would load all the same, read from disk again for every token: unusable, and bad for the machine. */
async function ensureRoom(path: string, free: number): Promise<void> {
  const { size } = await stat(path);
  if (size > free) throw notEnoughMemory(`load ${basename(path)}, which takes ${bytesInWords(size)}`, free, undefined);
}

/** Never builds and never downloads: the prebuilt binaries of the package, or a clear failure. */
function start(gpu: "auto" | false): Promise<Llama> {
  return getLlama({
    gpu, build: "never", skipDownload: true, progressLogs: false, maxThreads: 0,
    logLevel: LlamaLogLevel.warn,
    logger: (_level, message) => console.warn(message.trimEnd()),
  });
}

function modelOptions(request: LoadRequest, gpuLayers: "auto" | 0) {
  return { modelPath: request.path, gpuLayers, ...(request.signal ? { loadSignal: request.signal } : {}) };
}

function loadFailure(error: unknown, request: LoadRequest, free: number): unknown {
  if (isAbort(error) || request.signal?.aborted) return error;
  if (error instanceof InsufficientMemoryError) return notEnoughMemory(`load ${basename(request.path)}`, free, error);
  const detail = error instanceof Error ? error.message : String(error);
  return new LorekeepError("MODEL_FAILED", { reason: `llama.cpp could not load ${basename(request.path)}.`, next: "Try another conversion of the model; this one may need a newer Lorekeep.", detail }, { cause: error });
}

/** The sentence for every shortage of memory. `what` completes "There is not enough memory to …". */
export function notEnoughMemory(what: string, free: number, cause: unknown): LorekeepError {
  return new LorekeepError("MODEL_FAILED", {
    reason: `There is not enough memory to ${what}: ${bytesInWords(free)} are free.`,
    next: "Choose a smaller context, a smaller model or a stronger quantisation, or close other programs.",
    ...(cause instanceof Error ? { detail: cause.message } : {}),
  }, { cause });
}
