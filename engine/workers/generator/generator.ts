import { basename } from "node:path";
import type { InferContractRouterOutputs } from "@orpc/contract";
import type { z } from "zod";
import { inspectGguf, type GgufInfo } from "../../base/gguf/info.ts";
import { contextBytes } from "../../base/gguf/fit.ts";
import { LorekeepError } from "../../base/errors.ts";
import { checkAdapter, effective, versionsOf, type AdapterUse } from "./adapters.ts";
import type { GenerateInput, generatorContract, generatorLoadInput, ProbeInput } from "./contract.ts";
import { ContextPool } from "./contexts.ts";
import { generate, type Run } from "./generation.ts";
import { LlamaRuntime, type LoadedWeights } from "./llama.ts";
import { openContext, TooLittleMemory, type OpenContext } from "./open-context.ts";
import { probe, probeContextSize, type ProbeRun } from "./probe.ts";
import { availableMemory } from "../../base/memory.ts";
import { Mutex } from "../../base/mutex.ts";
import { chooseTemplate, promptTokens, type ChatTemplate, type Conversation } from "./template.ts";
import { measureThreads } from "./threads.ts";

type LoadInput = z.infer<typeof generatorLoadInput>;
type Loaded = InferContractRouterOutputs<typeof generatorContract>["load"];

/** Everything that lives and dies with one loaded model. */
interface Current extends LoadedWeights {
  /** As it was asked for, with the threads that were measured. */
  readonly input: LoadInput;
  readonly threads: number;
  readonly info: GgufInfo;
  readonly template: ChatTemplate;
  readonly contexts: ContextPool;
}

const MOST_CONTEXTS = 4;
const LARGEST_AUTOMATIC_CONTEXT = 32_768;
const SMALLEST_AUTOMATIC_CONTEXT = 512;

/** The generator worker's one model. Calls that touch the runtime run one at a time, in the order they came. */
export class Generator {
  private readonly turn = new Mutex();
  private readonly runtime = new LlamaRuntime();
  private current: Current | undefined;

  /** @throws LorekeepError MODEL_REFUSED before the runtime sees the file, MODEL_FAILED after. */
  async load(input: LoadInput, signal?: AbortSignal): Promise<Loaded> {
    const started = performance.now();
    return this.turn.run(signal, () => this.bring(input, started, signal));
  }

  /** Loads in place of what there was. */
  private async bring(input: LoadInput, started: number, signal: AbortSignal | undefined): Promise<Loaded> {
    await this.release();
    const info = await inspectGguf(input.path, signal ? { signal } : {});
    if (info.kind === "adapter") throw new LorekeepError("MODEL_REFUSED", { reason: `${basename(input.path)} is an adapter, not a model.`, next: "Load its base model and choose it as the adapter." });
    if (info.kind === "reranker") throw new LorekeepError("MODEL_REFUSED", { reason: `${basename(input.path)} is a reranker; it cannot write answers.`, next: "Choose a chat model." });
    const weights = await this.runtime.load({ path: input.path, gpu: input.gpu, signal });
    try {
      return await this.furnish(weights, { input, info, started, signal });
    } catch (error) {
      this.current = undefined;
      await weights.model.dispose();
      throw error;
    }
  }

  async unload(): Promise<void> {
    await this.turn.run(undefined, () => this.release());
  }

  countTokens(texts: readonly string[]): number[] {
    const { model } = this.loaded();
    return texts.map((text) => model.tokenize(text, false).length);
  }

  countPromptTokens(conversation: Conversation): number {
    const { model, template } = this.loaded();
    return promptTokens(model, template, conversation).length;
  }

  /** See {@link generate}; waits for its turn first. */
  async generate(input: GenerateInput, run: Run): Promise<void> {
    await this.turn.run(run.signal, async () => {
      const current = await this.upToDate(input.adapters);
      const slot = await current.contexts.get(input.adapters, run.signal);
      await generate({ ...current, slot }, input, run);
    });
  }

