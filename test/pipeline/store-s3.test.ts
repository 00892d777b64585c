// The store on object storage, against a local S3 server. It runs where moto is there, and says so where it is not.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createEngine } from "../../engine/engine.ts";
import { openKnowledge } from "../../engine/knowledge/lance/knowledge-store.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { projectRoot, workersFolder } from "../data.ts";
import { motoServer, startS3, type S3Server } from "../s3-server.ts";
import { DIMENSIONS, documentWith, everything } from "../suites/store-documents.ts";
import { storeKillSuite } from "../suites/store-kill-suite.ts";
import { storeSuite } from "../suites/store-suite.ts";

const program = motoServer();
const here = { embedderIdentity: "test:16d", dimensions: DIMENSIONS };

if (program === undefined) it("the store on object storage", ({ skip }) => skip("moto_server is neither on the PATH nor named by LOREKEEP_MOTO"));
else describe("object storage", () => {
  let server: S3Server;
  beforeAll(async () => { server = await startS3(program); });
  afterAll(() => server.stop());

  storeSuite("the store in a bucket", async () => {
    const uri = `${await server.bucket("suite")}/team/knowledge`;
    return { open: () => openKnowledge({ uri, storageOptions: server.storageOptions, ...here }), destroy: () => Promise.resolve() };
  });

  storeKillSuite("the store in a bucket, its writer killed at random moments", {
    rounds: 8, within: 1500, place: async () => ({ uri: `${await server.bucket("killed")}/knowledge`, storageOptions: server.storageOptions, env: server.env }),
  });

  it("lets no second workspace write to the same place", async () => {
    const place = { uri: await server.bucket("owned"), storageOptions: server.storageOptions, ...here };
    const first = await openKnowledge({ ...place, owner: "one" });
    await first.put([documentWith("kept", ["A heron."])]);
    await first.dispose();
    await expect(openKnowledge({ ...place, owner: "two" })).rejects.toMatchObject({ code: "CONFLICT" });
    const again = await openKnowledge({ ...place, owner: "one" });
    expect(await again.searchLexical("heron", everything, 5)).toHaveLength(1);
    await again.dispose();
  });

  it("is said by the engine: in its status, on the ledger, in a notice; nothing of it stands in the workspace, and no key", async () => {
    for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
    const workspace = mkdtempSync(join(tmpdir(), "lorekeep-s3-"));
    const uri = `${await server.bucket("engine")}/knowledge`;
    const options = { workspace, hostKind: "test", workerHost: createNodeWorkerHost(workersFolder), resources: projectRoot, version: "0" } as const;
    const first = await createEngine(options);
    await first.client.settings.update({ library: { store: uri } });
    await first.dispose();
    const engine = await createEngine(options);
    const status = await engine.client.system.status();
    expect(status.store).toEqual({ uri, kind: "object storage", remote: true });
    expect(status.notices.map(({ text }) => text).join()).toContain(`${uri}, not on this machine`);
    expect(await engine.client.system.network({})).toMatchObject([{ method: "CONNECT", url: uri, purpose: "library", outcome: "connected" }]);
    await engine.dispose();
    expect(readFileSync(join(workspace, "settings.json"), "utf8")).not.toContain("test"); // The key, which stands in the environment.
    rmSync(join(workspace, "knowledge"), { recursive: true });
    await (await createEngine(options)).dispose();
    expect(existsSync(join(workspace, "knowledge"))).toBe(false);
    rmSync(workspace, { recursive: true });
    vi.unstubAllEnvs();
  });

  it("says in one sentence that a bucket is not there, or that nobody answers", async () => {
    for (const storageOptions of [server.storageOptions, { ...server.storageOptions, endpoint: "http://127.0.0.1:9", client_max_retries: "1", client_retry_timeout: "1" }]) {
      await expect(openKnowledge({ uri: "s3://nowhere/knowledge", storageOptions, ...here })).rejects.toMatchObject({ code: "DOWNLOAD_FAILED", details: { reason: expect.stringContaining("s3://nowhere/knowledge") as string } });
    }
  });
});
