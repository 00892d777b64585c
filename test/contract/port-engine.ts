/** The tiny engine in a thread of its own, serving every port it is handed: the other end of a real MessagePort. */
import { RPCHandler } from "@orpc/server/message-port";
import { parentPort, type MessagePort } from "node:worker_threads";
import { createTinyEngine } from "./tiny-engine.ts";

const handler = new RPCHandler(createTinyEngine().router);
parentPort?.on("message", (port: MessagePort) => handler.upgrade(port));
