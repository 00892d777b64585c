import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readGgufHeader } from "../../../engine/base/gguf/header.ts";
import { inspectGguf } from "../../../engine/base/gguf/info.ts";
import type { NumberType } from "../../../engine/base/gguf/numbers.ts";
import { LorekeepError } from "../../../engine/base/errors.ts";
import type { MergeDone, MergeJob } from "../../../engine/workers/tuner/contract.ts";
import type { Hooks } from "../../../engine/workers/tuner/convert.ts";
import { mergeModel } from "../../../engine/workers/tuner/merge.ts";
import { sharedData } from "../../data.ts";
import { buildGguf } from "../../fakes/gguf-builder.ts";
import { noise } from "../../fakes/peft-builder.ts";
import { modelMetadata, readTensors, size, smallFamilies, smallModel, tensor, typeNumber, writeAdapter } from "../../fakes/small-models.ts";

const folder = mkdtempSync(join(tmpdir(), "tune-merge-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const fresh = () => join(folder, `${count++}.gguf`);
const shared = sharedData();
const llama = smallFamilies[0]!;
const written = (bytes: Uint8Array) => { const path = fresh(); writeFileSync(path, bytes); return path; };
const seeded = (name: string, n: number) => noise(name.length * 31 + n, n);

const hooks = (change: Partial<Hooks> = {}): Hooks => ({ signal: new AbortController().signal, progress: () => undefined, checking: () => undefined, freeBytes: () => Promise.resolve(1e12), ...change });
type Job = Pick<MergeJob, "adapters"> & Partial<Pick<MergeJob, "type" | "name">> & { base: string; to?: string };
async function merge({ base, adapters, type = "as-base", name = "Merged", to = fresh() }: Job, change: Partial<Hooks> = {}): Promise<MergeDone & { path: string }> {
  return { ...(await mergeModel({ base: { path: base }, adapters, type, name, place: { temporary: to, final: to } }, hooks(change))), path: to };
}

/** What a person is told; where the output was to be, nothing is left. */
async function said(job: Job, change: Partial<Hooks> = {}): Promise<string> {
  const to = join(folder, `out-${count++}`, "merged.gguf");
  mkdirSync(dirname(to));
  const failure = await merge({ ...job, to }, change).then(() => "nothing", (error: unknown) => error);
  expect(readdirSync(dirname(to))).toEqual([]);
  if (!(failure instanceof LorekeepError)) throw failure;
  return `${failure.code}: ${failure.details.reason}`;
}

const RANK = 6; // not a multiple of four, which the arithmetic takes at a time
const query = "blk.1.attn_q.weight";
const voice = writeAdapter(fresh(), "llama", { alpha: 12, pairs: { [query]: { a: [[32, RANK], noise(1, 32 * RANK)], b: [[RANK, 32], noise(2, 32 * RANK)] } } });
const tone = writeAdapter(fresh(), "llama", { alpha: 2, type: "F16", pairs: {
  [query]: { a: [[32, 4], noise(3, 128)], b: [[4, 32], noise(4, 128)] },
  "token_embd.weight": { a: [[4, size.vocabulary], noise(5, 4 * size.vocabulary)], b: [[4, 32], noise(6, 128)] },
} });

/** W + scale · B·A in double precision, rows first. */
function added(weights: Float32Array, { a, b, rank, scale }: { a: Float32Array; b: Float32Array; rank: number; scale: number }, columns: number): Float64Array {
  return Float64Array.from(weights, (w, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    let sum = 0;
    for (let r = 0; r < rank; r++) sum += b[row * rank + r]! * a[r * columns + column]!;
    return w + scale * sum;
  });
}
const largestError = (got: Float32Array, wanted: ArrayLike<number>) => got.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i]!) / Math.max(1, Math.abs(wanted[i]!))), 0);

