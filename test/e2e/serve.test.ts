import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { serve, type Served } from "../../cli/serve.ts";
import { createUploads } from "../../engine/ingest/sources/uploads.ts";
import { createTinyEngine } from "../contract/tiny-engine.ts";

let folder: string;
let served: Served;
let cookie: string;
const failures: unknown[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lorekeep-serve-"));
  await mkdir(join(folder, "face", "assets"), { recursive: true });
  await writeFile(join(folder, "face", "index.html"), "<!doctype html><title>Face</title>");
  await writeFile(join(folder, "face", "assets", "main-abc123.js"), "1");
  await writeFile(join(folder, "face", "assets", "main-abc123.js.map"), "{}");
  await writeFile(join(folder, "face", ".env"), "SECRET=1");
  await writeFile(join(folder, "outside.html"), "outside");
  const uploads = await createUploads(join(folder, "uploads"));
  served = await serve({
    engine: { router: createTinyEngine().router, uploads },
    rendererFolder: join(folder, "face"),
    uploadLimits: { documentBytes: 1000, modelBytes: 5000 },
    onError: (error) => failures.push(error),
  });
  const entered = await ask({ path: pathOf(served.url) });
  cookie = String(entered.headers["set-cookie"]).split(";")[0] ?? "";
});

afterAll(async () => {
  await served.close();
  await rm(folder, { recursive: true, force: true });
  expect(failures).toEqual([]);
});

const pathOf = (url: string) => url.slice(url.indexOf("/", "http://".length));
const origin = () => `http://127.0.0.1:${served.port}`;

interface Asked { path?: string; method?: string; headers?: Record<string, string>; body?: string | Buffer; host?: string }
interface Answered { status: number; headers: IncomingMessage["headers"]; text: string }

/** node:http sends paths and hosts as they are, where fetch would tidy them up. */
function ask({ path = "/", method = "GET", headers = {}, body, host }: Asked): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: "127.0.0.1", port: served.port, path, method, headers: { ...headers, ...(host === undefined ? {} : { host }) } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part)).on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const asPage = (extra: Asked = {}): Asked => ({ ...extra, headers: { cookie, origin: origin(), ...extra.headers } });
const call = (extra: Asked = {}): Asked => asPage({ method: "POST", path: "/api/collections/list", body: "{}", ...extra, headers: { "content-type": "application/json", "x-csrf-token": "orpc", ...extra.headers } });

