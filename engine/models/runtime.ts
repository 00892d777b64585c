import type { ContractRouterClient, InferContractRouterOutputs } from "@orpc/contract";
import { Emitter } from "../base/emitter.ts";
import { isAbort, LorekeepError } from "../base/errors.ts";
import { Mutex } from "../base/mutex.ts";
import { pump } from "../base/pump.ts";
import type { generatorContract, GenerateEvent, GenerateInput, Probed, ProbeInput } from "../workers/generator/contract.ts";
import type { WorkerHost } from "../workers/host.ts";
import { Supervisor, type WorkerState } from "../workers/supervisor.ts";
import { GeneratorMemory } from "./memory-cap.ts";
import type { ModelShelf } from "./shelf.ts";
import { resolveWanted, type LoadInput, type LoadOptions, type ModelRef, type Wanted } from "./wanted.ts";

type Outputs = InferContractRouterOutputs<typeof generatorContract>;
export type GeneratorLoaded = Outputs["load"];

export interface RuntimeState {
  readonly state: "empty" | "loading" | "ready" | "failed";
  readonly modelId?: string;
  readonly loaded?: GeneratorLoaded;
  readonly error?: { readonly code: string; readonly reason: string; readonly next?: string };
}

export interface ModelRuntimeOptions {
  readonly host: WorkerHost;
  readonly shelf: Pick<ModelShelf, "get" | "threadsFor" | "rememberThreads">;
  /** Milliseconds; defaults: 120 s each. `stallMs` is the longest silence of a model that is writing or reading its prompt. */
  readonly loadMs?: number;
  readonly stallMs?: number;
}

type Work<T> = (client: ContractRouterClient<typeof generatorContract>, signal: AbortSignal) => Promise<T>;
interface CallOptions {
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Times a call is moved to a fresh process before giving up. */
const ATTEMPTS = 3;
const COUNT_MS = 30_000;
/** A probe's events come once per question, after a whole answer: so many times the silence of one that writes. */
const PROBE_SILENCE = 5;
const MEBIBYTE = 2 ** 20;

/**
 * The generator worker as the rest of the engine sees it: one loaded model that stays loaded. When the process dies, the call in flight
 * fails with WORKER_DIED and the next one loads the model again first. A GPU that takes the process down is not tried again.
 */
export class ModelRuntime {
  private readonly supervisor: Supervisor<typeof generatorContract>;
  private readonly options: ModelRuntimeOptions;
  private readonly changes = new Emitter<RuntimeState>();
  private readonly loading = new Mutex();
  private current: RuntimeState = { state: "empty" };
  private wanted: Wanted | undefined;
  /** The supervisor's generation that holds `wanted`. */
  private inGeneration: number | undefined;
  /** Restarts the deadline of each call under way: requests stand in line, so one that moves is a sign of life for all. */
  private readonly waiting = new Set<() => void>();
  private gpuGivenUp = false;
  private gpuFree: number | undefined;
  private readonly memory = new GeneratorMemory();

  constructor(options: ModelRuntimeOptions) {
    this.options = options;
    this.supervisor = new Supervisor(options.host, "generator", {
      memoryMb: () => Math.ceil(this.memoryLimit / MEBIBYTE), idleMs: 0, startMs: 30_000,
      onState: (worker) => { if (worker.state === "stopped" && worker.lastDeath) this.died(worker.lastDeath); },
    });
  }

  get state(): RuntimeState {
    return this.current;
  }

  /** Hash of the file that is loaded or to be loaded again, as the shelf knew it then. */
  get fileSha256(): string | undefined {
    return this.wanted?.sha256;
  }

  /** Bytes that were free on the graphics card before anything was loaded, as of the last load that used it. */
  get gpuFreeBytes(): number | undefined {
    return this.gpuGivenUp ? undefined : this.gpuFree;
  }

  /** The generator process, for the status page. */
  get worker(): WorkerState {
    return this.supervisor.state;
  }

  /** Bytes beyond which the process is ended. */
  get memoryLimit(): number {
    return this.memory.limitBytes;
  }