describe("a merge", () => {
  const base = written(smallModel(llama, { values: seeded }));

  it("is W + Σ scale · alpha / rank · B·A, exact to single precision, and leaves every other tensor alone", async () => {
    const before = await readTensors(base);
    const { path, ...done } = await merge({ base, adapters: [{ path: voice, scale: 0.5 }, { path: tone, scale: -1 }] });
    expect(done).toMatchObject({ changed: 2, tensors: before.size });
    const after = await readTensors(path);
    expect([...after.keys()]).toEqual([...before.keys()]);
    const ofTone = await readTensors(tone);
    const once = added(before.get(query)!.values, { a: noise(1, 32 * RANK), b: noise(2, 32 * RANK), rank: RANK, scale: 0.5 * 2 }, 32);
    const twice = added(new Float32Array(32 * 32), { a: ofTone.get(`${query}.lora_a`)!.values, b: ofTone.get(`${query}.lora_b`)!.values, rank: 4, scale: -0.5 }, 32).map((change, i) => change + once[i]!);
    expect(largestError(after.get(query)!.values, twice)).toBeLessThan(2 ** -23);
    for (const [name, { bytes }] of before) if (name !== query && name !== "token_embd.weight") expect(after.get(name)!.bytes.equals(bytes), name).toBe(true);
  });

  it("changes an embedding table token by token", async () => {
    const before = (await readTensors(base)).get("token_embd.weight")!.values;
    const after = (await readTensors((await merge({ base, adapters: [{ path: tone, scale: 1 }] })).path)).get("token_embd.weight")!.values;
    const ofTone = await readTensors(tone);
    const [a, b] = [ofTone.get("token_embd.weight.lora_a")!.values, ofTone.get("token_embd.weight.lora_b")!.values];
    const wanted = Float64Array.from(before, (w, i) => {
      const [token, d] = [Math.floor(i / 32), i % 32];
      return w + 0.5 * [0, 1, 2, 3].reduce((sum, r) => sum + a[token * 4 + r]! * b[d * 4 + r]!, 0);
    });
    expect(largestError(after, wanted)).toBeLessThan(2 ** -23);
  });

  it.each<[NumberType, MergeJob["type"], number]>([["F32", "as-base", 2 ** -23], ["F16", "as-base", 2 ** -11], ["BF16", "as-base", 2 ** -8], ["Q8_0", "as-base", 2 ** -5], ["F32", "F16", 2 ** -11], ["F32", "BF16", 2 ** -8], ["F16", "F32", 2 ** -23], ["BF16", "Q8_0", 2 ** -5], ["Q8_0", "F32", 2 ** -23], ["F32", "Q8_0", 2 ** -5]])("from %s as %s", async (from, type, error) => {
    const model = written(smallModel(llama, { type: from, values: seeded }));
    const before = await readTensors(model);
    const { path } = await merge({ base: model, adapters: [{ path: voice, scale: 1 }], type });
    const after = await readTensors(path);
    const to = type === "as-base" ? from : type;
    expect(after.get(query)!.type).toBe(to);
    expect(after.get("blk.0.ffn_up.weight")!.type).toBe(to);
    expect(after.get("blk.0.attn_norm.weight")!.type).toBe("F32");
    expect(largestError(after.get(query)!.values, added(before.get(query)!.values, { a: noise(1, 32 * RANK), b: noise(2, 32 * RANK), rank: RANK, scale: 2 }, 32))).toBeLessThan(error);
    if (to === from) expect(after.get("blk.0.ffn_up.weight")!.bytes.equals(before.get("blk.0.ffn_up.weight")!.bytes)).toBe(true);
    expect((await inspectGguf(path)).quantisation).toBe(to);
  });

  it("carries the metadata over, byte for byte, and says where it comes from", async () => {
    const model = written(smallModel(llama, { values: seeded, metadata: { "general.license": { type: "string", value: "MIT" }, "general.repo_url": { type: "string", value: "https://huggingface.co/someone/base" }, "general.alignment": { type: "uint32", value: 32 }, "llama.rope.freq_base": { type: "float32", value: 1e5 }, "tokenizer.ggml.tokens": { type: "strings", value: Array.from({ length: 5000 }, (_, i) => `token ${i}`) } } }));
    const { path, baseSha256 } = await merge({ base: model, adapters: [{ path: voice, scale: 0.5 }], name: "Mine" });
    const [before, after] = [await readGgufHeader(model), await readGgufHeader(path)];
    const raw = (file: string, span: readonly [number, number] | undefined) => readFileSync(file).subarray(...span!).toString("latin1");
    for (const [key, span] of before.spans) if (!["general.name", "general.repo_url"].includes(key)) expect(raw(path, after.spans.get(key)), key).toBe(raw(model, span));
    const sha256 = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");
    expect(baseSha256).toBe(sha256(model));
    expect(Object.fromEntries([...after.metadata].filter(([key]) => !before.metadata.has(key)))).toEqual({
      "general.base_model.count": 1, "general.base_model.0.name": "Small llama", "general.base_model.0.repo_url": "https://huggingface.co/someone/base",
      "lorekeep.merge.base_sha256": sha256(model), "lorekeep.merge.adapter.count": 1, "lorekeep.merge.adapter.0.name": "Small adapter", "lorekeep.merge.adapter.0.sha256": sha256(voice), "lorekeep.merge.adapter.0.scale": 0.5,
    });
    expect(after.metadata.get("general.name")).toBe("Mine");
    expect(await inspectGguf(path)).toMatchObject({ name: "Mine", licence: "MIT", baseModel: "https://huggingface.co/someone/base" });
    // Merged again, the second base is the first merge.
    const again = await merge({ base: path, adapters: [{ path: voice, scale: 1 }] });
    expect((await readGgufHeader(again.path)).metadata.get("lorekeep.merge.base_sha256")).toBe(sha256(path));
  });

  it("keeps the base's alignment, pads with zeroes, and is as long as its header says", async () => {
    const weights = noise(9, 32 * 33);
    const model = written(buildGguf(modelMetadata("llama"), [tensor("blk.1.attn_q.weight", [32, 32], "F16", noise(8, 1024)), tensor("blk.0.attn_norm.weight", [33], "F32", noise(7, 33)), tensor("output.weight", [32, 33], "F32", weights)]));
    const { path, sizeBytes, sha256 } = await merge({ base: model, adapters: [{ path: voice, scale: 1 }] });
    const header = await readGgufHeader(path);
    const bytes = readFileSync(path);
    expect([bytes.length, createHash("sha256").update(bytes).digest("hex")]).toEqual([sizeBytes, sha256]);
    for (const { offset } of header.tensors) expect((header.dataOffset + offset) % 32).toBe(0);
    const norm = header.tensors.find((t) => t.name === "blk.0.attn_norm.weight")!;
    const end = header.dataOffset + norm.offset + 33 * 4;
    expect([...bytes.subarray(end, Math.ceil(end / 32) * 32)].every((byte) => byte === 0)).toBe(true);
    expect((await readTensors(path)).get("output.weight")!.values).toEqual(weights);
  });

  it("keeps as F16 what Q8_0's blocks do not fit, and says so", async () => {
    const model = written(buildGguf(modelMetadata("llama"), [tensor("blk.0.attn_q.weight", [32, 32], "F16", noise(8, 1024)), tensor("blk.1.attn_q.weight", [32, 32], "F16", noise(8, 1024)), tensor("output.weight", [40, 32], "F32", noise(9, 1280))]));
    const { path, notes } = await merge({ base: model, adapters: [{ path: voice, scale: 1 }], type: "Q8_0" });
    expect((await readTensors(path)).get("output.weight")!.type).toBe("F16");
    expect(notes[0]).toMatch(/^1 weights have rows/);
  });

  it("copies quantisations it cannot change byte for byte, and refuses by name to change them", async () => {
    const stored = noise(11, 1024 * 9).map((v) => v * 127);
    const q4 = { name: "blk.0.ffn_up.weight", shape: [256, 64], type: typeNumber("Q4_K"), data: Buffer.from(Int8Array.from(stored.subarray(0, 64 * 144)).buffer) };
    const model = written(buildGguf(modelMetadata("llama"), [q4, tensor(query, [32, 32], "F16", noise(8, 1024))]));
    const after = await readTensors((await merge({ base: model, adapters: [{ path: voice, scale: 1 }] })).path);
    expect(after.get("blk.0.ffn_up.weight")).toMatchObject({ type: "Q4_K" });
    expect(after.get("blk.0.ffn_up.weight")!.bytes.equals(q4.data)).toBe(true);
    expect(await said({ base: model, adapters: [{ path: voice, scale: 1 }], type: "F16" })).toMatch(/stores blk\.0\.ffn_up\.weight as Q4_K, which cannot be turned into F16/);
    const touching = writeAdapter(fresh(), "llama", { pairs: { "blk.0.ffn_up.weight": { a: [[256, 2], noise(1, 512)], b: [[2, 64], noise(2, 128)] } } });
    expect(await said({ base: model, adapters: [{ path: touching, scale: 1 }] })).toMatch(/stores blk\.0\.ffn_up\.weight as Q4_K, and only F32/);
  });
});