  /** See the contract; waits for its turn first. @throws LorekeepError MODEL_REFUSED (an adapter), TOO_LONG, MODEL_FAILED. */
  async probe(input: ProbeInput, run: ProbeRun): Promise<void> {
    await this.turn.run(run.signal, async () => {
      const current = await this.upToDate(input.adapters);
      const slot = await this.apart(current, input, run.signal);
      try {
        await probe({ ...current, slot }, input, run);
      } finally {
        await slot.context.dispose();
      }
    });
  }

  /** A context beside the kept ones, which give way only where the memory does not hold one more. */
  private async apart(current: Current, input: ProbeInput, signal: AbortSignal): Promise<OpenContext> {
    const { contexts, info, model } = current;
    const adapters = effective(input.adapters);
    for (const adapter of adapters) await checkAdapter(adapter, info, signal);
    const contextSize = Math.min(probeContextSize(model, current, input), model.trainContextSize);
    contexts.remember(await versionsOf(adapters));
    for (;;) {
      try {
        return await openContext(current, { adapters, contextSize, signal });
      } catch (error) {
        if (!(error instanceof TooLittleMemory)) throw error;
        if (!(await contexts.evictOldest())) throw error.failure;
      }
    }
  }

  /** The loaded model; loaded afresh where an adapter's file was replaced, because the runtime would go on with the one it knows. */
  private async upToDate(adapters: readonly AdapterUse[]): Promise<Current> {
    const current = this.loaded();
    if (!current.contexts.isOutdated(await versionsOf(effective(adapters)))) return current;
    await this.bring(current.input, performance.now(), undefined); // to its end: a stop half way would leave no model
    return this.loaded();
  }

  private loaded(): Current {
    if (this.current) return this.current;
    throw new LorekeepError("NEEDS_MODEL", { reason: "No model is loaded.", next: "Choose a model and load it." });
  }

  /** Threads, template and the base's own context: a model counts as loaded when it can answer. */
  private async furnish(weights: LoadedWeights, about: { input: LoadInput; info: GgufInfo; started: number; signal: AbortSignal | undefined }): Promise<Loaded> {
    const { model } = weights;
    const { input, info } = about;
    const threads = input.threads ?? (await measureThreads(model, about.signal));
    const template = chooseTemplate(model, info.chatTemplate !== undefined, input.fallbackTemplate);
    const contextSize = wantedContext(info, model.trainContextSize, input.contextSize);
    const contexts = new ContextPool({
      open: (request) => openContext({ model, info, threads }, request),
      check: (adapter, signal) => checkAdapter(adapter, info, signal),
      most: MOST_CONTEXTS,
    }, contextSize);
    const { context } = await contexts.get([], about.signal);
    this.current = { ...weights, input: { ...input, threads }, threads, info, template, contexts };
    const weightsMemory = model.memoryUsage;
    const used = context.memoryUsage;
    return {
      architecture: info.architecture, parameters: info.parameters, quantisation: info.quantisation,
      trainContextSize: model.trainContextSize, contextSize: context.contextSize,
      template: { source: template.source, name: template.name },
      backend: weights.llama.gpu === false ? "cpu" : weights.llama.gpu,
      gpuLayers: model.gpuLayers, totalLayers: model.fileInsights.totalLayers, threads,
      memory: { modelBytes: weightsMemory.ram + weightsMemory.vram, contextBytes: used.ram + used.vram, freeBytesBefore: weights.freeBytesBefore, ...(weights.gpuFreeBytesBefore === undefined ? {} : { gpuFreeBytesBefore: weights.gpuFreeBytesBefore }) },
      loadMs: performance.now() - about.started,
    };
  }

  private async release(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    if (!current) return;
    await current.contexts.dispose();
    await current.model.dispose();
  }
}

/** Half of what is left after the weights, so that a second adapter set can keep a cache of its own. */
function wantedContext(info: GgufInfo, trained: number, asked: number | undefined): number | { min: number; max: number } {
  if (asked !== undefined) return Math.min(asked, trained);
  const most = Math.min(trained, LARGEST_AUTOMATIC_CONTEXT);
  const room = availableMemory() / 2 - contextBytes(info, 0);
  const held = info.kvBytesPerToken > 0 ? Math.floor(room / info.kvBytesPerToken) : most;
  const min = Math.min(SMALLEST_AUTOMATIC_CONTEXT, trained);
  return { min, max: Math.max(min, Math.min(most, held)) };
}
