import { app, utilityProcess, type MessagePortMain } from "electron";
import { variable } from "../engine/base/environment.ts";

/** A process main has forked: what {@link utilityProcess} gives, as far as it is used. */
export interface ChildProcess {
  /** Known once it has spawned. */
  readonly pid: number | undefined;
  readonly stdout: NodeJS.ReadableStream | null;
  readonly stderr: NodeJS.ReadableStream | null;
  postMessage(message: unknown, ports?: MessagePortMain[]): void;
  on(event: "message", listener: (message: unknown) => void): unknown;
  once(event: "spawn", listener: () => void): unknown;
  once(event: "exit", listener: (code: number | null) => void): unknown;
}

export interface ForkOptions {
  readonly execArgv?: string[];
  readonly serviceName: string;
  readonly stdio: "pipe" | "inherit";
}

export type Fork = (entry: string, options: ForkOptions) => ChildProcess;

/**
 * How processes are made. The tests' old Electron has a Node too old for the engine, so there (and only where the app is not packaged)
 * LOREKEEP_ENGINE_SHIM names a module that forks the machine's own Node in the same way.
 */
export function chooseFork(): Fork {
  const shim = app.isPackaged ? undefined : variable(process.env, "LOREKEEP_ENGINE_SHIM");
  if (shim !== undefined) return (require(shim) as { fork: Fork }).fork;
  return (entry, { execArgv = [], serviceName, stdio }) => utilityProcess.fork(entry, [], { execArgv, serviceName, stdio, env: childEnvironment() });
}

/** Children inherit the environment, without what would change how Node itself runs. */
function childEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name, value]) => value !== undefined && !/^(NODE_OPTIONS|NODE_PATH|ELECTRON_.*)$/.test(name));
  return Object.fromEntries(kept) as Record<string, string>;
}

/** Ends a process at once: neither the engine after its time to close, nor a worker, holds anything worth a second request. */
export function killNow(child: ChildProcess): void {
  if (child.pid === undefined) {
    child.once("spawn", () => killNow(child));
    return;
  }
  try {
    process.kill(child.pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // It was gone already.
  }
}