describe("what cannot be merged", () => {
  const base = written(smallModel(llama, { values: seeded }));
  const pairs = (target: string, inputs = 32, outputs = 32) => ({ pairs: { [target]: { a: [[inputs, 4], noise(1, inputs * 4)] as [number[], Float32Array], b: [[4, outputs], noise(2, outputs * 4)] as [number[], Float32Array] } } });

  it.each<[string, () => string, RegExp]>([
    ["another architecture", () => writeAdapter(fresh(), "qwen2", pairs(query)), /architecture qwen2, the model is llama/], ["another size", () => writeAdapter(fresh(), "llama", pairs(query, 64, 64)), /blk\.1\.attn_q\.weight is 64 × 64, the model's is 32 × 32/],
    ["a tensor the base lacks", () => writeAdapter(fresh(), "llama", pairs("blk.7.attn_q.weight")), /blk\.7\.attn_q\.weight, which the model does not have/],
    ["alpha 0", () => writeAdapter(fresh(), "llama", { ...pairs(query), alpha: 0 }), /alpha of 0/], ["alpha NaN", () => writeAdapter(fresh(), "llama", { ...pairs(query), alpha: NaN }), /alpha of NaN/], ["alpha 1e30", () => writeAdapter(fresh(), "llama", { ...pairs(query), alpha: 1e30 }), /alpha of 1\.0*\d*e\+30/], ["a negative alpha", () => writeAdapter(fresh(), "llama", { ...pairs(query), alpha: -1 }), /alpha of -1/],
    ["an absurd rank", () => writeAdapter(fresh(), "llama", { pairs: { [query]: { a: [[32, 5000], new Float32Array(32 * 5000)], b: [[5000, 32], new Float32Array(32 * 5000)] } } }), /rank of 5000/],
    ["factors that are no numbers", () => writeAdapter(fresh(), "llama", { pairs: { [query]: { a: [[32, 4], noise(1, 128)], b: [[4, 32], noise(1, 128).fill(NaN, 3, 4)] } } }), /blk\.1\.attn_q\.weight holds numbers that are none/],
    ["an activated LoRA", () => writeAdapter(fresh(), "llama", { ...pairs(query), metadata: { "adapter.alora.invocation_tokens": { type: "uint32s", value: [1, 2] } } }), /activated LoRA/],
    ["a model in place of an adapter", () => base, /whole model, not an adapter/], ["noise", () => written(Buffer.alloc(300, 3)), /not a GGUF file/], ["a file that is not there", () => join(folder, "none.gguf"), /NOT_FOUND/],
    ["an adapter that is cut short", () => { const path = writeAdapter(fresh(), "llama", pairs(query)); truncateSync(path, statSync(path).size - 200); return path; }, /cut short/],
    ["an adapter of another version of the format", () => { const path = writeAdapter(fresh(), "llama", pairs(query)); const bytes = readFileSync(path); bytes.writeUInt32LE(1, 4); return written(bytes); }, /version 1/],
    ["an adapter for big-endian machines", () => { const path = writeAdapter(fresh(), "llama", pairs(query)); const bytes = readFileSync(path); bytes.writeUInt32LE(0x03000000, 4); return written(bytes); }, /big-endian/],
    ["quantised factors", () => written(buildGguf({ "general.architecture": { type: "string", value: "llama" }, "general.type": { type: "string", value: "adapter" }, "adapter.type": { type: "string", value: "lora" } }, [{ name: `${query}.lora_a`, shape: [32, 4], type: typeNumber("Q4_0") }, { name: `${query}.lora_b`, shape: [4, 32], type: 0 }])), /as Q4_0; F32, F16/],
    ["vectors among the factors", () => written(buildGguf({ "general.architecture": { type: "string", value: "llama" }, "general.type": { type: "string", value: "adapter" }, "adapter.type": { type: "string", value: "lora" } }, [tensor(`${query}.lora_a`, [32, 4], "F32", noise(1, 128)), tensor(`${query}.lora_b`, [4, 32], "F32", noise(1, 128)), tensor("output_norm.weight", [32], "F32", noise(1, 32))])), /output_norm\.weight, which is no LoRA factor/],
  ])("%s", async (_, adapter, reason) => {
    expect(await said({ base, adapters: [{ path: adapter(), scale: 1 }] })).toMatch(reason);
  });

  it("an adapter in place of the base, an embedding that is the output layer too, a sum without room in F16", async () => {
    expect(await said({ base: voice, adapters: [{ path: tone, scale: 1 }] })).toMatch(/is an adapter, not a model to merge into/);
    expect(await said({ base: written(smallModel(llama, { output: false, values: seeded })), adapters: [{ path: tone, scale: 1 }] })).toMatch(/embedding table \(token_embd\.weight\), which the model uses as its output head as well/);
    const huge = writeAdapter(fresh(), "llama", { alpha: 4, pairs: { [query]: { a: [[32, 4], noise(1, 128).fill(300)], b: [[4, 32], noise(2, 128).fill(300)] } } });
    expect(await said({ base, adapters: [{ path: huge, scale: 1 }], type: "F16" })).toMatch(/blk\.1\.attn_q\.weight has numbers as large as 3\.60e\+5, for which F16 has no room/);
  });

  it("factors that would not fit into memory: before the first byte", async () => {
    // 4,096 × 16,384 numbers, decoded 268 MB, stored as Q8_0's zeroes.
    const [columns, rank] = [16_384, 4_096];
    const wide = written(buildGguf(modelMetadata("llama"), [{ name: query, shape: [columns, 2], type: 1 }]));
    const adapter = written(buildGguf({ "general.architecture": { type: "string", value: "llama" }, "general.type": { type: "string", value: "adapter" }, "adapter.type": { type: "string", value: "lora" } }, [{ name: `${query}.lora_a`, shape: [columns, rank], type: 8 }, { name: `${query}.lora_b`, shape: [rank, 2], type: 0 }]));
    expect(await said({ base: wide, adapters: [{ path: adapter, scale: 1 }] })).toMatch(/^TOO_LARGE: The adapters' factors of blk\.1\.attn_q\.weight/);
  });

  it("without room on the disk: before the first byte", async () => {
    let hashed = 0;
    expect(await said({ base, adapters: [{ path: voice, scale: 1 }] }, { freeBytes: () => Promise.resolve(1000), checking: (done) => { hashed = done; } })).toMatch(/^NO_SPACE: .* are needed, 1\.0 kB are free/);
    expect(hashed, "nor is all of it read for its hash first, which takes minutes").toBe(0);
  });

  it("on a disk that is full half way: nothing is left, and what was there is", async (context) => {
    const disk = mkdtempSync(join(tmpdir(), "tune-disk-"));
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], { stdio: "ignore" });
    } catch {
      rmSync(disk, { recursive: true });
      return context.skip("needs root on Linux to mount a small disk");
    }
    try {
      writeFileSync(join(disk, "mine.txt"), "mine");
      await expect(merge({ base, adapters: [{ path: voice, scale: 1 }], to: join(disk, "merged.gguf") })).rejects.toMatchObject({ code: "NO_SPACE", details: { reason: "The disk is full: merged.gguf." } });
      expect(readdirSync(disk)).toEqual(["mine.txt"]);
    } finally {
      execFileSync("umount", ["-l", disk], { stdio: "ignore" });
      rmSync(disk, { recursive: true, force: true });
    }
  });
});

