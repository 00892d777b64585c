import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adapterMismatch } from "../../../engine/base/gguf/adapter.ts";
import { modelFit } from "../../../engine/base/gguf/fit.ts";
import { readGgufHeader } from "../../../engine/base/gguf/header.ts";
import { inspectGguf } from "../../../engine/base/gguf/info.ts";
import { bytesInWords } from "../../../engine/base/gguf/refusal.ts";
import { LorekeepError } from "../../../engine/base/errors.ts";
import { fixture, sharedData } from "../../data.ts";
import { buildGguf, type FakeTensor, type FakeValue } from "../../fakes/gguf-builder.ts";

const toyBase = fixture("toy-world", "models", "toy-world-base-q8.gguf");
const toyLora = fixture("toy-world", "models", "toy-world-lora-v1.gguf");
const shared = sharedData();
let folder: string;
let count = 0;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), "gguf-")); });
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, `${count++}.gguf`);
  await writeFile(path, bytes);
  return path;
}
const u32 = (value: number): FakeValue => ({ type: "uint32", value });
const text = (value: string): FakeValue => ({ type: "string", value });
const texts = (value: string[]): FakeValue => ({ type: "strings", value });
const bytesOf = (from = 0) => Array.from({ length: 256 - from }, (_, i) => `<0x${(i + from).toString(16).toUpperCase().padStart(2, "0")}>`);
const tensor = (name: string, shape: number[], type = 0): FakeTensor => ({ name, shape, type });
const plain: Record<string, FakeValue> = {
  "general.architecture": text("llama"), "general.name": text("Small"), "general.license": text("apache-2.0"), "general.languages": texts(["en", "de"]), "general.base_model.0.name": text("Big"),
  "llama.block_count": u32(2), "llama.context_length": u32(2048), "llama.embedding_length": u32(64), "llama.attention.head_count": u32(8), "llama.attention.head_count_kv": u32(2),
  "tokenizer.ggml.model": text("gpt2"), "tokenizer.ggml.tokens": texts(["a", "b", "c"]), "tokenizer.chat_template": text("{{ messages }}"),
};
const model = (metadata: Record<string, FakeValue | undefined> = {}, tensors = [tensor("token_embd.weight", [64, 3]), tensor("blk.0.attn_q.weight", [64, 64])]) => buildGguf({ ...plain, ...metadata }, tensors);
const refusal = async (bytes: Uint8Array | string) => inspectGguf(await file(bytes)).then(() => undefined, (error: unknown) => error);

describe("what a GGUF says about itself", () => {
  it("is read from the header alone", async () => {
    expect(await inspectGguf(await file(model()))).toMatchObject({
      kind: "model", architecture: "llama", name: "Small", licence: "apache-2.0", languages: ["en", "de"], baseModel: "Big", parameters: 64 * 3 + 64 * 64, quantisation: "F32",
      contextLength: 2048, chatTemplate: "{{ messages }}", vocabularySize: 3, layers: 2, kvBytesPerToken: 2 * 2 * (8 + 8) * 2,
    });
    expect(await inspectGguf(toyBase)).toMatchObject({ parameters: 3_148_224, quantisation: "Q8_0", kvBytesPerToken: 6 * 4 * 96 * 2, vocabularySize: 2560 });
    expect(await inspectGguf(toyLora)).toMatchObject({ kind: "adapter", adapter: { rank: 8, alpha: 16 }, architecture: "llama" });
  });

  it("takes the stated quantisation, else the type of most bytes; counts attention by layer", async () => {
    expect(await inspectGguf(await file(model({ "general.file_type": u32(15) })))).toMatchObject({ quantisation: "Q4_K_M" });
    expect(await inspectGguf(await file(model({}, [tensor("a", [64]), tensor("b", [64, 64], 8)])))).toMatchObject({ quantisation: "Q8_0" });
    const hybrid = { "llama.attention.head_count_kv": { type: "uint32s" as const, value: [0, 4] }, "llama.attention.key_length": u32(32), "llama.attention.value_length": u32(16) };
    expect((await inspectGguf(await file(model(hybrid)))).kvBytesPerToken).toBe(4 * (32 + 16) * 2);
  });

  it("accepts a SentencePiece vocabulary with all bytes, and refuses one that lacks any", async () => {
    const spm = (tokens: string[]) => model({ "tokenizer.ggml.model": text("llama"), "tokenizer.ggml.tokens": texts(tokens) });
    expect((await inspectGguf(await file(spm(bytesOf())))).kind).toBe("model");
    const ascii = Array.from({ length: 128 }, (_, i) => String.fromCharCode(i));
    expect((await inspectGguf(await file(spm([...ascii, ...bytesOf(128)])))).kind).toBe("model");
    expect(await refusal(spm(bytesOf(1)))).toMatchObject({ code: "MODEL_REFUSED", details: { reason: expect.stringMatching(/255 of the 256 byte tokens/) } });
  });
});