  onChange(listener: (state: RuntimeState) => void): () => void {
    return this.changes.listen(listener);
  }

  /**
   * Loads a model in place of the one before. Two loads at once run one after the other, so the later one wins.
   * @throws LorekeepError NOT_FOUND, MODEL_REFUSED, MODEL_FAILED, TIMED_OUT, WORKER_DIED; AbortError, after which no model is loaded.
   */
  async load(ref: ModelRef, options: LoadOptions = {}): Promise<GeneratorLoaded> {
    return this.loading.run(options.signal, async () => {
      const { wanted, info } = await resolveWanted(ref, options, this.options.shelf);
      this.memory.modelLoads(info, options.contextSize);
      this.wanted = undefined; // until it is loaded, nothing else must be loaded again in its place
      this.tell({ state: "loading", ...(wanted.modelId ? { modelId: wanted.modelId } : {}) });
      try {
        return await this.bring(wanted, options.signal);
      } catch (error) {
        this.tell(isAbort(error) ? { state: "empty" } : failed(wanted.modelId, error));
        throw error;
      }
    });
  }

  /** Gives the memory back by ending the process. */
  async unload(): Promise<void> {
    await this.loading.run(undefined, async () => {
      this.wanted = undefined;
      this.supervisor.stop("The model was unloaded.");
      this.tell({ state: "empty" });
    });
  }

  countTokens(texts: readonly string[], signal?: AbortSignal): Promise<number[]> {
    return this.call((client, stop) => client.countTokens({ texts: [...texts] }, { signal: stop }), { deadlineMs: COUNT_MS, signal });
  }

  /** Tokens of the conversation as the model's own template renders it. */
  countPromptTokens(input: Pick<GenerateInput, "system" | "history" | "prompt">, signal?: AbortSignal): Promise<number> {
    return this.call((client, stop) => client.countPromptTokens(input, { signal: stop }), { deadlineMs: COUNT_MS, signal });
  }

  /**
   * Streams the answer, then exactly one `done`. Leaving the loop or aborting stops the model. A long answer is fine; a silent
   * model is not: no event for `stallMs` kills the process.
   * @throws LorekeepError NEEDS_MODEL, TOO_LONG, MODEL_REFUSED (adapter), TIMED_OUT, WORKER_DIED; AbortError.
   */
  generate(input: GenerateInput, signal?: AbortSignal): AsyncGenerator<GenerateEvent, void, void> {
    return this.streamed((client, stop) => client.generate(input, { signal: stop }), { adapters: input.adapters, signal });
  }

  /** How the loaded model answers with a set of adapters, question by question; see the generator's contract. Silence kills, as in {@link generate}. */
  probe(input: ProbeInput, signal?: AbortSignal): AsyncGenerator<Probed, void, void> {
    return this.streamed((client, stop) => client.probe(input, { signal: stop }), { adapters: input.adapters, signal, patience: PROBE_SILENCE });
  }

  dispose(): void {
    this.supervisor.dispose();
  }

  private streamed<T>(work: Work<AsyncIterable<T>>, about: { adapters: GenerateInput["adapters"]; signal: AbortSignal | undefined; patience?: number }): AsyncGenerator<T, void, void> {
    return pump<T>(async (emit, stop) => {
      await this.memory.adaptersUsed(about.adapters.map(({ path }) => path));
      await this.call(async (client, callSignal) => {
        for await (const event of await work(client, callSignal)) {
          for (const alive of this.waiting) alive();
          emit(event);
        }
      }, { deadlineMs: (this.options.stallMs ?? 120_000) * (about.patience ?? 1), signal: stop });
    }, about.signal);
  }

