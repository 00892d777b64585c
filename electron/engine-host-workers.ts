import type { MessagePortMainLike } from "@orpc/client/message-port";
import type { WorkerExit, WorkerHost, WorkerProcess } from "../engine/workers/host.ts";
import type { FromEngine, ToEngine } from "./host-messages.ts";

/** A port as an Electron utility process gets it. */
export interface StartablePort extends MessagePortMainLike {
  start(): void;
}

/** Workers made by main: the engine asks, main forks a further utility process and hands both ends of a channel over. */
export interface BrokeredWorkers extends WorkerHost {
  /** Takes what main says about workers; everything else is left alone. */
  receive(message: ToEngine, ports: readonly StartablePort[]): void;
}

/** @param ask sends to main */
export function createBrokeredWorkers(ask: (message: FromEngine) => void): BrokeredWorkers {
  const workers = new Map<number, BrokeredWorker>();
  let lastId = 0;
  return {
    spawn(name, { heapMb }) {
      const id = ++lastId;
      const worker = new BrokeredWorker(() => ask({ type: "kill", id }));
      workers.set(id, worker);
      ask({ type: "spawn", id, name, heapMb });
      return worker;
    },
    receive(message, ports) {
      const worker = "id" in message ? workers.get(message.id) : undefined;
      if (!worker) return;
      if (message.type === "worker" && ports[0]) worker.port.attach(ports[0]);
      else if (message.type === "worker-pid") worker.pid = message.pid;
      else if (message.type === "worker-log") worker.log(message.line);
      else if (message.type === "worker-exit") {
        workers.delete(message.id);
        worker.exit({ code: message.code, signal: null });
      }
    },
  };
}

class BrokeredWorker implements WorkerProcess {
  pid: number | undefined;
  readonly port = new LatePort();
  readonly kill: () => void;
  private readonly exitListeners: ((exit: WorkerExit) => void)[] = [];
  private readonly logListeners: ((line: string) => void)[] = [];

  constructor(kill: () => void) {
    this.kill = kill;
  }

  onExit(listener: (exit: WorkerExit) => void): void {
    this.exitListeners.push(listener);
  }

  onLog(listener: (line: string) => void): void {
    this.logListeners.push(listener);
  }

  exit(exit: WorkerExit): void {
    for (const listener of this.exitListeners) listener(exit);
  }

  log(line: string): void {
    for (const listener of this.logListeners) listener(line);
  }
}

/** A port that can be used before main has sent it. */
class LatePort implements MessagePortMainLike {
  private port: StartablePort | undefined;
  private readonly waiting: unknown[] = [];
  private readonly listeners: { event: string; callback: (event?: { data: unknown }) => void }[] = [];

  attach(port: StartablePort): void {
    this.port = port;
    for (const { event, callback } of this.listeners) port.on(event, callback);
    port.start();
    for (const data of this.waiting.splice(0)) port.postMessage(data);
  }

  postMessage(data: unknown): void {
    if (this.port) this.port.postMessage(data);
    else this.waiting.push(data);
  }

  on(event: string, callback: (event?: { data: unknown }) => void): void {
    if (this.port) this.port.on(event, callback);
    else this.listeners.push({ event, callback });
  }
}
