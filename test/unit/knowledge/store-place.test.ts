import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { storeKind, storeProblem } from "../../../engine/base/store-location.ts";
import { settings } from "../../../engine/contract/settings.ts";
import { connectionOptions, indexCacheBytes } from "../../../engine/knowledge/lance/connection.ts";
import { openKnowledge } from "../../../engine/knowledge/lance/knowledge-store.ts";
import { placeNotice, placeOf } from "../../../engine/knowledge/place.ts";

let workspace: string;
beforeEach(async () => { workspace = await mkdtemp(join(tmpdir(), "lorekeep-place-")); });
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(workspace, { recursive: true });
});

describe("where the library may be", () => {
  it.each([
    ["", "folder"], ["/data/lore", "folder"], ["C:\\lore", "folder"], ["s3://bucket/lore", "object storage"], ["gs://bucket", "object storage"], ["az://box/lore", "object storage"], ["db://lore", "server"],
  ])("%j is a %s", (uri, kind) => {
    expect(storeProblem(uri)).toBeUndefined();
    expect(storeKind(uri)).toBe(kind);
  });
  it.each([
    ["lore", /whole path/], ["http://example.org/lore", /cannot be kept at http/], ["file:///data", /only s3/], ["s3://", /bucket/], ["db:///x", /database/],
    ["s3://key:secret@bucket/lore", /no keys/], ["s3://bucket/lore?aws_secret_access_key=x", /no keys/],
  ])("%j is refused, with the reason", (uri, reason) => {
    expect(storeProblem(uri)).toMatch(reason);
    expect(settings.safeParse({ library: { store: uri } }).success).toBe(false);
  });

  it("is the workspace's own folder unless said otherwise, and what is given for a start wins", async () => {
    expect(await placeOf(workspace, { set: "" })).toEqual({ uri: join(workspace, "knowledge"), kind: "folder" });
    expect(settings.parse({}).library.store).toBe("");
    const set = await placeOf(workspace, { set: "s3://bucket/a" });
    expect(set).toMatchObject({ uri: "s3://bucket/a", kind: "object storage" });
    expect(await placeOf(workspace, { set: "s3://bucket/a", given: "/elsewhere" })).toEqual({ uri: "/elsewhere", kind: "folder", owner: set.owner });
    expect(await readFile(join(workspace, "store-owner"), "utf8")).toBe(set.owner);
    await expect(placeOf(workspace, { set: "", given: "ftp://x/y" })).rejects.toMatchObject({ code: "INVALID" });
  });

  it("is said where it is not this machine, and not said where it is", async () => {
    expect(placeNotice(await placeOf(workspace, { set: "" }))).toBeUndefined();
    expect(placeNotice(await placeOf(workspace, { set: "s3://bucket/a" }))).toMatch(/s3:\/\/bucket\/a, not on this machine/);
  });
});

describe("what LanceDB is told", () => {
  it("of a server: key, region or address from the environment", () => {
    expect(connectionOptions({ uri: "db://lore" }, { LANCEDB_API_KEY: "k", LANCEDB_REGION: "eu-west-1" })).toEqual({ apiKey: "k", region: "eu-west-1" });
    expect(connectionOptions({ uri: "db://lore" }, { LANCEDB_API_KEY: "k", LANCEDB_HOST: "https://lance.example" })).toEqual({ apiKey: "k", hostOverride: "https://lance.example" });
    expect(() => connectionOptions({ uri: "db://lore" }, {})).toThrow(/no key/);
  });
  it("of object storage: no key of ours, and to give up in half a minute", () => {
    const { storageOptions } = connectionOptions({ uri: "s3://bucket" }, { AWS_SECRET_ACCESS_KEY: "s", LANCEDB_API_KEY: "k" });
    expect(storageOptions).toEqual({ client_max_retries: "3", client_retry_timeout: "30", connect_timeout: "10s" });
    expect(connectionOptions({ uri: "/data" }, {})).toEqual({});
  });
});

it("keeps an eighth of the machine's memory for indexes, within bounds", () => {
  expect([4, 24, 64, 256].map((gigabytes) => indexCacheBytes(gigabytes * 2 ** 30) / 2 ** 20)).toEqual([512, 3072, 6144, 6144]);
});

describe("a LanceDB server", () => {
  it("is asked over HTTP with the key and the database's name, and no folder is made for it", async () => {
    const asked: IncomingMessage[] = [];
    const server = createServer((request, response) => { asked.push(request); response.writeHead(401).end("no such key"); });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    vi.stubEnv("LANCEDB_API_KEY", "a-key");
    vi.stubEnv("LANCEDB_HOST", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const failure: unknown = await openKnowledge({ uri: "db://lore", embedderIdentity: "test:3d", dimensions: 3 }).catch((error: unknown) => error);
    server.close();
    server.closeAllConnections();
    expect(failure).toMatchObject({ code: "DOWNLOAD_FAILED", details: { reason: expect.stringContaining("db://lore") as string } });
    expect(asked[0]?.headers).toMatchObject({ "x-api-key": "a-key" });
    expect(JSON.stringify(asked[0]?.headers)).toContain("lore");
    expect(existsSync("db:")).toBe(false);
  });
});
