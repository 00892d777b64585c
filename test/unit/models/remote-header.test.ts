import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { modelFit } from "../../../engine/base/gguf/fit.ts";
import { inspectGguf } from "../../../engine/base/gguf/info.ts";
import { Network } from "../../../engine/base/network.ts";
import { inspectHubFile } from "../../../engine/models/hub.ts";
import { inspectRemoteGguf } from "../../../engine/models/remote-header.ts";
import { fixture } from "../../data.ts";
import { FakeHub } from "../../fakes/hub-server.ts";

const toyBase = fixture("toy-world", "models", "toy-world-base-q8.gguf");
let hub: FakeHub;
let network: Network;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lorekeep-remote-"));
  hub = await FakeHub.start();
  network = new Network({ ledgerPath: join(folder, "network.jsonl") });
});
afterEach(async () => {
  await network.dispose();
  await hub.stop();
  await rm(folder, { recursive: true, force: true });
});
async function look(content: Buffer, more: Partial<Parameters<FakeHub["add"]>[1]> = {}) {
  hub.add("owner/toy/toy.gguf", { content, ...more });
  const options = { network, endpoint: hub.endpoint };
  const { url, sizeBytes = 0 } = await inspectHubFile({ repo: "owner/toy", revision: "main", file: "toy.gguf" }, options);
  return inspectRemoteGguf({ url, sizeBytes }, options);
}

describe("a GGUF on a hub, before it is downloaded", () => {
  it("says the same of itself as on disk, without its weights being fetched", async () => {
    const content = await readFile(toyBase);
    const padded = Buffer.concat([content, Buffer.alloc(24 * 2 ** 20)]); // weights that nobody needs to see
    const remote = await look(padded);
    const { header: _, fileBytes: _bytes, ...local } = await inspectGguf(toyBase);
    expect(remote).toMatchObject({ info: { ...local, fileBytes: padded.length } });
    if (!remote || !("info" in remote)) throw new Error("No header");
    expect(modelFit(remote.info, { freeBytes: 1e9 })).toMatchObject({ verdict: "fits" });
    const fetched = (await network.recent()).reduce((sum, { bytes }) => sum + bytes, 0);
    expect(fetched).toBeGreaterThan(10_000);
    expect(fetched).toBeLessThan(6 * 2 ** 20);
  });

  it("is refused with its reason where it could not be used", async () => {
    expect(await look(Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"))).toEqual({ refused: expect.stringMatching(/Git LFS pointer/) });
  });

  it("is not judged where the hub gives out whole files only, and not fetched either", async () => {
    const content = Buffer.concat([await readFile(toyBase), Buffer.alloc(24 * 2 ** 20)]);
    expect(await look(content, { ignoresRange: true })).toBeUndefined();
    expect((await network.recent()).reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(8 * 2 ** 20);
  });
});
