import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { AnyRouter } from "@orpc/server";
import { BodyLimitPlugin, RPCHandler as HttpHandler } from "@orpc/server/node";
import { SimpleCsrfProtectionHandlerPlugin } from "@orpc/server/plugins";
import { RPCHandler as SocketHandler } from "@orpc/server/ws";
import { WebSocketServer, type WebSocket } from "ws";

/** Bytes of one call's input: a list of 100,000 paths fits, a file does not (those are uploaded). */
const MAX_MESSAGE_BYTES = 32 * 2 ** 20;
const PING_MS = 30_000;
const CLOSE_GRACE_MS = 500;

/** The contract over HTTP (`POST /api/<procedure>`) and over one WebSocket per page. */
export interface RpcHost {
  handleHttp(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends every stream: sockets are told, then cut. */
  close(): Promise<void>;
}

export function createRpcHost(router: AnyRouter): RpcHost {
  const http = new HttpHandler(router, { plugins: [new SimpleCsrfProtectionHandlerPlugin(), new BodyLimitPlugin({ maxBodySize: MAX_MESSAGE_BYTES })] });
  const calls = new SocketHandler(router);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  const answered = new WeakSet<WebSocket>();
  sockets.on("connection", (socket: WebSocket) => {
    answered.add(socket);
    socket.on("pong", () => answered.add(socket));
    // "close" follows every error, and is what ends the calls of this socket.
    socket.on("error", () => socket.terminate());
    void calls.upgrade(socket, { context: {} });
  });
  // A page whose machine fell asleep or whose tunnel broke never says goodbye.
  const pings = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!answered.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, PING_MS);
  pings.unref();
  return {
    handleHttp: async (request, response) => (await http.handle(request, response, { prefix: "/api", context: {} })).matched,
    handleUpgrade: (request, socket, head) => sockets.handleUpgrade(request, socket, head, (client) => sockets.emit("connection", client, request)),
    close: async () => {
      clearInterval(pings);
      for (const socket of sockets.clients) socket.close(1001, "Lorekeep is closing");
      const cut = setTimeout(() => { for (const socket of sockets.clients) socket.terminate(); }, CLOSE_GRACE_MS);
      await Promise.all([...sockets.clients].map((socket) => new Promise<void>((resolve) => socket.once("close", () => resolve()))));
      clearTimeout(cut);
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
    },
  };
}