  private async call<T>(work: Work<T>, options: CallOptions): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      await this.ensureLoaded(options.signal);
      const done = await this.attempt(work, options);
      if (done) return done.value;
      if (attempt === ATTEMPTS) throw new LorekeepError("WORKER_DIED", { reason: "The generator stopped again and again.", next: "Load the model with a smaller context, or another model." });
    }
  }

  /** undefined: the process holds no model. It died after the check, or had to load its model afresh for a replaced adapter and could not. */
  private async attempt<T>(work: Work<T>, options: CallOptions): Promise<{ value: T } | undefined> {
    let mine: (() => void) | undefined;
    try {
      return await this.supervisor.call(async (client, signal, generation, alive) => {
        if (generation !== this.inGeneration) {
          this.inGeneration = undefined;
          return undefined;
        }
        mine = alive;
        this.waiting.add(alive);
        return { value: await work(client, signal) };
      }, options);
    } catch (error) {
      if (!(error instanceof LorekeepError && error.code === "NEEDS_MODEL")) throw error;
      this.inGeneration = undefined;
      return undefined;
    } finally {
      if (mine) this.waiting.delete(mine);
    }
  }

  /** Loads the wanted model again where the process that held it is gone. */
  private async ensureLoaded(signal: AbortSignal | undefined): Promise<void> {
    await this.loading.run(signal, async () => {
      const { wanted } = this;
      if (!wanted) throw new LorekeepError("NEEDS_MODEL", { reason: "No model is loaded.", next: "Choose a model and load it." });
      if (this.inGeneration !== undefined) return;
      const before = this.current;
      this.tell({ state: "loading", ...(wanted.modelId ? { modelId: wanted.modelId } : {}) });
      try {
        await this.bring(wanted, signal);
      } catch (error) {
        this.tell(isAbort(error) ? before : failed(wanted.modelId, error)); // To stop is no failure: the next question loads it.
        throw error;
      }
    });
  }

  /** Loads, with the GPU given up where it kills the process, and remembers what was measured. */
  private async bring(wanted: Wanted, signal: AbortSignal | undefined): Promise<GeneratorLoaded> {
    const gpu = this.gpuGivenUp ? "off" : wanted.input.gpu;
    let loaded: GeneratorLoaded;
    try {
      loaded = await this.loadInto({ ...wanted.input, gpu }, signal);
    } catch (error) {
      const killed = error instanceof LorekeepError && (error.code === "WORKER_DIED" || error.code === "TIMED_OUT");
      if (!killed || gpu === "off") throw error;
      loaded = await this.loadInto({ ...wanted.input, gpu: "off" }, signal);
      this.gpuGivenUp = true; // it loads without: the GPU was what killed it
    }
    this.gpuFree = loaded.memory.gpuFreeBytesBefore;
    const input = { ...wanted.input, threads: loaded.threads };
    this.wanted = { ...wanted, input };
    this.tell({ state: "ready", ...(wanted.modelId ? { modelId: wanted.modelId } : {}), loaded });
    if (wanted.sha256 && wanted.input.threads === undefined) await this.options.shelf.rememberThreads(wanted.sha256, loaded.threads);
    return loaded;
  }

  private async loadInto(input: LoadInput, signal: AbortSignal | undefined): Promise<GeneratorLoaded> {
    this.inGeneration = undefined;
    return this.supervisor.call(async (client, stop, generation) => {
      const loaded = await client.load(input, { signal: stop });
      this.inGeneration = generation;
      return loaded;
    }, { deadlineMs: this.options.loadMs ?? 120_000, signal });
  }

  private died(reason: string): void {
    this.inGeneration = undefined;
    if (this.current.state === "ready") this.tell({ state: "failed", ...(this.current.modelId ? { modelId: this.current.modelId } : {}), error: { code: "WORKER_DIED", reason, next: "Ask again: the model is loaded afresh." } });
  }

  private tell(state: RuntimeState): void {
    this.current = state;
    this.changes.emit(state);
  }
}

function failed(modelId: string | undefined, error: unknown): RuntimeState {
  const { code, details } = error instanceof LorekeepError ? error : new LorekeepError("INTERNAL", error instanceof Error ? error.message : String(error));
  return { state: "failed", ...(modelId ? { modelId } : {}), error: { code, reason: details.reason, ...(details.next ? { next: details.next } : {}) } };
}
