import type { MessagePortMainLike } from "@orpc/client/message-port";

/** The worker processes there are; each is one entry file of the build: out/workers/<name>.mjs. */
export const workerNames = ["reader", "embedder", "generator", "ranker", "ocr", "tuner"] as const;
export type WorkerName = (typeof workerNames)[number];

/** How and why a worker ended. `code` and `signal` as Node reports them; a signal we sent ourselves is told apart by the supervisor. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** One running worker process as its host sees it. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  /** Carries oRPC messages. Emits "close" when the process is gone. */
  readonly port: MessagePortMainLike;
  /** SIGKILL: workers hold nothing worth saving. */
  kill(): void;
  onExit(listener: (exit: WorkerExit) => void): void;
  /** Lines the worker wrote to stdout or stderr. */
  onLog(listener: (line: string) => void): void;
}

/** How a process is made is given by the host: fork in Node, a further utilityProcess in Electron. */
export interface WorkerHost {
  spawn(name: WorkerName, options: { heapMb: number }): WorkerProcess;
}
