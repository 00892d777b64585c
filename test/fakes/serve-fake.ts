import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { RPCHandler } from "@orpc/server/ws";
import { WebSocketServer } from "ws";
import { projectRoot } from "../data.ts";
import { createFakeEngine, type FakeOptions } from "./fake-engine.ts";

/** As strict as the real hosts. Inline styles stay allowed: Radix sets positions and scroll locks through them; scripts never. */
const csp = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const types: Record<string, string> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".woff": "font/woff", ".ttf": "font/ttf" };

/** Serves the built face with a fake engine behind it, as `lorekeep serve` does with the real one. */
export async function serveFake(options: FakeOptions & { port?: number } = {}) {
  const engine = createFakeEngine(options);
  const sockets = new WebSocketServer({ noServer: true });
  const handler = new RPCHandler(engine.router);
  const server = createServer((request, response) => { if (request.method === "POST") takeUpload(request, response, engine.world); else sendFile(request, response); });
  server.on("upgrade", (request, socket, head) => sockets.handleUpgrade(request, socket, head, (ws) => { void handler.upgrade(ws); }));
  await new Promise<void>((resolve) => { server.listen(options.port ?? 0, "127.0.0.1", resolve); });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return {
    url: `http://127.0.0.1:${address.port}/`, world: engine.world,
    /** Cuts every line, as a restart of the engine does. */
    cut: () => { for (const socket of sockets.clients) socket.terminate(); },
    async dispose() {
      engine.dispose();
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}

function sendFile(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const file = join(projectRoot, "out", "renderer", normalize(pathname === "/" ? "/index.html" : decodeURIComponent(pathname)));
  if (!existsSync(file) || !statSync(file).isFile()) { response.writeHead(404).end(); return; }
  response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream", "content-security-policy": csp, "x-content-type-options": "nosniff" });
  createReadStream(file).pipe(response);
}

function takeUpload(request: IncomingMessage, response: ServerResponse, world: ReturnType<typeof createFakeEngine>["world"]): void {
  const name = new URL(request.url ?? "/", "http://localhost").searchParams.get("name") ?? "file";
  request.resume().on("end", () => {
    const uploadId = world.id("u");
    world.uploads.set(uploadId, name);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ uploadId }));
  });
}

if (process.argv[1]?.endsWith("serve-fake.mjs")) {
  const flag = (name: string) => process.argv.includes(`--${name}`);
  const { url } = await serveFake({ port: 4870, empty: flag("empty"), noModels: flag("no-models"), many: flag("many") ? 5000 : 0 });
  console.log(url);
}
