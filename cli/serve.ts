import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { AnyRouter } from "@orpc/server";
import { LorekeepError } from "../engine/base/errors.ts";
import { sendFace } from "./serve/face.ts";
import { checkRequest } from "./serve/guard.ts";
import { refuse, sendJson } from "./serve/replies.ts";
import { createRpcHost, type RpcHost } from "./serve/rpc.ts";
import { createSessions, type Sessions } from "./serve/sessions.ts";
import { receiveUpload, type UploadLimits, type UploadTarget } from "./serve/upload.ts";

export interface ServeOptions {
  readonly engine: { readonly router: AnyRouter; readonly uploads: UploadTarget };
  /** Where the built face lies (out/renderer). */
  readonly rendererFolder: string;
  /** 0: any free one. */
  readonly port?: number;
  /** Aborting closes. */
  readonly signal?: AbortSignal;
  readonly uploadLimits?: UploadLimits;
  /** Told about what went wrong inside, which the other side must not see. */
  readonly onError?: (error: unknown) => void;
}

export interface Served {
  readonly port: number;
  /** A link that works once. */
  readonly url: string;
  /** Another one: every browser needs its own. */
  newLink(): string;
  /** Ends streams and connections and frees the port. */
  close(): Promise<void>;
}

/** What every request is answered with. */
interface Host {
  readonly options: ServeOptions;
  readonly port: number;
  readonly sessions: Sessions;
  readonly rpc: RpcHost;
}

const defaultLimits: UploadLimits = { documentBytes: 2 * 2 ** 30, modelBytes: 64 * 2 ** 30 };
const HEADERS_MS = 10_000;
const MAX_CONNECTIONS = 256;
const CLOSE_GRACE_MS = 500;

/**
 * Serves an engine and the face on 127.0.0.1, to browsers of this machine that hold a link's cookie.
 * @throws LorekeepError CONFLICT where the port is taken.
 */
export async function serve(options: ServeOptions): Promise<Served> {
  // requestTimeout would end a long upload; that one has a timeout between bytes instead, and nothing else reads a body before the session is checked.
  const server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: 0, connectionsCheckingInterval: 1000, keepAliveTimeout: 5000 });
  server.maxConnections = MAX_CONNECTIONS;
  const port = await listen(server, options.port ?? 0);
  const host: Host = { options, port, sessions: createSessions(port), rpc: createRpcHost(options.engine.router) };
  server.on("request", (request, response) => {
    answer(host, request, response).catch((error: unknown) => failed(host, response, error));
  });
  server.on("upgrade", (request, socket, head) => upgrade(host, request, socket, head));
  const newLink = () => `http://127.0.0.1:${port}/?token=${host.sessions.newToken()}`;
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= shutDown(server, host.rpc));
  options.signal?.addEventListener("abort", () => void close(), { once: true });
  return { port, url: newLink(), newLink, close };
}

async function answer(host: Host, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refusal = checkRequest(request, host.port);
  if (refusal) return refuse(request, response, refusal.status, refusal.reason);
  if (!request.url?.startsWith("/")) return refuse(request, response, 400, "This is not an address.");
  const url = new URL(`http://127.0.0.1:${host.port}${request.url}`);
  const token = url.pathname === "/" && request.method === "GET" ? url.searchParams.get("token") : null;
  if (token !== null) return enter(host, request, response, token);
  if (!host.sessions.admits(request.headers.cookie)) {
    return refuse(request, response, 401, "Open the link that lorekeep serve printed. For a fresh one, press Enter in its terminal, or start it again.");
  }
  if (url.pathname.startsWith("/api/")) return (await host.rpc.handleHttp(request, response)) ? undefined : refuse(request, response, 404, "There is no such call.");
  if (url.pathname === "/upload" && request.method === "POST") {
    return receiveUpload(request, response, { target: host.options.engine.uploads, limits: host.options.uploadLimits ?? defaultLimits, name: url.searchParams.get("name") ?? "" });
  }
  return sendFace(request, response, { folder: host.options.rendererFolder, pathname: url.pathname });
}

/** Trades the link's token for a cookie and goes on to an address without it. */
function enter(host: Host, request: IncomingMessage, response: ServerResponse, token: string): void {
  // A browser that loads ahead of a click must not use the link up.
  if (/prefetch|prerender/.test(String(request.headers["sec-purpose"] ?? request.headers.purpose ?? ""))) return refuse(request, response, 503, "Open the link itself.");
  const cookie = host.sessions.redeem(token);
  if (cookie === undefined && !host.sessions.admits(request.headers.cookie)) {
    return refuse(request, response, 403, "This link was used already: each works once. For a fresh one, press Enter in the terminal where lorekeep serve runs, or start it again.");
  }
  response.writeHead(303, { location: "/", "cache-control": "no-store", "referrer-policy": "no-referrer", ...(cookie === undefined ? {} : { "set-cookie": cookie }) });
  response.end();
}

function upgrade(host: Host, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  socket.on("error", () => socket.destroy());
  const refusal = checkRequest(request, host.port);
  const status = refusal?.status ?? (host.sessions.admits(request.headers.cookie) ? (request.url === "/rpc" ? undefined : 404) : 401);
  if (status === undefined) host.rpc.handleUpgrade(request, socket, head);
  else socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function failed(host: Host, response: ServerResponse, error: unknown): void {
  if (response.destroyed) return; // The other side went away in the middle; that is its right.
  host.options.onError?.(error);
  if (response.headersSent) response.destroy();
  else sendJson(response, 500, { code: "INTERNAL", reason: "Something went wrong inside Lorekeep." });
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => { server.off("error", reject); resolve(); });
  }).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
      throw new LorekeepError("CONFLICT", { reason: `Port ${port} is taken.`, next: "Choose another with --port, or leave it out for any free one." });
    }
    throw error;
  });
  return (server.address() as AddressInfo).port;
}

async function shutDown(server: Server, rpc: RpcHost): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  await rpc.close();
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(cut);
}
