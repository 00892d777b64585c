import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Network } from "../../../engine/base/network.ts";
import { download, type DownloadOptions } from "../../../engine/models/download.ts";
import { hubUrl, inspectHubFile } from "../../../engine/models/hub.ts";
import type { TransferProgress } from "../../../engine/models/meter.ts";
import { FakeHub, type FakeFile } from "../../fakes/hub-server.ts";

const ref = { repo: "owner/name", revision: "main", file: "model.gguf" };
const content = randomBytes(300_000);
let hub: FakeHub;
let network: Network;
let folder: string;
let destination: string;

beforeEach(async () => {
  hub = await FakeHub.start();
  folder = await mkdtemp(join(tmpdir(), "download-"));
  network = new Network({ ledgerPath: join(folder, "network.jsonl") });
  destination = join(folder, "models", "model.gguf");
});
afterEach(async () => {
  await network.dispose();
  await hub.stop();
  await rm(folder, { recursive: true, force: true });
});

const add = (file: Partial<FakeFile> = {}, name = ref.file) => hub.add(`owner/name/${name}`, { content, ...file });
const get = (options: Partial<DownloadOptions> = {}, file = ref) => download(file, destination, { network, endpoint: hub.endpoint, retryMs: 5, ...options });
const files = () => readdir(join(folder, "models"));
const ranges = () => hub.transfers.map((r) => r.headers.range);

/** A download that was stopped by the person part of the way. */
async function interrupted(): Promise<void> {
  add({ slowMs: 40 });
  const stop = new AbortController();
  await expect(get({ signal: stop.signal, onProgress: (p) => { if (p.receivedBytes > 0) stop.abort(); } })).rejects.toMatchObject({ name: "AbortError" });
  add();
}

