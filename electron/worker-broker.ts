import { MessageChannelMain } from "electron";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { FromEngine, ToEngine } from "./host-messages.ts";
import { killNow, type ChildProcess, type Fork } from "./processes.ts";

/** Makes worker processes when the engine asks, and leaves: what the engine and a worker say goes over a channel of their own. */
export interface WorkerBroker {
  /** Takes what the engine says about workers; everything else is left alone. */
  receive(message: FromEngine): void;
  /** Ends every worker. */
  dispose(): void;
}

/** What may be started: the entries of the build, and no path. */
const workerNames: readonly string[] = ["reader", "embedder", "generator", "ranker", "ocr", "tuner"];

/** One broker per engine process: its workers end with it. */
export function createWorkerBroker(options: { fork: Fork; workersFolder: string; engine: ChildProcess }): WorkerBroker {
  const workers = new Map<number, ChildProcess>();
  const tell = (message: ToEngine, ports: Electron.MessagePortMain[] = []) => options.engine.postMessage(message, ports);
  let disposed = false;

  const spawn = (id: number, name: string, heapMb: number) => {
    const worker = options.fork(join(options.workersFolder, `${name}.mjs`), { execArgv: [`--max-old-space-size=${heapMb}`], serviceName: `Lorekeep ${name}`, stdio: "pipe" });
    workers.set(id, worker);
    const { port1, port2 } = new MessageChannelMain();
    worker.postMessage("port", [port2]);
    tell({ type: "worker", id }, [port1]);
    worker.once("spawn", () => worker.pid !== undefined && tell({ type: "worker-pid", id, pid: worker.pid }));
    for (const stream of [worker.stdout, worker.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", (line) => tell({ type: "worker-log", id, line }));
    }
    worker.once("exit", (code) => {
      workers.delete(id);
      if (!disposed) tell({ type: "worker-exit", id, code });
    });
  };

  return {
    receive(message) {
      if (disposed) return;
      if (message.type === "spawn" && workerNames.includes(message.name)) spawn(message.id, message.name, message.heapMb);
      else if (message.type === "kill") {
        const worker = workers.get(message.id);
        if (worker) killNow(worker);
      }
    },
    dispose() {
      disposed = true;
      for (const worker of workers.values()) killNow(worker);
    },
  };
}
