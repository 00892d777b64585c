import type { MessagePortMain } from "electron";
import type { EngineFailure, EngineStart, FromEngine, ToEngine } from "./host-messages.ts";
import { killNow, type ChildProcess, type Fork } from "./processes.ts";
import { createWorkerBroker, type WorkerBroker } from "./worker-broker.ts";

export interface EngineProcessOptions {
  readonly fork: Fork;
  /** The engine's entry and the workers' folder in the build. */
  readonly entry: string;
  readonly workersFolder: string;
  readonly start: EngineStart;
  /** A new process is there: pages need new ports. */
  readonly onStarted: () => void;
  /** It died; another one follows. */
  readonly onGone: () => void;
  /** It cannot start, and another try would end the same way. */
  readonly onFailed: (failure: EngineFailure) => void;
}

/** Milliseconds until the next try; a process that lived long starts from the beginning. */
const BACK_OFF_MS = [100, 1000, 3000, 10_000, 30_000];
const LONG_LIFE_MS = 60_000;
/** Milliseconds it may take to close. */
const STOP_MS = 8000;

/** Keeps one engine process running until it is stopped. */
export class EngineProcess {
  private child: ChildProcess | undefined;
  private broker: WorkerBroker | undefined;
  private retry: NodeJS.Timeout | undefined;
  private deaths = 0;
  private stopping = false;
  private readonly options: EngineProcessOptions;

  constructor(options: EngineProcessOptions) {
    this.options = options;
  }

  start(): void {
    const { fork, entry, workersFolder, start } = this.options;
    const child = fork(entry, { serviceName: "Lorekeep engine", stdio: "inherit" });
    const broker = createWorkerBroker({ fork, workersFolder, engine: child });
    const started = Date.now();
    this.child = child;
    this.broker = broker;
    child.on("message", (said) => {
      const message = said as FromEngine; // From our own entry of the same build.
      broker.receive(message);
      if (message.type === "failed") this.failed(child, message.failure);
    });
    child.once("exit", () => this.gone(child, Date.now() - started));
    this.tell({ type: "start", ...start });
    this.options.onStarted();
  }

  /** Hands the engine one end of a page's channel. Returns false where there is no engine now; onStarted will follow. */
  connectPage(port: MessagePortMain): boolean {
    if (!this.child || this.stopping) return false;
    this.tell({ type: "page" }, [port]);
    return true;
  }

  /** Lets the engine close its files, then ends it. Resolves when no process of it is left. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.retry);
    const child = this.child;
    if (!child) return;
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const timer = setTimeout(() => killNow(child), STOP_MS);
    this.tell({ type: "stop" });
    await exited;
    clearTimeout(timer);
  }

  private tell(message: ToEngine, ports: MessagePortMain[] = []): void {
    this.child?.postMessage(message, ports);
  }

  private failed(child: ChildProcess, failure: EngineFailure): void {
    if (this.child !== child) return;
    this.child = undefined;
    this.broker?.dispose();
    killNow(child);
    this.options.onFailed(failure);
  }

  private gone(child: ChildProcess, livedMs: number): void {
    if (this.child !== child) return;
    this.child = undefined;
    this.broker?.dispose();
    if (this.stopping) return;
    this.options.onGone();
    if (livedMs > LONG_LIFE_MS) this.deaths = 0;
    const wait = BACK_OFF_MS[Math.min(this.deaths++, BACK_OFF_MS.length - 1)];
    this.retry = setTimeout(() => this.start(), wait);
  }
}
