import { createORPCClient } from "@orpc/client";
import { RPCLink as FetchLink } from "@orpc/client/fetch";
import { RPCLink as PortLink } from "@orpc/client/message-port";
import { SimpleCsrfProtectionLinkPlugin } from "@orpc/client/plugins";
import { RPCLink as SocketLink } from "@orpc/client/websocket";
import { build } from "esbuild";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { serve } from "../../cli/serve.ts";
import type { EngineClient } from "../../engine/contract/index.ts";
import { createEngine } from "../../engine/engine.ts";
import { createInProcessClient } from "../../engine/in-process.ts";
import { createUploads } from "../../engine/ingest/sources/uploads.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { projectRoot, workersFolder } from "../data.ts";
import { contractSuite, cutLine } from "./suite.ts";
import { createTinyEngine } from "./tiny-engine.ts";

let folder: string;
const portEngine = join(projectRoot, "out", "test", "port-engine.mjs");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lorekeep-contract-"));
  await build({ entryPoints: [join(projectRoot, "test", "contract", "port-engine.ts")], outfile: portEngine, bundle: true, platform: "node", format: "esm", packages: "external", logLevel: "warning" });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

contractSuite("in process", () => {
  const { router } = createTinyEngine();
  const first = createInProcessClient(router);
  const second = createInProcessClient(router);
  return Promise.resolve({ client: first.client, cut: () => first.close(), second: second.client, dispose: () => { first.close(); second.close(); } });
}, cutLine);

contractSuite("over a MessagePort to another thread", () => {
  const worker = new Worker(portEngine);
  const open = () => {
    const { port1, port2 } = new MessageChannel();
    worker.postMessage(port2, [port2]);
    return { port: port1, client: createORPCClient<EngineClient>(new PortLink({ port: port1 })) };
  };
  const [first, second] = [open(), open()];
  return Promise.resolve({ client: first.client, cut: () => first.port.close(), second: second.client, dispose: async () => { await worker.terminate(); } });
}, cutLine);

/** The tiny engine served as `lorekeep serve` does, and the headers of a page that was let in. */
async function serveTiny() {
  const uploads = await createUploads(join(folder, "uploads"));
  const served = await serve({ engine: { router: createTinyEngine().router, uploads }, rendererFolder: folder });
  const entered = await fetch(served.url, { redirect: "manual" });
  const origin = `http://127.0.0.1:${served.port}`;
  return { served, origin, headers: { cookie: String(entered.headers.get("set-cookie")).split(";")[0] ?? "", origin } };
}

contractSuite("over HTTP", async () => {
  const { served, origin, headers } = await serveTiny();
  const client = createORPCClient<EngineClient>(new FetchLink({ url: `${origin}/api`, headers: () => headers, plugins: [new SimpleCsrfProtectionLinkPlugin()] }));
  return { client, dispose: () => served.close() };
});

contractSuite("over a WebSocket", async () => {
  const { served, origin, headers } = await serveTiny();
  const open = async () => {
    const socket = new WebSocket(`${origin.replace("http", "ws")}/rpc`, { headers });
    await once(socket, "open");
    // The link asks for the browser's type; ws has the same calls.
    return { socket, client: createORPCClient<EngineClient>(new SocketLink({ websocket: socket as unknown as globalThis.WebSocket })) };
  };
  const [first, second] = [await open(), await open()];
  return { client: first.client, cut: () => first.socket.terminate(), second: second.client, dispose: () => served.close() };
}, cutLine);

describe("two engines in one process", () => {
  test("share nothing, and one goes on when the other is disposed", async () => {
    const engines = await Promise.all(["one", "two"].map((name) => createEngine({
      workspace: join(folder, name), hostKind: "test", workerHost: createNodeWorkerHost(workersFolder), resources: projectRoot, version: "0.0.0",
    })));
    const [one, two] = engines;
    try {
      await one?.client.collections.create({ name: "only here" });
      expect((await one?.client.collections.list())?.map(({ name }) => name)).toContain("only here");
      expect((await two?.client.collections.list())?.map(({ name }) => name)).not.toContain("only here");
      expect(await one?.client.system.status()).toMatchObject({ host: "test", workspace: join(folder, "one") });
      await one?.dispose();
      expect(await two?.client.system.status()).toMatchObject({ workspace: join(folder, "two") });
    } finally {
      await Promise.all(engines.map((engine) => engine.dispose()));
    }
  });
});
