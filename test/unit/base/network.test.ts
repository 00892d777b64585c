import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPrivateCheck, publicLookup } from "../../../engine/base/addresses.ts";
import { withoutSecrets, type LedgerEntry } from "../../../engine/base/ledger.ts";
import { Network, type NetworkOptions, type NetworkPurpose } from "../../../engine/base/network.ts";

let folder: string;
let ledgerPath: string;
let server: Server;
let origin: string;
let seen: IncomingMessage[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const networks: Network[] = [];
const network = (options: Partial<NetworkOptions> = {}) => {
  const made = new Network({ ledgerPath, ...options });
  networks.push(made);
  return made;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "network-"));
  ledgerPath = join(folder, "network.jsonl");
  seen = [];
  answer = (_, response) => response.end("hello");
  server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await Promise.all(networks.splice(0).map((n) => n.dispose()));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const local = { purpose: "web page" as const, allowPrivate: true };
async function text(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe("Network", () => {
  it("writes every request down before and after, with bytes and outcome, and tells listeners", async () => {
    const net = network();
    const told: LedgerEntry[] = [];
    net.onRequest((entry) => told.push(entry));
    const response = await net.fetch(`${origin}/page?q=lore`, local);
    expect(await text(response.body)).toBe("hello");
    expect(told.map((e) => e.outcome)).toEqual(["started", "200"]);
    expect(await net.recent()).toEqual([{ id: told[0]?.id, time: expect.stringMatching(/^20/), method: "GET", url: `${origin}/page?q=lore`, purpose: "web page", outcome: "200", bytes: 5 }]);
  });

  it.each([
    ["file:///etc/passwd", "FORBIDDEN_ADDRESS"], ["ftp://example.org/x", "FORBIDDEN_ADDRESS"], ["javascript:alert(1)", "FORBIDDEN_ADDRESS"], ["data:text/plain,x", "FORBIDDEN_ADDRESS"],
    ["http://127.0.0.1:1/", "FORBIDDEN_ADDRESS"], ["http://[::1]/", "FORBIDDEN_ADDRESS"], ["http://[::ffff:127.0.0.1]/", "FORBIDDEN_ADDRESS"], ["http://2130706433/", "FORBIDDEN_ADDRESS"],
    ["http://0x7f.1/", "FORBIDDEN_ADDRESS"], ["http://169.254.169.254/latest/meta-data", "FORBIDDEN_ADDRESS"], ["http://192.168.0.1/", "FORBIDDEN_ADDRESS"], ["http://localhost/", "FORBIDDEN_ADDRESS"],
    ["http://a.localhost/", "FORBIDDEN_ADDRESS"], ["nonsense", "INVALID"],
  ])("does not open %s", async (url, code) => {
    await expect(network().fetch(url, { purpose: "web page" })).rejects.toMatchObject({ code });
    expect(seen).toEqual([]);
  });

  it("refuses a purpose it does not know, and everything when switched off; refusals are on the ledger", async () => {
    await expect(network().fetch(origin, { ...local, purpose: "telemetry" as NetworkPurpose })).rejects.toMatchObject({ code: "FORBIDDEN_ADDRESS" });
    const off = network({ allowed: () => false });
    await expect(off.fetch(origin, local)).rejects.toMatchObject({ code: "FORBIDDEN_ADDRESS", details: { reason: expect.stringMatching(/switched off/) } });
    expect((await off.recent()).map((e) => e.outcome)).toEqual(["refused", "refused"]);
    expect(seen).toEqual([]);
  });

  it("checks and records each redirect, and takes credentials to no other origin", async () => {
    const other = createServer((request, response) => {
      seen.push(request);
      response.end("there");
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    try {
      const there = `http://127.0.0.1:${(other.address() as AddressInfo).port}/there`;
      answer = (request, response) => response.writeHead(302, { location: request.url === "/a" ? "/b" : there }).end();
      const net = network();
      const response = await net.fetch(`${origin}/a`, { ...local, headers: { Authorization: "Bearer s3cret" } });
      expect(await text(response.body)).toBe("there");
      expect(response.url).toBe(there);
      expect(seen.map((r) => r.headers.authorization)).toEqual(["Bearer s3cret", "Bearer s3cret", undefined]);
      expect((await net.recent()).map((e) => [e.url, e.outcome])).toEqual([[there, "200"], [`${origin}/b`, "302"], [`${origin}/a`, "302"]]);
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });

  it.each([["file:///etc/passwd", "FORBIDDEN_ADDRESS"], ["/round", "DOWNLOAD_FAILED"]])("does not follow a redirect to %s for ever", async (location, code) => {
    answer = (_, response) => response.writeHead(302, { location }).end();
    await expect(network().fetch(`${origin}/round`, local)).rejects.toMatchObject({ code });
  });

  it("says in words when nobody answers, and is quiet about a person's stop", async () => {
    const net = network();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(net.fetch(origin, local)).rejects.toMatchObject({ code: "DOWNLOAD_FAILED", details: { reason: expect.stringMatching(/127\.0\.0\.1.*ECONNREFUSED/) } });
    const stop = new AbortController();
    stop.abort();
    await expect(net.fetch(origin, { ...local, signal: stop.signal })).rejects.toMatchObject({ name: "AbortError" });
    expect((await net.recent()).map((e) => e.outcome)).toEqual(["stopped", "failed"]);
  });

  it("stops a body that is being read", async () => {
    answer = (_, response) => void response.write("first");
    const stop = new AbortController();
    const net = network();
    const response = await net.fetch(origin, { ...local, signal: stop.signal });
    await expect((async () => {
      for await (const _ of response.body) stop.abort();
    })()).rejects.toMatchObject({ name: "AbortError" });
    expect((await net.recent())[0]).toMatchObject({ outcome: "stopped", bytes: 5 });
  });

  it("keeps the ledger bounded and reads past a line that a crash cut", async () => {
    const net = network({ maxLedgerBytes: 2000 });
    for (let i = 0; i < 30; i++) await text((await net.fetch(`${origin}/${i}`, local)).body);
    expect((await stat(ledgerPath)).size + (await stat(`${ledgerPath}.1`)).size).toBeLessThan(2 * 2400);
    expect((await net.recent(2)).map((e) => e.url)).toEqual([`${origin}/29`, `${origin}/28`]);
    await writeFile(ledgerPath, `${(await readFile(ledgerPath, "utf8")).slice(0, -20)}\n`);
    expect((await net.recent(1))[0]).toMatchObject({ url: `${origin}/29`, outcome: "started" });
  });

  it("makes no request that it cannot write down", async () => {
    const net = network({ ledgerPath: folder });
    await expect(net.fetch(origin, local)).rejects.toThrow();
    expect(seen).toEqual([]);
  });
});

describe("addresses", () => {
  it.each(["10.1.2.3", "172.20.0.1", "100.64.0.1", "0.0.0.0", "fe80::1", "fd00::1", "::", "::ffff:a00:1", "224.0.0.1", "example.org"])("%s is private", (address) => {
    expect(createPrivateCheck()(address)).toBe(true);
  });
  it.each(["8.8.8.8", "2606:4700::1111", "172.32.0.1", "::ffff:808:808"])("%s is public", (address) => {
    expect(createPrivateCheck()(address)).toBe(false);
  });
  it("looks at what a name resolves to when it is connected", async () => {
    const error = await new Promise((resolve) => publicLookup(createPrivateCheck())("localhost", {}, (problem) => resolve(problem)));
    expect(error).toMatchObject({ code: "EPRIVATE" });
  });
  it("hides secrets in an address and keeps the rest readable", () => {
    expect(withoutSecrets(new URL("https://me:pw@cdn.example/a%20b?X-Amz-Signature=abc&q=lore&access_token=1#frag"))).toBe("https://cdn.example/a b?X-Amz-Signature=…&q=lore&access_token=…");
    expect(withoutSecrets(new URL("https://cdn.example/100%"))).toBe("https://cdn.example/100%");
  });
});
