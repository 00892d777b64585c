import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/message-port";
import type { AnyContractRouter, ContractRouterClient } from "@orpc/contract";
import pidusage from "pidusage";
import { isAbort, LorekeepError, type ErrorDetails } from "../base/errors.ts";
import { unlessAborted } from "../base/unless-aborted.ts";
import type { WorkerExit, WorkerHost, WorkerName, WorkerProcess } from "./host.ts";

export interface SupervisorOptions {
  /**
   * Resident memory beyond which the process is killed, MiB. The JavaScript heap inside is capped at half of what it is at the start.
   * A function is asked again at every check, for a worker whose need depends on what it has loaded.
   */
  readonly memoryMb: number | (() => number);
  /** Milliseconds without a call after which the process is stopped. 0: never. */
  readonly idleMs: number;
  /** Milliseconds from start to the ready handshake. */
  readonly startMs: number;
  readonly onState?: (state: WorkerState) => void;
}

export interface WorkerState {
  readonly name: WorkerName;
  readonly state: "stopped" | "starting" | "ready";
  readonly pid?: number;
  readonly restarts: number;
  readonly lastDeath?: string;
}

export interface CallOptions {
  /**
   * Milliseconds the call may take, counted from its start or from its last `alive()`; past it the worker is killed and the call
   * fails with TIMED_OUT.
   */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** The running process of one generation: everything that dies with it. */
interface Generation<C> {
  /** Changes with every process, however the last one ended. */
  readonly number: number;
  readonly process: WorkerProcess;
  readonly client: C;
  readonly ready: Promise<void>;
  readonly died: Promise<never>;
  killedBecause?: ErrorDetails & { /** RESTS: stopped for want of work, no death to report. */ code: "TIMED_OUT" | "TOO_LARGE" | "WORKER_DIED" | "RESTS" };
}

/** Room for the banner V8 prints when it runs out of memory. */
const LOG_LINES = 60;
const MEMORY_CHECK_MS = 1000;
const BACK_OFF_MS = [0, 100, 500, 2000, 5000];
/** Between a worker's port closing and its exit event. */
const EXIT_WAIT_MS = 2000;

/**
 * Keeps one worker process: started on demand, ready handshake, a deadline per call, a memory cap, death turned into a typed error
 * for the calls in flight, restart with back-off, stop when idle. The three workers differ in their contract and options only.
 */
export class Supervisor<R extends AnyContractRouter> {
  private generation: Generation<ContractRouterClient<R>> | undefined;
  private inFlight = 0;
  private idleTimer: NodeJS.Timeout | undefined;
  private started = 0;
  private isReady = false;
  private deathsInARow = 0;
  private deaths = 0;
  private lastDeath: string | undefined;
  private disposed = false;
  private readonly host: WorkerHost;
  private readonly name: WorkerName;
  private readonly options: SupervisorOptions;

  constructor(host: WorkerHost, name: WorkerName, options: SupervisorOptions) {
    this.host = host;
    this.name = name;
    this.options = options;
  }

  get state(): WorkerState {
    const pid = this.generation?.process.pid;
    return {
      name: this.name,
      state: this.generation ? (this.isReady ? "ready" : "starting") : "stopped",
      restarts: this.deaths,
      ...(pid === undefined ? {} : { pid }),
      ...(this.lastDeath === undefined ? {} : { lastDeath: this.lastDeath }),
    };
  }

