/** What main and the engine's process say to each other. Ports travel beside a message, and only from main to the engine. */

/** The first message to an engine's process. */
export interface EngineStart {
  readonly workspace: string;
  /** Folder that holds models/. */
  readonly resources: string;
  readonly version: string;
}

/** Why an engine could not start; in the words of the contract's errors. */
export interface EngineFailure {
  readonly code: string;
  readonly reason: string;
  readonly next?: string;
}

export type ToEngine =
  | ({ readonly type: "start" } & EngineStart)
  /** Beside it: one end of a channel whose other end a page has. */
  | { readonly type: "page" }
  /** Beside it: one end of a channel whose other end worker `id` has. */
  | { readonly type: "worker"; readonly id: number }
  | { readonly type: "worker-pid"; readonly id: number; readonly pid: number }
  | { readonly type: "worker-log"; readonly id: number; readonly line: string }
  | { readonly type: "worker-exit"; readonly id: number; readonly code: number | null }
  /** Dispose and end. */
  | { readonly type: "stop" };

export type FromEngine =
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly failure: EngineFailure }
  /** heapMb: cap of the JavaScript heap, MiB. */
  | { readonly type: "spawn"; readonly id: number; readonly name: string; readonly heapMb: number }
  | { readonly type: "kill"; readonly id: number };