describe("who is let in", () => {
  test("the page of a session: face, calls", async () => {
    expect((await ask(asPage())).text).toContain("Face");
    expect(await ask(call())).toMatchObject({ status: 200, text: '{"json":[]}' });
  });

  test.each<[string, () => Asked, number]>([
    ["a domain that points here (DNS rebinding)", () => call({ host: "evil.example" }), 421],
    ["the right name with another port", () => call({ host: "127.0.0.1:1" }), 421],
    ["the right name without a port", () => call({ host: "127.0.0.1" }), 421],
    ["a name that begins like ours", () => call({ host: `127.0.0.1:${served.port}.evil.example` }), 421],
    ["a call from another page", () => call({ headers: { origin: "https://evil.example" } }), 403],
    ["a call from another port of this machine", () => call({ headers: { origin: "http://127.0.0.1:1" } }), 403],
    ["a call from the other name of this machine", () => call({ headers: { origin: `http://localhost:${served.port}` } }), 403],
    ["a call from a sandboxed frame", () => call({ headers: { origin: "null" } }), 403],
    ["a call that does not say where it is from", () => { const asked = call(); delete asked.headers?.origin; return asked; }, 403],
    ["a call the browser marks as cross-site", () => call({ headers: { "sec-fetch-site": "cross-site" } }), 403],
    ["a picture on another page", () => ({ path: "/", headers: { cookie, "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" } }), 403],
    ["a frame on another page", () => ({ path: "/", headers: { cookie, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" } }), 403],
    ["a call without the custom header", () => { const asked = call(); delete asked.headers?.["x-csrf-token"]; return asked; }, 403],
    ["no cookie", () => call({ headers: { cookie: "" } }), 401],
    ["an invented cookie", () => call({ headers: { cookie: `lorekeep_${served.port}=${"A".repeat(43)}` } }), 401],
    ["a session's value under another name", () => call({ headers: { cookie: cookie.replace("lorekeep_", "lorekeep") } }), 401],
    ["the face without a cookie", () => ({ path: "/" }), 401],
    ["a wrong token", () => ({ path: "/?token=wrong" }), 403],
    ["an empty token", () => ({ path: "/?token=" }), 403],
    ["a replayed token", () => ({ path: pathOf(served.url) }), 403],
    ["a token by POST", () => ({ path: pathOf(served.newLink()), method: "POST", headers: { origin: origin() } }), 401],
    ["an upload without a cookie", () => ({ path: "/upload?name=a", method: "POST", headers: { origin: origin() }, body: "x" }), 401],
    ["a method that changes", () => asPage({ method: "DELETE" }), 405],
    ["an address that is none", () => asPage({ path: "http://evil.example/" }), 400],
  ])("%s: refused", async (_, asked, status) => {
    const answer = await ask(asked());
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain("Face");
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  test("a link works once, sets a cookie no script can read, and leads to an address without the token", async () => {
    const path = pathOf(served.newLink());
    const first = await ask({ path });
    expect(first).toMatchObject({ status: 303, headers: { location: "/" } });
    expect(String(first.headers["set-cookie"])).toMatch(/^lorekeep_\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
    const second = await ask({ path, headers: { accept: "text/html" } });
    expect(second.status).toBe(403);
    expect(second.text).toContain("press Enter in the terminal");
    expect((await ask({ path, headers: { cookie } })).status, "who is in already just goes on").toBe(303);
  });

  test("loading ahead of a click does not use a link up", async () => {
    const path = pathOf(served.newLink());
    expect((await ask({ path, headers: { "sec-purpose": "prefetch;prerender" } })).status).toBe(503);
    expect((await ask({ path })).status).toBe(303);
  });

  test("only the loopback address listens", async ({ skip }) => {
    const { networkInterfaces } = await import("node:os");
    const outside = Object.values(networkInterfaces()).flat().find((address) => address?.family === "IPv4" && !address.internal)?.address;
    if (outside === undefined) skip("this machine has no other address");
    await expect(new Promise((resolve, reject) => connect(served.port, String(outside), () => resolve("open")).on("error", reject))).rejects.toThrow(/ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH/);
  });
});

describe("the face", () => {
  test.each([
    "/../outside.html", "/%2e%2e/outside.html", "/..%2foutside.html", "/assets/..%2f..%2foutside.html", "/assets/%2e%2e%5c..%5coutside.html",
    "//outside.html", "/.env", "/assets/main-abc123.js.map", "/index.html%00.js", "/%", "/assets", "/nothing.html",
  ])("%s: not found", async (path) => {
    expect(await ask(asPage({ path }))).toMatchObject({ status: 404 });
  });

  test("strict policy, no sniffing; named-by-content files are kept, the page is asked for again", async () => {
    const page = await ask(asPage());
    const policy = String(page.headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${served.port};`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(page.headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-cache" });
    expect((await ask(asPage({ path: "/assets/main-abc123.js" }))).headers["cache-control"]).toContain("immutable");
    expect(await ask(asPage({ method: "HEAD" }))).toMatchObject({ status: 200, text: "" });
  });
});

describe("uploads", () => {
  const upload = (name: string, body: string, headers = {}) => ask(asPage({ path: `/upload?name=${encodeURIComponent(name)}`, method: "POST", body, headers }));
  const stored = async () => (await readdir(join(folder, "uploads"))).length;

  test("a file is streamed to disk under a safe name", async () => {
    const answer = await upload("../../évil.txt", "hello");
    expect(answer.status).toBe(200);
    const { uploadId, name } = JSON.parse(answer.text) as { uploadId: string; name: string };
    expect(name).toBe("évil.txt");
    expect(await readdir(join(folder, "uploads", uploadId))).toEqual(["évil.txt"]);
  });

  test("too large, said ahead or found out on the way: 413 and nothing left; models have their own limit", async () => {
    const before = await stored();
    const said = await upload("big.pdf", "x".repeat(1001));
    expect(said.status).toBe(413);
    expect(JSON.parse(said.text)).toMatchObject({ code: "TOO_LARGE", next: expect.stringContaining("Raise the limit") as string });
    expect((await upload("big.pdf", "x".repeat(1001), { "transfer-encoding": "chunked" })).status).toBe(413);
    expect(await stored()).toBe(before);
    expect((await upload("model.gguf", "x".repeat(1001))).status).toBe(200);
  });

  test("a cut upload leaves nothing, and the host goes on", async () => {
    const before = await stored();
    await new Promise<void>((resolve) => {
      const socket = connect(served.port, "127.0.0.1", () => {
        socket.write(`POST /upload?name=cut.txt HTTP/1.1\r\nHost: 127.0.0.1:${served.port}\r\nOrigin: ${origin()}\r\nCookie: ${cookie}\r\nContent-Length: 900\r\n\r\nhalf of it`);
        setTimeout(() => { socket.destroy(); resolve(); }, 100);
      });
    });
    await expect.poll(stored).toBe(before);
    expect((await ask(asPage())).status).toBe(200);
  });
});

describe("the socket", () => {
  const open = (headers: Record<string, string>, path = "/rpc") => new Promise<number>((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${served.port}${path}`, { headers });
    socket.on("open", () => { resolve(101); socket.close(); });
    socket.on("unexpected-response", (_, response) => { resolve(response.statusCode ?? 0); socket.terminate(); });
    socket.on("error", () => undefined);
  });

  test.each<[string, () => Record<string, string>, number, string?]>([
    ["the page itself", () => ({ cookie, origin: origin() }), 101],
    ["another page", () => ({ cookie, origin: "https://evil.example" }), 403],
    ["no origin", () => ({ cookie }), 403],
    ["no cookie", () => ({ origin: origin() }), 401],
    ["another host", () => ({ cookie, origin: origin(), host: "evil.example" }), 421],
    ["another path", () => ({ cookie, origin: origin() }), 404, "/other"],
  ])("%s", async (_, headers, status, path) => {
    expect(await open(headers(), path)).toBe(status);
  });

  test.each(["not json", "{}", '{"i":1,"p":{"u":"::"}}', "null"])("garbage (%s) harms nobody", async (garbage) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined); // oRPC writes each one down
    const socket = new WebSocket(`ws://127.0.0.1:${served.port}/rpc`, { headers: { cookie, origin: origin() } });
    await new Promise((resolve) => socket.once("open", resolve));
    socket.send(garbage);
    socket.send(Buffer.from([0, 255, 1]));
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.terminate();
    log.mockRestore();
    expect((await ask(call())).status).toBe(200);
  });
});

describe("bad manners", () => {
  test("headers that never end are cut off", async () => {
    const started = Date.now();
    await new Promise<void>((resolve) => {
      const socket = connect(served.port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: x\r\n"));
      const drip = setInterval(() => socket.write("X-A: 1\r\n"), 500);
      socket.on("error", () => undefined).on("close", () => { clearInterval(drip); resolve(); }).resume();
    });
    expect(Date.now() - started).toBeLessThan(15_000);
  }, 20_000);

  test("a body nobody asked for is not waited for", async () => {
    const started = Date.now();
    await new Promise<void>((resolve) => {
      const socket = connect(served.port, "127.0.0.1", () => socket.write(`POST /upload HTTP/1.1\r\nHost: 127.0.0.1:${served.port}\r\nContent-Length: 1000000\r\n\r\n`));
      const drip = setInterval(() => socket.write("x"), 200);
      socket.on("error", () => undefined).on("close", () => { clearInterval(drip); resolve(); }).resume();
    });
    expect(Date.now() - started).toBeLessThan(5000);
  });

  test("a call's input beyond the limit is refused", async () => {
    const answer = await ask(call({ body: Buffer.alloc(33 * 2 ** 20, 32) }));
    expect(answer.status).toBe(413);
  });
});

describe("the end", () => {
  test("close ends open sockets and streams, and frees the port; a taken port is said", async () => {
    const stop = new AbortController();
    const engine = createTinyEngine();
    const other = await serve({ engine: { router: engine.router, uploads: await createUploads(join(folder, "other")) }, rendererFolder: join(folder, "face"), signal: stop.signal });
    await expect(serve({ engine: { router: {}, uploads: await createUploads(join(folder, "third")) }, rendererFolder: folder, port: other.port })).rejects.toMatchObject({ code: "CONFLICT" });
    const entered = await fetch(other.url, { redirect: "manual" });
    const headers = { cookie: String(entered.headers.get("set-cookie")).split(";")[0] ?? "", origin: `http://127.0.0.1:${other.port}` };
    const socket = new WebSocket(`ws://127.0.0.1:${other.port}/rpc`, { headers });
    await new Promise((resolve) => socket.once("open", resolve));
    const stream = await fetch(`http://127.0.0.1:${other.port}/api/system/changes`, { method: "POST", body: "{}", headers: { ...headers, "content-type": "application/json", "x-csrf-token": "orpc" } });
    await expect.poll(() => engine.probes.started).toBe(1);
    const gone = new Promise<number>((resolve) => socket.once("close", resolve));
    stop.abort();
    expect(await gone).toBe(1001);
    await expect(stream.text()).rejects.toThrow();
    await other.close();
    await expect.poll(() => engine.listening()).toBe(0);
    await expect(fetch(`http://127.0.0.1:${other.port}/`)).rejects.toThrow();
  });
});