describe("while a merge runs", () => {
  const rows = 3000; // three pieces of the embedding table at 2,097,152 numbers a piece
  const large = () => written(buildGguf(modelMetadata("llama"), [tensor("token_embd.weight", [2048, rows], "F16", new Float32Array(2048 * rows)), tensor(query, [32, 32], "F16", noise(8, 1024))]));
  const during = (act: () => void): Partial<Hooks> => { let done = false; return { progress: () => { if (!done) act(); done = true; } }; };

  it("stopping it leaves nothing", async () => {
    const stop = new AbortController();
    const to = join(folder, "stopped", "merged.gguf");
    mkdirSync(dirname(to));
    await expect(merge({ base: large(), adapters: [{ path: voice, scale: 1 }], type: "F32", to }, { ...during(() => stop.abort()), signal: stop.signal })).rejects.toMatchObject({ name: "AbortError" });
    expect(readdirSync(dirname(to))).toEqual([]);
  });

  it("a base that is removed does not matter; one that is cut or changed is told", async () => {
    const removed = large();
    const whole = (await merge({ base: removed, adapters: [{ path: voice, scale: 1 }] })).sha256;
    expect((await merge({ base: removed, adapters: [{ path: voice, scale: 1 }] }, during(() => unlinkSync(removed)))).sha256).toBe(whole);
    const cut = large();
    expect(await said({ base: cut, adapters: [{ path: voice, scale: 1 }], type: "F32" }, during(() => truncateSync(cut, 1000)))).toBe(`CONFLICT: ${basename(cut)} became shorter while it was merged.`);
    const touched = large();
    expect(await said({ base: touched, adapters: [{ path: voice, scale: 1 }], type: "F32" }, during(() => utimesSync(touched, 1, 1)))).toBe(`CONFLICT: ${basename(touched)} was changed while it was merged.`);
  });

  it("a table larger than one piece comes out as in one", async () => {
    const table = noise(21, 2048 * rows);
    const model = written(buildGguf(modelMetadata("llama"), [tensor("output.weight", [2048, rows], "F32", table)]));
    const pair = { a: noise(22, 2048 * 2), b: noise(23, rows * 2) };
    const adapter = writeAdapter(fresh(), "llama", { alpha: 2, pairs: { "output.weight": { a: [[2048, 2], pair.a], b: [[2, rows], pair.b] } } });
    const after = (await readTensors((await merge({ base: model, adapters: [{ path: adapter, scale: 1 }] })).path)).get("output.weight")!.values;
    let worst = 0;
    for (let i = 0; i < after.length; i += 97) {
      const [row, column] = [Math.floor(i / 2048), i % 2048];
      worst = Math.max(worst, Math.abs(after[i]! - (table[i]! + pair.b[row * 2]! * pair.a[column]! + pair.b[row * 2 + 1]! * pair.a[2048 + column]!)));
    }
    expect(worst).toBeLessThan(2 ** -22);
  });
});

