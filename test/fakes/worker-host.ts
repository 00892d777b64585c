import { RPCHandler } from "@orpc/server/message-port";
import type { AnyRouter } from "@orpc/server";
import type { MessagePortMainLike } from "@orpc/client/message-port";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import type { WorkerExit, WorkerHost } from "../../engine/workers/host.ts";

/** A worker "process" in this process: a message channel that can be killed. Real ports, real oRPC, no fork. */
export interface FakeWorkers {
  readonly host: WorkerHost;
  /** How many were started so far. */
  readonly started: () => number;
  /** Lets the newest one say that it is ready, where it does not by itself. */
  ready(): void;
  /** Ends the newest one as a crash would. */
  crash(exit?: WorkerExit, lastWords?: string): void;
}

export function createFakeWorkers(router: AnyRouter, options: { neverReady?: boolean } = {}): FakeWorkers {
  let started = 0;
  let newest: { end(exit: WorkerExit): void; log(line: string): void; ready(): void } | undefined;
  return {
    started: () => started,
    ready: () => newest?.ready(),
    crash: (exit = { code: null, signal: "SIGSEGV" }, lastWords) => {
      if (lastWords) newest?.log(lastWords);
      newest?.end(exit);
    },
    host: {
      spawn: () => {
        started++;
        const { port1, port2 } = new MessageChannel();
        const exits: ((exit: WorkerExit) => void)[] = [];
        const logs: ((line: string) => void)[] = [];
        let ended = false;
        const end = (exit: WorkerExit) => {
          if (ended) return;
          ended = true;
          port1.close();
          port2.close();
          setTimeout(() => exits.forEach((listener) => listener(exit)), 5);
        };
        newest = { end, log: (line) => logs.forEach((listener) => listener(line)), ready: () => port1.postMessage("ready") };
        new RPCHandler(router).upgrade(port1);
        if (!options.neverReady) port1.postMessage("ready");
        return {
          pid: undefined, port: asElectronPort(port2), kill: () => end({ code: null, signal: "SIGKILL" }),
          onExit: (listener) => void exits.push(listener), onLog: (listener) => void logs.push(listener),
        };
      },
    },
  };
}

/** Node's ports give `on("message")` the data itself; Electron's, which the supervisor speaks, an event that carries it. */
function asElectronPort(port: MessagePort): MessagePortMainLike {
  return {
    postMessage: (data) => port.postMessage(data),
    on: (event, callback) => void port.on(event, (data: unknown) => callback({ data })),
  };
}
