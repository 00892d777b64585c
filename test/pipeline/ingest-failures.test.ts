import { join } from "node:path";
import { build } from "esbuild";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { LorekeepError } from "../../engine/base/errors.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { projectRoot } from "../data.ts";
import { hashEmbedder } from "../fakes/hash-embedder.ts";
import { call, openWorld, removeFolder, temporaryFolder, write, type World, type WorldOptions } from "./library-harness.ts";

const moody = join(projectRoot, "out", "moody-workers");

describe("what goes wrong", () => {
  let folder: string;
  let world: World;
  beforeAll(() => build({ entryPoints: { reader: join(projectRoot, "test/fakes/moody-reader.ts") }, outdir: moody, outExtension: { ".js": ".mjs" }, bundle: true, platform: "node", format: "esm", target: "node20", packages: "external", logLevel: "warning" }));
  const open = async (options: WorldOptions = {}) => {
    world = await openWorld(folder, { embedder: hashEmbedder(), workerHost: createNodeWorkerHost(moody), ...options, limits: { suddenDeaths: 1, readMs: 6000, readerMemoryMb: 200, ...options.limits } });
  };
  beforeEach(async () => { folder = await temporaryFolder(); });
  afterEach(async () => {
    await world.close();
    await removeFolder(folder);
  });
  const addAll = async (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) await write(join(folder, "docs", name), text);
    await call(world.routes.documents.add, { paths: [join(folder, "docs")] });
  };
  const idle = () => call(world.routes.queue.idle, undefined);
  const outcomes = () => Object.fromEntries([...world.library.parts.registry.all()].map(({ name, state, reason }) => [name, reason?.code ?? state]).sort());

  it("has a reason for every file that a reader cannot survive, and reads the rest", async () => {
    await open({ ingest: { readers: 2 } });
    await addAll({ "1.txt": "fine", "2.txt": "crash", "3.txt": "spin", "4.txt": "eat", "5.txt": "refuse", "6.txt": "fine too", "7.txt": "  " });
    expect(await idle()).toMatchObject({ done: 2, failed: 5 });
    expect(outcomes()).toEqual({ "1.txt": "indexed", "2.txt": "reader-died", "3.txt": "timed-out", "4.txt": "out-of-memory", "5.txt": "encrypted", "6.txt": "indexed", "7.txt": "no-text" });
    expect(world.notices).toEqual([]);
  });

  it("stops a reader that hears nothing when its document is cancelled", async () => {
    await open({ limits: { readMs: 60_000 } });
    await addAll({ "spin.txt": "spin" });
    await expect.poll(outcomes, { timeout: 5000 }).toEqual({ "spin.txt": "reading" });
    const started = performance.now();
    expect(await call(world.routes.queue.cancel, {})).toEqual({ cancelled: 1 });
    expect(performance.now() - started).toBeLessThan(3000);
    expect(outcomes()).toEqual({ "spin.txt": "cancelled" });
  });

  it("blames the embedder only for what it really cannot embed", async () => {
    const good = hashEmbedder();
    let died = 0;
    const embedPassages = (texts: readonly string[], signal?: AbortSignal) => {
      if (texts.some((text) => text.includes("poison"))) return Promise.reject(new LorekeepError("WORKER_DIED", "The embedder stopped unexpectedly."));
      if (died++ === 0) return Promise.reject(new LorekeepError("WORKER_DIED", "The embedder stopped unexpectedly."));
      return good.embedPassages(texts, signal);
    };
    await open({ embedder: { ...good, embedPassages } });
    await addAll({ "a.txt": "healthy food", "b.txt": "sweet poison", "c.txt": "more healthy food" });
    await idle();
    expect(outcomes()).toEqual({ "a.txt": "indexed", "b.txt": "embedder-failed", "c.txt": "indexed" });
  });

  it("pauses when the disk is full, says so, and finishes when there is room", async () => {
    await open();
    const put = world.store.put.bind(world.store);
    world.store.put = () => Promise.reject(new LorekeepError("NO_SPACE", "The disk is full."));
    await addAll({ "a.txt": "no room for this" });
    expect(await idle()).toMatchObject({ paused: true });
    await expect.poll(outcomes).toEqual({ "a.txt": "no-space" });
    expect(world.notices).toEqual([expect.stringContaining("disk is full")]);
    world.store.put = put;
    await call(world.routes.queue.resume, undefined);
    await call(world.routes.documents.retry, { allFailed: true });
    await idle();
    expect(outcomes()).toEqual({ "a.txt": "indexed" });
  });

  it("makes up at start for a label that the store did not take", async () => {
    await open();
    await addAll({ "a.txt": "labelled late" });
    await idle();
    const [document] = [...world.library.parts.registry.all()];
    const { id } = await call(world.routes.collections.create, { name: "Later" });
    world.store.relabel = () => Promise.reject(new Error("killed here"));
    await expect(call(world.routes.documents.update, { id: document?.id ?? "", collectionId: id })).rejects.toThrow();
    await world.close();
    await open();
    expect((await world.store.neighbours(document?.id ?? "", 0, 0))[0]?.collectionId).toBe(id);
  });

  it("reads again what is in the library but not in the store, and drops what is only in the store", async () => {
    await open();
    await addAll({ "a.txt": "first words", "b.txt": "second words" });
    await idle();
    const [a, b] = [...world.library.parts.registry.all()];
    await world.store.remove([a?.id ?? ""]);
    await world.library.parts.registry.remove([b?.id ?? ""]);
    await world.close();
    await open();
    await idle();
    expect(outcomes()).toEqual({ "a.txt": "indexed" });
    expect([...(await world.store.committed()).keys()]).toEqual([a?.id]);
  });

  it("adds the same folder again at least fifty times faster, embedding nothing", async () => {
    await open({ ingest: { readers: 2 } });
    const started = performance.now();
    await addAll(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${i}.txt`, `Document number ${i} about the loom ${i * 7}.`])));
    await idle();
    const first = performance.now() - started;
    const embedded = world.embedded.count;
    const again = performance.now();
    expect(await call(world.routes.documents.add, { paths: [join(folder, "docs")] })).toMatchObject({ added: [], unchanged: 500 });
    await idle();
    expect(first / (performance.now() - again)).toBeGreaterThan(50);
    expect([embedded, world.embedded.count]).toEqual([500, 500]);
  });
});