describe("what is refused, by name", () => {
  it.each<[string, () => Uint8Array | string, RegExp]>([
    ["nothing", () => "", /empty/],
    ["a Git LFS pointer", () => "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", /Git LFS pointer, not the model/],
    ["a web page", () => "\n<!DOCTYPE html><html>", /web page/],
    ["a zip", () => "PK\x03\x04................................", /ZIP archive/],
    ["noise", () => Buffer.alloc(100, 7), /not a GGUF/],
    ["the old version", () => patched(model(), 4, 1), /version 1/],
    ["big-endian", () => patched(model(), 4, 0x03000000), /big-endian/],
    ["a cut before the counts", () => model().subarray(0, 20), /ends inside its header/],
    ["an image projector", () => model({ "general.architecture": text("clip") }), /image projector/],
    ["an embedding model", () => model({ "general.architecture": text("bert") }), /embedding model/],
    ["one part of several", () => model({ "split.count": { type: "uint16", value: 3 } }), /split into 3/],
    ["a vocabulary", () => model({}, []), /no weights/],
    ["no tokenizer", () => model({ "tokenizer.ggml.tokens": undefined }), /no tokenizer/],
    ["no architecture", () => model({ "general.architecture": undefined }), /architecture/],
    ["another kind of adapter", () => buildGguf({ "general.architecture": text("llama"), "general.type": text("adapter"), "adapter.type": text("control_vector") }, []), /control_vector/],
    ["an adapter without weights", () => buildGguf({ "general.architecture": text("llama"), "general.type": text("adapter"), "adapter.type": text("lora") }, []), /no LoRA weights/],
  ])("%s", async (_name, bytes, reason) => {
    expect(await refusal(bytes())).toMatchObject({ code: "MODEL_REFUSED", details: { reason: expect.stringMatching(reason) } });
  });

  it("a folder and a missing file", async () => {
    await expect(inspectGguf(folder)).rejects.toBeInstanceOf(Error);
    await expect(inspectGguf(join(folder, "none.gguf"))).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("weights that the file does not hold, with both numbers", async () => {
    const whole = model();
    const error = await refusal(whole.subarray(0, whole.length - 1000));
    expect(error).toMatchObject({ details: { reason: expect.stringMatching(new RegExp(`cut short.*${whole.length} bytes.*${whole.length - 1000}`)), next: expect.stringMatching(/again/) } });
  });
});

describe("what was made to do harm", () => {
  const counts = (tensors: bigint, metadata: bigint) => {
    const bytes = Buffer.alloc(4096);
    bytes.write("GGUF");
    bytes.writeUInt32LE(3, 4);
    bytes.writeBigUInt64LE(tensors, 8);
    bytes.writeBigUInt64LE(metadata, 16);
    return bytes;
  };
  it.each<[string, () => Uint8Array, RegExp]>([
    ["tensors without end", () => counts(2n ** 63n - 1n, 0n), /more than any real model/],
    ["metadata without end", () => counts(0n, 2n ** 62n), /more than any real model/],
    ["more tensors than bytes", () => counts(100_000n, 0n), /only \d+ bytes follow/],
    ["a text longer than the file", () => longText(2n ** 40n), /more than any real model/],
    ["a text past the end", () => longText(100_000n), /only \d+ bytes follow/],
    ["a list without end", () => model({ bomb: { type: "bomb", value: 2n ** 60n } }), /more than any real model/],
    ["a list past the end", () => model({ bomb: { type: "bomb", value: 1_000_000n } }), /only \d+ bytes follow/],
    ["a list of lists", () => model({ nested: { type: "nested", value: 0 } }), /list of lists/],
    ["a value of no kind", () => model({ odd: { type: "unknown", value: 0 } }), /unknown kind 99/],
    ["five dimensions", () => model({}, [tensor("x", [1, 1, 1, 1, 1])]), /5 dimensions/],
    ["an impossible size", () => model({}, [{ ...tensor("x", [2 ** 31, 2 ** 31, 2 ** 31]), stored: 0 }]), /impossible size/],
    ["an impossible offset", () => model({}, [{ ...tensor("x", [4]), offset: 2n ** 63n }]), /impossible size/],
    ["a row that does not fit its type", () => model({}, [{ ...tensor("x", [33], 8), stored: 64 }]), /does not fit its type Q8_0/],
    ["two tensors of one name", () => model({}, [tensor("x", [4]), tensor("x", [4])]), /two tensors named "x"/],
    ["an impossible alignment", () => model({ "general.alignment": u32(0) }), /alignment/],
    ["an alignment that is no power of two", () => model({ "general.alignment": u32(48) }), /alignment/],
  ])("%s is refused at once", async (_name, bytes, reason) => {
    const start = performance.now();
    expect(await refusal(bytes())).toMatchObject({ code: "MODEL_REFUSED", details: { reason: expect.stringMatching(reason) } });
    expect(performance.now() - start).toBeLessThan(500);
  });

  it("the same key twice", async () => {
    const bytes = Buffer.from(model({ "general.nama": text("Other") }));
    bytes.write("general.name", bytes.indexOf("general.nama"));
    expect(await refusal(bytes)).toMatchObject({ details: { reason: expect.stringMatching(/"general.name" twice/) } });
  });

  it("limits on header bytes and time are kept", async () => {
    await expect(readGgufHeader(toyBase, { limits: { headerBytes: 1000 } })).rejects.toMatchObject({ code: "MODEL_REFUSED", details: { reason: expect.stringMatching(/longer than 1000 bytes/) } });
    await expect(readGgufHeader(toyBase, { limits: { deadlineMs: -1 } })).rejects.toMatchObject({ code: "MODEL_REFUSED", details: { reason: expect.stringMatching(/took longer/) } });
    const stop = new AbortController();
    stop.abort();
    await expect(readGgufHeader(toyBase, { signal: stop.signal })).rejects.toMatchObject({ name: "AbortError" });
  });

  it("any byte of a header may be anything: it is read or refused, never worse", async () => {
    const whole = await readFile(toyLora);
    let seed = 12345;
    const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
    const path = join(folder, "fuzz.gguf");
    let refusals = 0;
    for (let round = 0; round < 400; round++) {
      const bytes = Buffer.from(whole.subarray(0, 12_000));
      for (let i = 0; i <= round % 4; i++) bytes[random(6000)] = random(256);
      await writeFile(path, bytes);
      const error = await inspectGguf(path).then(() => undefined, (e: unknown) => e);
      if (error === undefined) continue;
      expect(error).toBeInstanceOf(LorekeepError);
      refusals++;
    }
    expect(refusals).toBeGreaterThan(100);
  });

  it.skipIf(!shared)("all of the hostile files of the shared test data", async () => {
    for (const [name, reason] of [["huge-counts", /claims/], ["lfs-pointer", /LFS/], ["no-byte-tokens-aborts-node", /byte tokens/], ["not-gguf", /not a GGUF/], ["truncated-half", /cut short/], ["truncated-header", /bytes follow|inside its header/]] as const) {
      const path = join(shared ?? "", "models", "hostile-gguf", `${name}.gguf`);
      expect(existsSync(path)).toBe(true);
      await expect(inspectGguf(path)).rejects.toMatchObject({ code: "MODEL_REFUSED", details: { reason: expect.stringMatching(reason) } });
    }
  });
});

describe("an adapter and its base", () => {
  const lora = (tensors: FakeTensor[], architecture = "llama") => buildGguf({ "general.architecture": text(architecture), "general.type": text("adapter"), "adapter.type": text("lora") }, tensors);
  const pair = (name: string, [a, rank, b]: [number, number, number]) => [tensor(`${name}.lora_a`, [a, rank]), tensor(`${name}.lora_b`, [rank, b])];
  const why = async (bytes: Uint8Array) => adapterMismatch(await inspectGguf(await file(model())), await inspectGguf(await file(bytes)))?.why;

  it.each<[string, () => Uint8Array, RegExp | undefined]>([
    ["fits", () => lora(pair("blk.0.attn_q.weight", [64, 4, 64])), undefined],
    ["another architecture", () => lora(pair("blk.0.attn_q.weight", [64, 4, 64]), "qwen2"), /qwen2, the model is llama/],
    ["another size", () => lora(pair("blk.0.attn_q.weight", [32, 4, 32])), /32 × 32, the model's is 64 × 64/],
    ["a tensor the base lacks", () => lora(pair("blk.9.attn_q.weight", [64, 4, 64])), /does not have/],
    ["half of a pair", () => lora([tensor("blk.0.attn_q.weight.lora_a", [64, 4])]), /lora_b is missing/],
    ["two ranks", () => lora([tensor("blk.0.attn_q.weight.lora_a", [64, 4]), tensor("blk.0.attn_q.weight.lora_b", [8, 64])]), /do not fit together/],
    ["a model", () => model(), /whole model/],
    ["a whole tensor", () => lora([...pair("blk.0.attn_q.weight", [64, 4, 64]), tensor("output.weight", [64, 8])]), /whole tensor output\.weight/],
    ["a norm, which llama.cpp reads past", () => lora([...pair("blk.0.attn_q.weight", [64, 4, 64]), tensor("blk.0.attn_norm.weight", [64])]), undefined],
  ])("%s", async (_name, bytes, reason) => {
    const found = await why(bytes());
    if (reason) expect(found).toMatch(reason);
    else expect(found).toBeUndefined();
  });
});

describe("does it fit", () => {
  it("says so in words, with the size that does", async () => {
    const info = { ...(await inspectGguf(await file(model()))), fileBytes: 4e9, kvBytesPerToken: 100_000, vocabularySize: 32_000, contextLength: 32_768 };
    expect(modelFit(info, { freeBytes: 16e9 })).toMatchObject({ verdict: "fits", contextSize: 8192, text: expect.stringMatching(/^Fits: it needs about 4\.9 GB.*8192 tokens, and 16\.0 GB are free/) });
    expect(modelFit(info, { freeBytes: 4.5e9 })).toMatchObject({ verdict: "smaller-context", contextSize: 4344 });
    const graphics = modelFit({ ...info, layers: 32 }, { freeBytes: 16e9, gpuFreeBytes: 2.5e9 });
    expect(graphics).toMatchObject({ verdict: "partly-on-gpu", text: expect.stringMatching(/about 16 of 32 layers find room in the 2\.5 GB there/) });
    expect(modelFit({ ...info, layers: 32 }, { freeBytes: 16e9, gpuFreeBytes: 24e9 }).verdict).toBe("fits");
    expect(modelFit({ ...info, layers: 32 }, { freeBytes: 16e9, gpuFreeBytes: 1e7 }).verdict).toBe("fits");
    expect(modelFit({ ...info, layers: 32 }, { freeBytes: 3e9, gpuFreeBytes: 2.5e9 }), "half of it on the card, half beside it").toMatchObject({ verdict: "partly-on-gpu" });
    expect(modelFit({ ...info, layers: 32 }, { freeBytes: 2e9, gpuFreeBytes: 2.5e9 }).verdict).toBe("will-not-fit");
    expect(modelFit({ ...info, layers: 32 }, { freeBytes: 2e9, gpuFreeBytes: 24e9 }), "all of it on the card").toMatchObject({ verdict: "fits", text: expect.stringMatching(/needs about 4\.9 GB.*24\.0 GB are free on the graphics card/) });
    expect(modelFit(info, { freeBytes: 3e9 })).toMatchObject({ verdict: "will-not-fit", text: expect.stringMatching(/Does not fit/) });
  });
  it.each([[0, "0 bytes"], [999, "999 bytes"], [1000, "1.0 kB"], [999_900, "1.0 MB"], [123_456_789, "123 MB"], [4_900_000_000, "4.9 GB"]])("%d bytes are %s", (bytes, words) => {
    expect(bytesInWords(bytes)).toBe(words);
  });
});

function patched(bytes: Uint8Array, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt32LE(value >>> 0, at);
  return copy;
}

function longText(length: bigint): Buffer {
  const bytes = Buffer.from(model());
  bytes.writeBigUInt64LE(length, 24); // the length of the first key
  return bytes;
}
