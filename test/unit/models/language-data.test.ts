import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Network } from "../../../engine/base/network.ts";
import { LanguageData } from "../../../engine/models/languages/language-data.ts";
import { fileInTar } from "../../../engine/models/languages/tar.ts";
import { FakeRegistry, tgz, type TarEntry } from "../../fakes/registry-server.ts";

const wanted = "package/4.0.0_best_int/fra.traineddata.gz";
const data = gzipSync(randomBytes(200_000));
const npmPackage = (...entries: TarEntry[]) => tgz([{ name: "package/4.0.0/fra.traineddata.gz", content: randomBytes(70_001) }, ...entries]);
const good = npmPackage({ name: wanted, content: data });
let registry: FakeRegistry;
let network: Network;
let workspace: string;
let languages: LanguageData;
let changes: number;

beforeEach(async () => {
  registry = await FakeRegistry.start();
  workspace = await mkdtemp(join(tmpdir(), "languages-"));
  network = new Network({ ledgerPath: join(workspace, "network.jsonl") });
  changes = 0;
  languages = new LanguageData({ workspace, network, registry: () => registry.address, changed: () => { changes++; }, retryMs: 5 });
});
afterEach(async () => {
  await languages.dispose();
  await network.dispose();
  await registry.stop();
  await rm(workspace, { recursive: true, force: true });
});

const files = () => readdir(join(workspace, "languages"));
const kept = () => readFile(join(workspace, "languages", "fra.traineddata.gz"));
const stateOf = async (code: string) => (await languages.describe(code, ["eng"])).state;

