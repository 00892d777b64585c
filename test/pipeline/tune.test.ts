import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ConvertEvent, MergeEvent, MergeInput } from "../../engine/contract/index.ts";
import { createEngine } from "../../engine/engine.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { projectRoot, workersFolder } from "../data.ts";
import { buildGguf } from "../fakes/gguf-builder.ts";
import { noise, writePeft } from "../fakes/peft-builder.ts";
import { modelMetadata, readTensors, smallFamilies, smallModel, tensor } from "../fakes/small-models.ts";
import { createTestEngine, importModel, type TestEngine } from "../test-engine.ts";

/** The whole way, through the contract and the real worker process. */
describe("convert and merge", () => {
  let engine: TestEngine;
  let files: string;
  let base: string;
  let peft: string;
  beforeAll(async () => {
    engine = await createTestEngine();
    files = mkdtempSync(join(tmpdir(), "tune-files-"));
    base = join(files, "base.gguf");
    writeFileSync(base, smallModel(smallFamilies[0]!, { values: (name, n) => noise(name.length + n, n) }));
    peft = writePeft(join(files, "my-voice"), { tensors: {
      "base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight": { shape: [4, 32], values: noise(1, 128) }, "base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight": { shape: [32, 4], values: noise(2, 128) },
    } });
  });
  afterAll(async () => {
    await engine.dispose();
    rmSync(files, { recursive: true, force: true });
  });
  // A stream that is left ends at once on the reader's side; the work behind it ends a moment later.
  afterEach(() => expect.poll(halfWritten).toEqual([]));

  const halfWritten = () => [files, join(engine.workspace, "models")].flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : [])).filter((name) => /\.(merging|converting)-/.test(name));
  const convert = async (input: Parameters<typeof engine.client.tune.convert>[0]) => last<ConvertEvent>(await engine.client.tune.convert(input));
  const merge = async (input: Omit<MergeInput, "type" | "addToShelf" | "adapters"> & { adapters: { adapter: { id?: string; path?: string }; scale?: number }[]; addToShelf?: boolean }) => last<MergeEvent>(await engine.client.tune.merge(input));
  async function last<E extends { type: string }>(events: AsyncIterable<E>): Promise<Extract<E, { type: "done" }>> {
    let done: E | undefined;
    for await (const event of events) done = event;
    if (done?.type !== "done") throw new Error("ended without a result");
    return done as Extract<E, { type: "done" }>;
  }
  /** A model whose merge takes a few hundred pieces. */
  const large = () => {
    const path = join(files, "large.gguf");
    if (!existsSync(path)) writeFileSync(path, buildGguf(modelMetadata("llama"), [tensor("token_embd.weight", [4096, 16384], "BF16", new Float32Array(4096 * 16384)), tensor("blk.1.attn_q.weight", [32, 32], "F16", noise(8, 1024))]));
    return path;
  };

  it("from a trainer's folder to a model on the shelf, by path and by id", async () => {
    const adapter = await convert({ folder: peft, base: { path: base } });
    expect(adapter).toMatchObject({ architecture: "llama", rank: 4, alpha: 8, targets: 1, item: { kind: "adapter", name: "my-voice", storage: "stored", rank: 4, baseModel: "https://huggingface.co/someone/some-model" } });
    const merged = await merge({ base: { path: base }, adapters: [{ adapter: { id: adapter.item?.id ?? "" }, scale: 0.5 }] });
    expect(merged).toMatchObject({ changed: 1, item: { kind: "model", name: "Small llama + my-voice", storage: "stored", baseModel: "Small llama", sha256: merged.sha256 } });
    expect(readdirSync(join(engine.workspace, "models")).sort()).toEqual(["Small llama _ my-voice.gguf", "my-voice.gguf"]);
    const again = await merge({ base: { path: base }, adapters: [{ adapter: { id: adapter.item?.id ?? "" }, scale: 0.5 }] });
    expect(again.item?.id).toBe(merged.item?.id); // the same parts give the same bytes
    expect(readdirSync(join(engine.workspace, "models"))).toHaveLength(2);
    expect(JSON.parse(readFileSync(join(engine.workspace, "unfinished.json"), "utf8"))).toMatchObject({ files: [] });
    expect((await readTensors(merged.path)).get("blk.0.attn_q.weight")!.bytes.equals((await readTensors(base)).get("blk.0.attn_q.weight")!.bytes)).toBe(true);
  });

  it("tells where each came from: files, hashes, strengths, base, when and how; a version has it without being asked", async () => {
    const hash = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
    const sources = ["adapter_config.json", "adapter_model.safetensors"].map((name) => ({ how: "converted" as const, name, sha256: hash(join(peft, name)) }));
    const adapter = await convert({ folder: peft, base: { path: base }, name: "Told" });
    expect(adapter).toMatchObject({ baseSha256: hash(base), item: { source: { type: "made", how: "converted", from: peft }, madeFrom: sources } });
    const merged = await merge({ base: { path: base }, adapters: [{ adapter: { id: adapter.item?.id ?? "" }, scale: 0.8 }], name: "Told, merged" });
    const inside = [{ how: "merged" as const, name: "Told", sha256: adapter.sha256, scale: 0.8 }];
    expect(merged.item).toMatchObject({ source: { type: "made", how: "merged", from: base }, madeFrom: inside });
    const { fineTunes } = engine.client.models;
    const [ofAdapter, ofMerged] = [await fineTunes.create({ name: "A", itemId: adapter.item?.id ?? "" }), await fineTunes.create({ name: "M", itemId: merged.item?.id ?? "" })];
    expect(ofAdapter.versions[0]?.lineage).toEqual({ baseSha256: hash(base), madeFrom: sources, made: adapter.item?.added });
    expect(ofMerged.versions[0]?.lineage).toEqual({ baseSha256: hash(base), madeFrom: inside, made: merged.item?.added });
    const said = await fineTunes.create({ name: "Said", itemId: merged.item?.id ?? "", lineage: { baseSha256: "b", trained: "2026-05-01T00:00:00Z" } });
    expect(said.versions[0]?.lineage).toMatchObject({ baseSha256: "b", trained: "2026-05-01T00:00:00Z", madeFrom: inside });
  });

  it("knows a merged file from elsewhere by what it says; a converted one gets its origin when it is made again", async () => {
    const adapter = await convert({ folder: peft, base: { path: base }, name: "Outside", output: join(files, "outside.gguf") });
    const merged = await merge({ base: { path: base }, adapters: [{ adapter: { path: adapter.path } }], name: "Outside, merged", output: join(files, "outside-merged.gguf") });
    const known = await importModel(engine, merged.path);
    expect(known).toMatchObject({ source: { type: "import" }, madeFrom: [{ how: "merged", name: "Outside", sha256: adapter.sha256, scale: 1 }] });
    expect((await engine.client.models.fineTunes.create({ name: "O", itemId: known.id })).versions[0]?.lineage).not.toHaveProperty("made");
    expect(await importModel(engine, adapter.path)).not.toHaveProperty("madeFrom");
    expect((await convert({ folder: peft, base: { path: base }, name: "Outside" })).item).toMatchObject({ path: adapter.path, madeFrom: [{ how: "converted" }, { name: "adapter_model.safetensors" }] });
  });

  it("writes down the hash of the file that went in, also where a trainer has written over it since it came onto the shelf", async () => {
    const adapter = await convert({ folder: peft, base: { path: base }, name: "Written over", output: join(files, "written-over.gguf"), addToShelf: true });
    const bytes = readFileSync(adapter.path);
    bytes[bytes.length - 2]! ^= 1; // a digit of the last number: as many bytes as before
    writeFileSync(adapter.path, bytes);
    const merged = await merge({ base: { path: base }, adapters: [{ adapter: { id: adapter.item?.id ?? "" } }], name: "From the second" });
    const now = createHash("sha256").update(bytes).digest("hex");
    expect(merged.item?.madeFrom).toEqual([{ how: "merged", name: "Written over", sha256: now, scale: 1 }]);
    expect((await engine.client.models.list()).find(({ id }) => id === adapter.item?.id)?.sha256).toBe(now);
  });

  it("takes another name of its own where the first was taken while it worked", async () => {
    const voice = (await convert({ folder: peft, base: { path: base }, output: join(files, "voice-3.gguf") })).path;
    let done: Extract<MergeEvent, { type: "done" }> | undefined;
    for await (const event of await engine.client.tune.merge({ base: { path: large() }, adapters: [{ adapter: { path: voice } }], name: "Taken" })) {
      if (event.type === "done") done = event;
      else if (event.step === "merging") writeFileSync(join(engine.workspace, "models", "Taken.gguf"), "a file of the person's");
    }
    expect(done?.path).toBe(join(engine.workspace, "models", "Taken-2.gguf"));
    expect(readFileSync(join(engine.workspace, "models", "Taken.gguf"), "utf8")).toBe("a file of the person's");
  });

  it("writes where it is told, never over a file, and onto the shelf when asked", async () => {
    const adapter = await convert({ folder: peft, base: { path: base }, output: join(files, "voice.gguf"), addToShelf: true, name: "Voice" });
    expect(adapter).toMatchObject({ path: join(files, "voice.gguf"), item: { name: "Voice", storage: "linked" } });
    const merged = await merge({ base: { path: base }, adapters: [{ adapter: { path: adapter.path } }], output: join(files, "merged.gguf") });
    expect(merged.item).toBeUndefined();
    const before = readFileSync(merged.path);
    await expect(merge({ base: { path: base }, adapters: [{ adapter: { path: adapter.path } }], output: merged.path })).rejects.toMatchObject({ code: "CONFLICT", data: { reason: "There is a file merged.gguf already.", field: "output" } });
    expect(readFileSync(merged.path).equals(before)).toBe(true);
    await expect(convert({ folder: peft, base: { path: base }, output: join(files, "voice.bin") })).rejects.toMatchObject({ code: "INVALID" });
    await expect(convert({ folder: peft, base: { path: base }, output: join(files, "nowhere", "voice.gguf") })).rejects.toMatchObject({ code: "NOT_FOUND", data: { reason: `There is no folder ${join(files, "nowhere")}.`, field: "output" } });
    await expect(merge({ base: {}, adapters: [{ adapter: { path: adapter.path } }] })).rejects.toMatchObject({ code: "INVALID" });
    await expect(merge({ base: { id: "gone" }, adapters: [{ adapter: { path: adapter.path } }] })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(merge({ base: { path: adapter.path }, adapters: [{ adapter: { path: base } }] })).rejects.toMatchObject({ code: "MODEL_REFUSED" });
  });

  it("stops when its reader leaves; the next in line goes on; the engine answers meanwhile", async () => {
    const voice = (await convert({ folder: peft, base: { path: base }, output: join(files, "voice-2.gguf") })).path;
    const events: string[] = [];
    const stopped = (async () => {
      for await (const event of await engine.client.tune.merge({ base: { path: large() }, adapters: [{ adapter: { path: voice } }], type: "F32", output: join(files, "stopped.gguf") })) {
        events.push(event.type === "progress" ? event.step : event.type);
        if (event.type === "progress" && event.step === "merging" && event.done < event.total / 2) {
          expect((await engine.client.system.status()).workers.find((w) => w.name === "tuner")?.state).toBe("ready");
          break;
        }
      }
    })();
    const next = merge({ base: { path: base }, adapters: [{ adapter: { path: voice } }], output: join(files, "next.gguf") });
    await stopped;
    expect(events).toContain("merging");
    expect(events).not.toContain("done");
    expect((await next).changed).toBe(1);
    expect(existsSync(join(files, "stopped.gguf"))).toBe(false);
  });

  it("leaves nothing when the worker is killed, and works again", async () => {
    const voice = join(files, "voice-2.gguf");
    await expect((async () => {
      for await (const event of await engine.client.tune.merge({ base: { path: large() }, adapters: [{ adapter: { path: voice } }], type: "F32", output: join(files, "killed.gguf") })) {
        if (event.type !== "progress" || event.step !== "merging") continue;
        const { pid } = (await engine.client.system.status()).workers.find((w) => w.name === "tuner") ?? {};
        if (pid === undefined) continue; // it is dead: an event from before came late
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // It has just died.
        }
      }
    })()).rejects.toMatchObject({ code: "WORKER_DIED" });
    expect(halfWritten()).toEqual([]);
    expect((await merge({ base: { path: base }, adapters: [{ adapter: { path: voice } }], output: join(files, "after.gguf") })).changed).toBe(1);
  });

  it("sweeps at its start what a killed engine has left, and nothing else", async () => {
    const workspace = mkdtempSync(join(tmpdir(), "tune-killed-"));
    try {
      mkdirSync(join(workspace, "models"));
      const left = join(workspace, "models", "m.gguf.merging-0123abcd");
      const mine = join(workspace, "models", "mine.gguf");
      for (const path of [left, mine]) writeFileSync(path, "x");
      const unplugged = join(workspace, "unplugged", "m.gguf.converting-89abcdef");
      writeFileSync(join(workspace, "unfinished.json"), JSON.stringify({ version: 1, files: [left, mine, unplugged] }));
      const other = await createEngine({ workspace, hostKind: "test", workerHost: createNodeWorkerHost(workersFolder), resources: projectRoot, version: "0.0.0-test" });
      expect([existsSync(left), existsSync(mine)]).toEqual([false, true]);
      expect(JSON.parse(readFileSync(join(workspace, "unfinished.json"), "utf8")), "to be deleted when its disk is back").toMatchObject({ files: [unplugged] });
      await other.dispose();
    } finally {
      rmSync(workspace, { recursive: true, force: true });
    }
  });
});
