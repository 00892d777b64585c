import type { ChildProcess } from "node:child_process";
import { RPCHandler } from "@orpc/server/message-port";
import type { AnyRouter } from "@orpc/server";
import type { MessagePortMainLike } from "@orpc/client/message-port";
import { denyNetwork } from "./no-network.ts";

/**
 * The inside half of a worker process: finds the port its host gave it and serves `router` on it. Two hosts, one line of
 * difference: a forked Node child talks over `process.send`; an Electron utilityProcess is handed a MessagePort in its first message.
 * Announces "ready" once, when it can take calls. Closes the network first.
 */
export function serveWorker(router: AnyRouter): void {
  denyNetwork();
  const serve = (port: MessagePortMainLike) => {
    new RPCHandler(router).upgrade(port);
    port.postMessage("ready");
  };
  const parent = electronParentPort();
  if (parent) {
    parent.once("message", (event) => {
      const port = event.ports[0];
      if (!port) throw new Error("The host sent no port");
      port.start();
      serve(port);
    });
    return;
  }
  if (!process.send) throw new Error("A worker is started by its host, not by hand");
  process.once("disconnect", () => process.exit(0));
  serve(processPort(process));
}

interface ElectronParentPort {
  once(event: "message", listener: (event: { ports: (MessagePortMainLike & { start(): void })[] }) => void): void;
}

/** Electron's types are not known here on purpose: the engine must not depend on Electron. */
function electronParentPort(): ElectronParentPort | undefined {
  return "parentPort" in process ? (process.parentPort as ElectronParentPort | null) ?? undefined : undefined;
}

/** Node's IPC channel (of a child seen from inside, or of a forked child seen from its parent) as a message port. */
export function processPort(channel: Pick<NodeJS.Process, "send" | "on"> | ChildProcess): MessagePortMainLike {
  return {
    postMessage: (data) => {
      // The callback takes the error of a channel that closed under us; the "close" event is what callers act on.
      if (!("connected" in channel) || channel.connected) channel.send?.(data, undefined, undefined, () => undefined);
    },
    on: (event, callback) => {
      const source = channel as NodeJS.EventEmitter;
      if (event === "message") source.on("message", (data: unknown) => callback({ data }));
      else if (event === "close") source.on("disconnect", () => callback());
    },
  };
}