describe("language data", () => {
  it("lists what is in the box first, then what can be had, by name", async () => {
    const all = await languages.list(["eng"]);
    expect(all.slice(0, 2).map(({ name, state, isUsed }) => [name, state, isUsed])).toEqual([["English", "built-in", true], ["German", "built-in", false]]);
    expect(all[0]?.sizeBytes).toBeGreaterThan(1_000_000);
    expect(all.find(({ code }) => code === "fra")).toEqual({ code: "fra", name: "French", state: "available", isUsed: false, downloadBytes: 6_959_264 });
    expect(all.find(({ code }) => code === "chi_sim")?.name).toMatch(/Chinese/);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it("fetches a package, keeps just its data, and writes both requests down", async () => {
    registry.publish("fra", good);
    await languages.download("fra");
    expect((await kept()).equals(data)).toBe(true);
    expect(await files()).toEqual(["fra.traineddata.gz"]);
    expect(await languages.describe("fra", ["fra"])).toMatchObject({ state: "installed", isUsed: true, sizeBytes: data.length });
    expect(changes).toBeGreaterThan(1);
    const ledger = await network.recent();
    expect(new Set(ledger.map(({ purpose }) => purpose))).toEqual(new Set(["language data"]));
    expect(registry.asked).toEqual(["/@tesseract.js-data/fra"]);
    await languages.download("fra");
    expect(registry.asked).toHaveLength(1);
  });

  it("asks nobody for what is in the box, or for a name that is no language", async () => {
    await languages.download("deu");
    await expect(languages.download("no_such")).rejects.toMatchObject({ code: "NOT_FOUND", details: { field: "code" } });
    expect(registry.asked).toEqual([]);
  });

  it("is one download where two ask at once", async () => {
    registry.publish("fra", good, { slowMs: 5 });
    await Promise.all([languages.download("fra"), languages.download("fra")]);
    expect(registry.store.transfers).toHaveLength(1);
  });

  it("goes on after cuts from where the bytes ended", async () => {
    registry.publish("fra", good, { cut: { afterBytes: 100_000, times: 2 } });
    await languages.download("fra");
    expect((await kept()).equals(data)).toBe(true);
    expect(registry.store.transfers.map(({ headers }) => headers.range).slice(1).every((range) => /^bytes=[1-9]\d*-$/.test(range ?? ""))).toBe(true);
  });

  it("stops when told to, and a later click goes on", async () => {
    registry.publish("fra", good, { slowMs: 30 });
    const stop = new AbortController();
    const stopped = expect(languages.download("fra", stop.signal)).rejects.toMatchObject({ name: "AbortError" });
    await expect.poll(async () => (await languages.describe("fra", [])).receivedBytes ?? 0).toBeGreaterThan(0);
    expect(await stateOf("fra")).toBe("downloading");
    await expect(languages.remove("fra")).rejects.toMatchObject({ code: "BUSY" });
    stop.abort();
    await stopped;
    expect(await stateOf("fra")).toBe("available");
    registry.publish("fra", good);
    await languages.download("fra");
    expect(registry.store.transfers.at(-1)?.headers.range).toMatch(/^bytes=[1-9]\d*-$/);
    expect((await kept()).equals(data)).toBe(true);
  });

  it.each([
    ["other bytes than stated", { serves: npmPackage({ name: wanted, content: data }) }, "DOWNLOAD_FAILED", /its bytes differ/],
    ["no sha-512", { stated: { integrity: undefined } }, "DOWNLOAD_FAILED", /does not state what the data for French should be/],
    ["only a sha-1", { stated: { integrity: "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=" } }, "DOWNLOAD_FAILED", /does not state/],
  ])("refuses %s, and leaves nothing behind", async (_, how, code, reason) => {
    registry.publish("fra", good, how);
    await expect(languages.download("fra")).rejects.toMatchObject({ code, message: expect.stringMatching(reason) });
    expect(await files()).toEqual([]);
    expect(await stateOf("fra")).toBe("available");
  });

  it.each([
    ["a name that leads out of the archive", npmPackage({ name: "package/../../evil", content: data }, { name: wanted, content: data }), "INVALID", /leads out of it/],
    ["an absolute name", npmPackage({ name: "/etc/evil", content: data }), "INVALID", /leads out of it/],
    ["a link in place of the data", npmPackage({ name: wanted, content: new Uint8Array(), type: "2" }), "NOT_FOUND", /holds no/],
    ["a file that says it is huge", npmPackage({ name: wanted, content: data, size: 2 ** 32 }), "TOO_LARGE", /larger than/],
    ["a package without the data", npmPackage(), "NOT_FOUND", /holds no/],
    ["an archive that is cut off", npmPackage({ name: "package/long", content: data, size: 50_000_000 }), "INVALID", /ends in the middle/],
    ["what is no gzip", randomBytes(5000), "INVALID", /cannot be unpacked/],
    ["data that are no gzip", npmPackage({ name: wanted, content: randomBytes(5000) }), "INVALID", /cannot be unpacked/],
    ["data that unfold without end", npmPackage({ name: wanted, content: gzipSync(Buffer.alloc(200 * 2 ** 20)) }), "INVALID", /cannot be unpacked/],
  ])("refuses %s, and leaves nothing behind", async (_, archive, code, reason) => {
    registry.publish("fra", archive);
    await expect(languages.download("fra")).rejects.toMatchObject({ code, message: expect.stringMatching(reason) });
    expect(await files()).toEqual([]);
  });

  it("refuses a package that never ends", async () => {
    registry.publish("fra", good, { serves: Buffer.alloc(66 * 2 ** 20) });
    await expect(languages.download("fra")).rejects.toMatchObject({ code: "DOWNLOAD_FAILED" });
    expect(await files()).toEqual([]);
  });

  it("says that a registry does not have a language, or is none", async () => {
    await expect(languages.download("fra")).rejects.toMatchObject({ code: "NOT_FOUND", message: expect.stringContaining("has no data for French") });
    const elsewhere = new LanguageData({ workspace, network, registry: () => registry.store.storeOrigin, changed: () => undefined, retryMs: 5 });
    await expect(elsewhere.download("fra")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("takes away what was downloaded, and keeps what is in the box", async () => {
    registry.publish("fra", good);
    await languages.download("fra");
    await writeFile(join(workspace, "languages", "fra.traineddata"), "a person's own");
    await languages.remove("fra");
    expect(await files()).toEqual([]);
    await languages.remove("eng");
    expect(await stateOf("eng")).toBe("built-in");
  });
});

describe("fileInTar", () => {
  it("reads a file whatever the size of the pieces it comes in", async () => {
    const { gunzipSync } = await import("node:zlib");
    const archive = gunzipSync(good);
    for (const size of [1000, 512, 700_000]) {
      const pieces = (async function* () { for (let at = 0; at < archive.length; at += size) yield archive.subarray(at, at + size); })();
      const found = await fileInTar(pieces, wanted, { fileBytes: 1e6, totalBytes: 1e7 });
      expect(createHash("sha256").update(found).digest("hex")).toBe(createHash("sha256").update(data).digest("hex"));
    }
  });

  it("does not unfold more than it is allowed", async () => {
    const { gunzipSync } = await import("node:zlib");
    const pieces = (async function* () { yield gunzipSync(good); })();
    await expect(fileInTar(pieces, wanted, { fileBytes: 1e6, totalBytes: 50_000 })).rejects.toMatchObject({ code: "TOO_LARGE" });
  });
});