  /**
   * Runs `work` against the worker. It gets the typed client and a signal that it must pass to every call it makes; `generation`
   * is a number that changes when the process was replaced, so that callers know to load their model again. `alive` starts the
   * deadline anew: for streams, where silence is what is wrong and not length.
   * @throws LorekeepError WORKER_DIED, TIMED_OUT or TOO_LARGE (memory), or what the worker's own procedure threw.
   */
  async call<T>(work: (client: ContractRouterClient<R>, signal: AbortSignal, generation: number, alive: () => void) => Promise<T>, options: CallOptions): Promise<T> {
    if (this.disposed) throw new LorekeepError("WORKER_DIED", `The ${this.name} is shut down.`);
    options.signal?.throwIfAborted();
    this.inFlight++;
    clearTimeout(this.idleTimer);
    const cancel = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, cancel.signal]) : cancel.signal;
    let deadline: NodeJS.Timeout | undefined;
    let used: Generation<ContractRouterClient<R>> | undefined;
    try {
      const generation = await unlessAborted(this.ensure(), signal); // a stop does not wait for a start, nor for the pause before it
      used = generation;
      deadline = setTimeout(() => {
        this.kill(generation, { code: "TIMED_OUT", reason: `The ${this.name} did not finish within ${Math.round(options.deadlineMs / 1000)} seconds.` });
      }, options.deadlineMs);
      const result = await Promise.race([work(generation.client, signal, generation.number, () => deadline?.refresh()), generation.died]);
      this.deathsInARow = 0;
      return result;
    } catch (error) {
      if (options.signal?.aborted && !(error instanceof LorekeepError)) throw options.signal.reason;
      // A dying worker closes its port a moment before its exit is known, and oRPC reports that as an abort that nobody asked for.
      if (isAbort(error) && used) throw await Promise.race([used.died.catch((death: unknown) => death), later(EXIT_WAIT_MS).then(() => error)]);
      throw isAbort(error) ? error : fromWorker(error);
    } finally {
      clearTimeout(deadline);
      cancel.abort();
      this.inFlight--;
      this.restWhenIdle();
    }
  }

  /** Stops the process now; the next call starts a fresh one. Calls in flight fail with WORKER_DIED. */
  stop(reason = `The ${this.name} was stopped.`): void {
    if (this.generation) this.kill(this.generation, { code: "WORKER_DIED", reason });
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.idleTimer);
    this.stop(`The ${this.name} is shut down.`);
  }

  private async ensure(): Promise<Generation<ContractRouterClient<R>>> {
    if (!this.generation) {
      const wait = BACK_OFF_MS[Math.min(this.deathsInARow, BACK_OFF_MS.length - 1)] ?? 0;
      if (wait > 0) await later(wait);
      // Another call may have started it while this one waited.
      this.generation ??= this.start();
    }
    const generation = this.generation;
    await Promise.race([generation.ready, generation.died]);
    return generation;
  }

  private start(): Generation<ContractRouterClient<R>> {
    if (this.disposed) throw new LorekeepError("WORKER_DIED", `The ${this.name} is shut down.`);
    const process = this.host.spawn(this.name, { heapMb: Math.floor(this.memoryMb / 2) });
    const log: string[] = [];
    process.onLog((line) => {
      log.push(line);
      if (log.length > LOG_LINES) log.shift();
    });
    const ready = new Promise<void>((resolve) => {
      process.port.on("message", (event) => {
        if (event?.data === "ready") resolve();
      });
    });
    const died = new Promise<never>((_, reject) => {
      process.onExit((exit) => reject(this.buried(generation, exit, log)));
    });
    const client: ContractRouterClient<R> = createORPCClient(new RPCLink({ port: ignoringReady(process.port) }));
    const generation: Generation<ContractRouterClient<R>> = { number: ++this.started, process, client, ready, died };
    const startTimer = setTimeout(() => this.kill(generation, { code: "TIMED_OUT", reason: `The ${this.name} did not start.` }), this.options.startMs);
    const memoryTimer = setInterval(() => void this.checkMemory(generation), MEMORY_CHECK_MS).unref();
    void ready.then(() => {
      clearTimeout(startTimer);
      if (this.generation === generation) this.isReady = true;
      this.options.onState?.(this.state);
    });
    // Nobody may be waiting when it dies; every later call starts a fresh one.
    died.catch(() => {
      clearTimeout(startTimer);
      clearInterval(memoryTimer);
    });
    return generation;
  }

  /** Books a death and says what the calls in flight are told. */
  private buried(generation: Generation<ContractRouterClient<R>>, exit: WorkerExit, log: readonly string[]): LorekeepError {
    this.leave(generation);
    const why = generation.killedBecause;
    if (!why) this.deathsInARow++;
    const reason = why?.reason ?? `The ${this.name} stopped unexpectedly (${exit.signal ?? `exit code ${exit.code}`}).`;
    if (why?.code !== "RESTS") {
      this.deaths++;
      this.lastDeath = reason;
    }
    this.options.onState?.(this.state);
    const detail = log.join("\n");
    return new LorekeepError(!why || why.code === "RESTS" ? "WORKER_DIED" : why.code, { reason, ...(detail ? { detail } : {}) });
  }

  private kill(generation: Generation<ContractRouterClient<R>>, because: NonNullable<Generation<ContractRouterClient<R>>["killedBecause"]>): void {
    generation.killedBecause ??= because;
    this.leave(generation); // A call that comes between the kill and the exit starts a fresh process.
    generation.process.kill();
  }

  private leave(generation: Generation<ContractRouterClient<R>>): void {
    if (this.generation !== generation) return;
    this.generation = undefined;
    this.isReady = false;
  }

  private get memoryMb(): number {
    const { memoryMb } = this.options;
    return typeof memoryMb === "number" ? memoryMb : memoryMb();
  }

  private async checkMemory(generation: Generation<ContractRouterClient<R>>): Promise<void> {
    const { pid } = generation.process;
    if (pid === undefined) return;
    try {
      const { memory } = await pidusage(pid);
      const limit = this.memoryMb;
      if (memory / 2 ** 20 > limit) {
        this.kill(generation, { code: "TOO_LARGE", reason: `The ${this.name} needed more than ${limit} MB of memory and was stopped.` });
      }
    } catch {
      // The process ended between two checks; its exit event says the rest.
    }
  }

  private restWhenIdle(): void {
    if (this.inFlight > 0 || this.options.idleMs === 0 || this.disposed) return;
    clearTimeout(this.idleTimer);
    this.idleTimer = setTimeout(() => {
      const generation = this.generation;
      if (generation && this.inFlight === 0) this.kill(generation, { code: "RESTS", reason: `The ${this.name} rests.` });
    }, this.options.idleMs);
    this.idleTimer.unref();
  }
}

const later = (ms: number) => new Promise<void>((resolve) => { setTimeout(resolve, ms); });

/** oRPC must not see the handshake message. */
function ignoringReady(port: WorkerProcess["port"]): WorkerProcess["port"] {
  return {
    postMessage: (data, transfer) => (transfer ? port.postMessage(data, transfer) : port.postMessage(data)),
    on: (event, callback) => port.on(event, (message) => (message?.data === "ready" ? undefined : callback(message))),
  };
}

/** A defined error of a worker's procedure keeps its code; anything else is the worker's bug and says so. */
function fromWorker(error: unknown): unknown {
  if (error instanceof LorekeepError) return error;
  const data = error instanceof Error && "data" in error ? (error.data as Partial<ErrorDetails> | undefined) : undefined;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (data?.reason) return new LorekeepError(code as LorekeepError["code"], data as ErrorDetails, { cause: error });
  return new LorekeepError("INTERNAL", { reason: error instanceof Error ? error.message : String(error) }, { cause: error });
}
