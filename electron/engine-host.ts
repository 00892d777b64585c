/**
 * The engine's process: a utilityProcess that main forks. It owns the engine, serves the contract on every port main hands over (one per
 * page), and asks main for its workers. Main brokers ports and is not in the path of the data.
 */
import { variable } from "../engine/base/environment.ts";
import { RPCHandler } from "@orpc/server/message-port";
import { LorekeepError } from "../engine/base/errors.ts";
import { createEngine, type Engine } from "../engine/engine.ts";
import { createBrokeredWorkers, type StartablePort } from "./engine-host-workers.ts";
import type { EngineFailure, EngineStart, FromEngine, ToEngine } from "./host-messages.ts";

interface Parent {
  on(event: "message", listener: (event: { data: ToEngine; ports: StartablePort[] }) => void): void;
  postMessage(message: FromEngine): void;
}

function host(parent: Parent): void {
  const tell = (message: FromEngine) => parent.postMessage(message);
  const workers = createBrokeredWorkers(tell);
  let engine: Promise<Engine> | undefined;

  const start = async ({ workspace, resources, version }: EngineStart) => {
    engine = createEngine({ workspace, resources, version, hostKind: "electron", workerHost: workers, store: variable(process.env, "LOREKEEP_STORE") });
    await engine;
    tell({ type: "ready" });
  };
  const servePage = async (port: StartablePort | undefined) => {
    if (!engine || !port) throw new Error("Main sent a page before it started the engine");
    const { router } = await engine;
    new RPCHandler(router).upgrade(wellFormed(port));
    port.start(); // Until now what the page sent has waited in the port.
  };
  const stop = async () => {
    await (await engine)?.dispose();
    process.exit(0);
  };

  parent.on("message", ({ data, ports }) => {
    if (data.type === "start") start(data).catch((error: unknown) => tell({ type: "failed", failure: failureOf(error) }));
    else if (data.type === "page") servePage(ports[0]).catch(() => undefined); // An engine that did not start has said so already.
    else if (data.type === "stop") stop().catch((error: unknown) => { console.error(error); process.exit(1); });
    else workers.receive(data, ports);
  });
}

function failureOf(error: unknown): EngineFailure {
  if (error instanceof LorekeepError) return { code: error.code, reason: error.details.reason, ...(error.details.next === undefined ? {} : { next: error.details.next }) };
  return { code: "INTERNAL", reason: error instanceof Error ? error.message : String(error) };
}

/**
 * oRPC decodes inside an event listener and would turn a malformed message into an unhandled rejection, which ends the process.
 * A page may not do that to the engine: what is no call of oRPC's JSON form is dropped.
 */
function wellFormed(port: StartablePort): StartablePort {
  return {
    start: () => port.start(),
    postMessage: (data, transfer) => (transfer ? port.postMessage(data, transfer) : port.postMessage(data)),
    on: (event, callback) => port.on(event, (message) => {
      if (event !== "message" || isCall(message?.data)) callback(message);
      else console.error("The page sent something that is no call; it was dropped.");
    }),
  };
}

function isCall(data: unknown): boolean {
  if (typeof data !== "string") return false;
  try {
    const { i: id, t: type, p: payload } = JSON.parse(data) as { i?: unknown; t?: unknown; p?: { u?: unknown } | null };
    const isRequest = type === undefined || type === 1;
    return typeof id === "string" && (isRequest ? typeof payload?.u === "string" && payload.u.startsWith("/") : type === 4 || (type === 3 && typeof payload === "object" && payload !== null));
  } catch {
    return false; // Not JSON, or null.
  }
}

host(process.parentPort as unknown as Parent); // Electron's own type of it carries neither our messages nor oRPC's form of a port.