describe.skipIf(!shared)("the toy world of ../shared", () => {
  const toy = (name: string) => join(shared ?? "", "models", "toy-world", name);

  it("merged is the reference within one rounding of F16, which is made in another order of sums", async () => {
    const { path, changed } = await merge({ base: toy("toy-world-base-f16.gguf"), adapters: [{ path: toy("toy-world-lora-v1.gguf"), scale: 1 }] });
    expect(changed).toBe(42);
    const [made, reference] = [await readTensors(path), await readTensors(toy("toy-world-merged-v1-f16.gguf"))];
    expect([...made.keys()].sort()).toEqual([...reference.keys()].sort());
    let [numbers, off] = [0, 0];
    for (const [name, { bytes, type }] of reference) {
      const mine = made.get(name)!;
      expect(mine.type).toBe(type);
      if (type !== "F16") { expect(mine.bytes.equals(bytes)).toBe(true); continue; }
      for (let i = 0; i < bytes.length; i += 2) {
        const [one, other] = [mine.bytes.readUInt16LE(i), bytes.readUInt16LE(i)];
        numbers++;
        if (one === other) continue;
        off++;
        if (Math.abs(one - other) > 1) expect.fail(`${name}: ${one.toString(16)} and ${other.toString(16)}`);
      }
    }
    expect(off / numbers).toBeLessThan(0.0005);
  });

  it("written as Q8_0 without a change is the reference's Q8_0, byte for byte", async () => {
    const { path } = await merge({ base: toy("toy-world-base-f16.gguf"), adapters: [{ path: toy("toy-world-lora-v1.gguf"), scale: 0 }], type: "Q8_0" });
    const [made, reference] = [await readTensors(path), await readTensors(toy("toy-world-base-q8.gguf"))];
    for (const [name, { bytes }] of reference) expect(made.get(name)!.bytes.equals(bytes), name).toBe(true);
  });

  it("refuses the adapters that were made to be refused", async () => {
    for (const [name, reason] of [["wrong-shape", /128 × 128, the model's is 192 × 192/], ["wrong-arch", /architecture qwen2/]] as const) expect(await said({ base: toy("toy-world-base-f16.gguf"), adapters: [{ path: toy(`toy-world-lora-${name}.gguf`), scale: 1 }] })).toMatch(reason);
  });
});