describe("download", () => {
  it("follows the redirect, pins commit, size and hash, and gives the file its name only when whole", async () => {
    const { sha256, sizeBytes } = add();
    const seen: TransferProgress[] = [];
    const done = await get({ onProgress: (p) => seen.push(p) });
    expect(done).toMatchObject({ path: destination, sha256, sizeBytes, revision: hub.commit, url: hubUrl({ ...ref, revision: hub.commit }, hub.endpoint) });
    expect((await readFile(destination)).equals(content)).toBe(true);
    expect(await files()).toEqual(["model.gguf"]);
    expect(seen.at(0)).toMatchObject({ receivedBytes: 0, totalBytes: sizeBytes });
    expect(seen.at(-1)).toMatchObject({ receivedBytes: sizeBytes, totalBytes: sizeBytes, etaSeconds: 0 });
  });

  it("takes what an earlier run brought whole and could not put away, and nothing that merely has its name and size", async () => {
    const { sha256 } = add();
    await get();
    const seen: TransferProgress[] = [];
    expect(await get({ onProgress: (p) => seen.push(p) })).toMatchObject({ path: destination, sha256 });
    expect(hub.transfers).toHaveLength(1);
    expect(seen).toMatchObject([{ receivedBytes: content.length, totalBytes: content.length }]);
    await writeFile(destination, randomBytes(content.length));
    await get();
    expect(hub.transfers).toHaveLength(2);
    expect((await readFile(destination)).equals(content)).toBe(true);
  });

  it("goes on after cuts from where the bytes ended, asking about the same version", async () => {
    add({ cut: { afterBytes: 100_000, times: 2 } });
    await get();
    expect((await readFile(destination)).equals(content)).toBe(true);
    const [first, second, third] = ranges();
    expect(first).toBeUndefined();
    const starts = [second, third].map((r) => Number(/^bytes=(\d+)-$/.exec(r ?? "")?.[1]));
    expect(starts[0]).toBeGreaterThan(0);
    expect(starts[1]).toBeGreaterThan(starts[0] ?? Number.POSITIVE_INFINITY);
    expect(hub.transfers[1]?.headers["if-range"]).toMatch(/^"[0-9a-f]{32}"$/);
  });

  it("resumes in another run from the partial file, hashing again what is there", async () => {
    await interrupted();
    expect((await files()).sort()).toEqual(["model.gguf.partial", "model.gguf.partial.json"]);
    await get();
    expect(hub.transfers).toHaveLength(2);
    expect(ranges()[1]).toMatch(/^bytes=[1-9]\d*-$/);
    expect((await readFile(destination)).equals(content)).toBe(true);
  });

  it("does not trust a partial file whose bytes were changed", async () => {
    await interrupted();
    const partial = `${destination}.partial`;
    const bytes = await readFile(partial);
    bytes[5] = (bytes[5] ?? 0) ^ 0xff;
    await writeFile(partial, bytes);
    add();
    await expect(get()).rejects.toMatchObject({ code: "DOWNLOAD_FAILED", details: { reason: expect.stringMatching(/deleted/), detail: expect.stringMatching(/sha-256/) } });
    expect(await files()).toEqual([]);
    await get();
    expect((await readFile(destination)).equals(content)).toBe(true);
  });

  it("begins anew where the server ignores ranges, and where the file was replaced meanwhile", async () => {
    add({ cut: { afterBytes: 100_000, times: 1 }, ignoresRange: true });
    await get();
    expect((await readFile(destination)).equals(content)).toBe(true);
    await rm(destination);
    await interrupted();
    const other = randomBytes(200_000);
    add({ content: other });
    await get();
    expect((await readFile(destination)).equals(other)).toBe(true);
  });

  it.each([["other bytes", randomBytes(300_000)], ["too few bytes", content.subarray(0, 1000)], ["too many bytes", Buffer.concat([content, content])]])("deletes %s and says so", async (_name, serves) => {
    add({ serves });
    const before = hub.transfers.length;
    await expect(get()).rejects.toMatchObject({ code: "DOWNLOAD_FAILED" });
    expect(await files()).not.toContain("model.gguf");
    if (serves.length >= content.length) expect(await files()).toEqual([]);
    expect(hub.transfers.length).toBeGreaterThan(before);
  });

  it("checks small files by git's own hash", async () => {
    add({ large: false, content: Buffer.from("{}") }, "config.json");
    expect(await get({}, { ...ref, file: "config.json" })).toMatchObject({ sizeBytes: 2, gitBlob: "9e26dfeeb6e641a33dae4961196235bdb965b21b" });
    await rm(destination);
    add({ large: false, content: Buffer.from("{}"), serves: Buffer.from("[]") }, "config.json");
    await expect(get({}, { ...ref, file: "config.json" })).rejects.toMatchObject({ code: "DOWNLOAD_FAILED", details: { detail: expect.stringMatching(/git hash/) } });
  });

  it("waits as the server asks on 429, and tries again on 503", async () => {
    add({ fail: { status: 429, times: 1, retryAfter: "1" } });
    const start = performance.now();
    await get();
    expect(performance.now() - start).toBeGreaterThanOrEqual(950);
    add({ fail: { status: 503, times: 3 } });
    await rm(destination);
    await get();
    add({ fail: { status: 503, times: 99 } });
    await rm(destination);
    await expect(get()).rejects.toMatchObject({ code: "DOWNLOAD_FAILED", details: { detail: "HTTP 503" } });
    expect(hub.transfers).toHaveLength(2 + 4 + 5);
  });

  it("gives up on a line that stays dead, after a handful of tries", async () => {
    const { endpoint } = hub;
    await hub.stop();
    await expect(get({ endpoint })).rejects.toMatchObject({ code: "DOWNLOAD_FAILED", details: { reason: expect.stringMatching(/could not be reached/), next: expect.any(String) } });
  });

  it("asks for a token where the hub wants one, and sends it to the hub only", async () => {
    add({ token: "hf_secret" });
    await expect(get()).rejects.toMatchObject({ code: "DOWNLOAD_FAILED", details: { reason: expect.stringMatching(/token/), next: expect.stringMatching(/settings/) } });
    await get({ token: "hf_secret" });
    const [transfer] = hub.transfers;
    expect(transfer?.headers.authorization).toBeUndefined();
    expect(hub.seen.filter((r) => r.server === "hub").at(-1)?.headers.authorization).toBe("Bearer hf_secret");
    expect(await readFile(join(folder, "network.jsonl"), "utf8")).not.toMatch(/hf_secret|very-secret/);
  });

  it("says when there is no such file, and follows a renamed repository", async () => {
    await expect(get({}, { ...ref, file: "nothing.gguf" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const { sha256 } = add();
    expect(await inspectHubFile({ ...ref, repo: "old/name" }, { network, endpoint: hub.endpoint })).toMatchObject({ sha256 });
  });

  it.each(["../../etc/passwd", "a//b", ""])("refuses the file name %j", async (file) => {
    await expect(get({}, { ...ref, file })).rejects.toMatchObject({ code: "INVALID" });
    expect(hub.seen).toEqual([]);
  });

  it("checks the disk before the first byte", async () => {
    add();
    await expect(get({ freeBytes: async () => 1000 })).rejects.toMatchObject({ code: "NO_SPACE", details: { reason: expect.stringMatching(/300 kB.*1\.0 kB|300 kB/) } });
    expect(hub.transfers).toEqual([]);
    expect(await files()).toEqual([]);
  });
});
