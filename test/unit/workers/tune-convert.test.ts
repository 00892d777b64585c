import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readGgufHeader } from "../../../engine/base/gguf/header.ts";
import { inspectGguf } from "../../../engine/base/gguf/info.ts";
import type { ConvertDone, ConvertJob } from "../../../engine/workers/tuner/contract.ts";
import { convertAdapter } from "../../../engine/workers/tuner/convert.ts";
import { sharedData } from "../../data.ts";
import { noise, writePeft, type PeftTensor } from "../../fakes/peft-builder.ts";
import { readTensors, size, smallFamilies, smallModel, type SmallFamily } from "../../fakes/small-models.ts";

const folder = mkdtempSync(join(tmpdir(), "tune-convert-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const fresh = (ending: string) => join(folder, `${count++}${ending}`);
const shared = sharedData();

/** Converts, and answers with the file it wrote. */
async function convert(adapter: string, { base, type = "as-stored", name = "an adapter" }: Partial<Pick<ConvertJob, "type" | "name">> & { base?: string | undefined } = {}): Promise<ConvertDone & { path: string }> {
  const path = fresh(".gguf");
  const done = await convertAdapter({ folder: adapter, type, name, place: { temporary: path, final: path }, ...(base === undefined ? {} : { base: { path: base } }) }, { signal: new AbortController().signal, progress: () => undefined, checking: () => undefined });
  return { ...done, path };
}

const RANK = 4;
/** An adapter on every linear layer of a family: the factors by module, as PEFT stores them. */
function everyLayer({ stem, linear }: SmallFamily, dtype: PeftTensor["dtype"] = "F32"): Record<string, PeftTensor> {
  const tensors: Record<string, PeftTensor> = {};
  for (let layer = 0; layer < size.layers; layer++) {
    for (const [i, [module, [, outputs, inputs]]] of Object.entries(linear).entries()) {
      const name = `base_model.model.${stem}${layer}.${module}`;
      tensors[`${name}.lora_A.weight`] = { shape: [RANK, inputs], values: noise(layer * 50 + i + 1, RANK * inputs), dtype: dtype ?? "F32" };
      tensors[`${name}.lora_B.weight`] = { shape: [outputs, RANK], values: noise(layer * 50 + i + 25, outputs * RANK), dtype: dtype ?? "F32" };
    }
  }
  return tensors;
}

/** rows × columns times a vector, rows first. */
const times = (matrix: Float32Array, vector: ArrayLike<number>, rows: number): number[] =>
  Array.from({ length: rows }, (_, r) => { let sum = 0; for (let c = 0; c < vector.length; c++) sum += matrix[r * vector.length + c]! * vector[c]!; return sum; });

/** Rotates by position: Hugging Face pairs i with i + half of the head, llama.cpp's plain RoPE 2i with 2i + 1, at the same angles. */
function rotated(vector: number[], position: number, pairing: "halves" | "neighbours"): number[] {
  const out = [...vector];
  const half = size.perHead / 2;
  for (let head = 0; head < vector.length / size.perHead; head++) {
    for (let i = 0; i < half; i++) {
      const angle = position / 100 ** (i / half);
      const [x, y] = pairing === "halves" ? [head * size.perHead + i, head * size.perHead + i + half] : [head * size.perHead + 2 * i, head * size.perHead + 2 * i + 1];
      out[x!] = vector[x!]! * Math.cos(angle) - vector[y!]! * Math.sin(angle);
      out[y!] = vector[x!]! * Math.sin(angle) + vector[y!]! * Math.cos(angle);
    }
  }
  return out;
}

describe.each(smallFamilies)("a $modelType adapter", (one) => {
  const base = fresh(".gguf");
  writeFileSync(base, smallModel(one, { values: (_, n) => new Float32Array(n) }));
  const config = fresh(".json");
  writeFileSync(config, JSON.stringify({ model_type: one.modelType, num_attention_heads: size.heads, num_key_value_heads: size.kvHeads, num_hidden_layers: size.layers, n_head: size.heads, n_layer: size.layers }));
  const peft = everyLayer(one);
  const adapter = writePeft(fresh("-peft"), { tensors: peft });

  it("does to a hidden vector what Hugging Face's formula does", async () => {
    const { path, ...done } = await convert(adapter, { base });
    expect(done).toMatchObject({ architecture: one.architecture, rank: RANK, alpha: 8, targets: size.layers * Object.keys(one.linear).length, notes: [] });
    const tensors = await readTensors(path);
    expect(tensors.size).toBe(2 * done.targets);
    for (let layer = 0; layer < size.layers; layer++) {
      for (const [module, [name, outputs, inputs]] of Object.entries(one.linear)) {
        const a = tensors.get(`blk.${layer}.${name}.weight.lora_a`)!;
        const b = tensors.get(`blk.${layer}.${name}.weight.lora_b`)!;
        expect([a.shape, b.shape]).toEqual([[inputs, RANK], [RANK, outputs]]);
        const hidden = noise(77 + layer, inputs);
        const hf = `base_model.model.${one.stem}${layer}.${module}`;
        const wanted = times(peft[`${hf}.lora_B.weight`]!.values, times(peft[`${hf}.lora_A.weight`]!.values, hidden, RANK), outputs);
        const got = times(b.values, times(a.values, hidden, RANK), outputs);
        if (one.paired && /attn_[qk]$/.test(name)) expect([...got].sort()).toEqual([...wanted].sort());
        else expect(got).toEqual(wanted);
      }
    }
  });

  it("gives the same attention scores at every distance, each side turning its own way", async () => {
    if (!("self_attn.q_proj" in one.linear)) return; // fused: the rows were seen to be the same above
    const tensors = await readTensors((await convert(adapter, { base })).path);
    const hidden = noise(5, size.width);
    const out = (name: string, rows: number) => times(tensors.get(`blk.1.attn_${name}.weight.lora_b`)!.values, times(tensors.get(`blk.1.attn_${name}.weight.lora_a`)!.values, hidden, RANK), rows);
    const hf = (name: string, rows: number) => times(peft[`base_model.model.${one.stem}1.self_attn.${name}_proj.lora_B.weight`]!.values, times(peft[`base_model.model.${one.stem}1.self_attn.${name}_proj.lora_A.weight`]!.values, hidden, RANK), rows);
    const pairing = one.paired ? "neighbours" : "halves"; // llama.cpp's RoPE type of the architecture: NORM for llama, NEOX for the others
    for (const distance of [0, 1, 5, 40]) {
      const [q, k] = [rotated(out("q", size.heads * size.perHead), 3 + distance, pairing), rotated(out("k", size.kvHeads * size.perHead), 3, pairing)];
      const [hfQ, hfK] = [rotated(hf("q", size.heads * size.perHead), 3 + distance, "halves"), rotated(hf("k", size.kvHeads * size.perHead), 3, "halves")];
      for (let head = 0; head < size.heads; head++) {
        const [from, kvFrom] = [head * size.perHead, Math.floor(head / (size.heads / size.kvHeads)) * size.perHead];
        const score = (x: number[], y: number[]) => x.slice(from, from + size.perHead).reduce((sum, value, i) => sum + value * y[kvFrom + i]!, 0);
        expect(score(q, k)).toBeCloseTo(score(hfQ, hfK), 5);
      }
    }
  });

  it("is the same from config.json as from the base's GGUF", async () => {
    const [fromGguf, fromConfig] = [await convert(adapter, { base }), await convert(adapter, { base: config })];
    expect(fromConfig.sha256).toBe(fromGguf.sha256);
  });
});

describe("an adapter's file", () => {
  const llama = smallFamilies[0]!;
  const base = fresh(".gguf");
  writeFileSync(base, smallModel(llama, { values: (_, n) => new Float32Array(n) }));
  const query = (dtype: PeftTensor["dtype"] = "F32"): Record<string, PeftTensor> => ({
    "base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight": { shape: [4, 32], values: noise(1, 128), dtype: dtype ?? "F32" },
    "base_model.model.model.layers.0.self_attn.v_proj.lora_B.weight": { shape: [16, 4], values: noise(2, 64), dtype: dtype ?? "F32" },
  });

  it("tells the hashes of what it was made from, and of a base that is a GGUF", async () => {
    const source = writePeft(fresh(""), { tensors: query() });
    const done = await convert(source, { base });
    const hash = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
    expect(done.sources).toEqual(["adapter_config.json", "adapter_model.safetensors"].map((name) => ({ name, sha256: hash(join(source, name)) })));
    expect(done.baseSha256).toBe(hash(base));
    const config = fresh(".json");
    writeFileSync(config, JSON.stringify({ model_type: "llama", num_attention_heads: 4, num_key_value_heads: 2, num_hidden_layers: 2 }));
    expect(await convert(source, { base: config })).not.toHaveProperty("baseSha256");
  });

  it("says what llama.cpp's converter says, and no path of this machine", async () => {
    const metadata = async (named: string) => Object.fromEntries((await readGgufHeader((await convert(writePeft(fresh(""), { config: { base_model_name_or_path: named }, tensors: query() }), { base, name: "My voice" })).path)).metadata);
    expect(await metadata("someone/some-model")).toEqual({
      "general.architecture": "llama", "general.type": "adapter", "adapter.type": "lora", "adapter.lora.alpha": 8, "general.name": "My voice", "general.quantization_version": 2,
      "general.base_model.count": 1, "general.base_model.0.name": "some-model", "general.base_model.0.organization": "someone", "general.base_model.0.repo_url": "https://huggingface.co/someone/some-model",
    });
    expect(JSON.stringify(await metadata("/home/ada/secret/base-model/"))).not.toMatch(/secret|home/);
    expect((await inspectGguf((await convert(writePeft(fresh(""), { tensors: query() }), { base })).path)).adapter).toEqual({ rank: 4, alpha: 8 });
  });

  it.each([["F32", "F16"], ["F16", "F32"], ["BF16", "F32"], ["F32", "BF16"], ["BF16", "F16"], ["F16", "as-stored"], ["BF16", "as-stored"]] as const)("goes from %s to %s", async (from, type) => {
    const tensors = await readTensors((await convert(writePeft(fresh(""), { tensors: query(from) }), { base, type })).path);
    const a = tensors.get("blk.0.attn_v.weight.lora_a")!;
    expect(a.type).toBe(type === "as-stored" ? from : type);
    const exact = noise(1, 128);
    a.values.forEach((value, i) => expect(Math.abs(value - exact[i]!)).toBeLessThanOrEqual(2 ** -8));
    if (from === "F32" && type === "F16") a.values.forEach((value, i) => expect(Math.abs(value - exact[i]!)).toBeLessThanOrEqual(2 ** -12));
  });

  it("keeps the scale of rsLoRA, of rank_pattern and of alpha_pattern", async () => {
    const scaleOf = async (config: Record<string, unknown>, rank: number) => {
      const tensors = { "model.layers.0.self_attn.v_proj.lora_A.weight": { shape: [rank, 32], values: noise(1, rank * 32) }, "model.layers.0.self_attn.v_proj.lora_B.weight": { shape: [16, rank], values: noise(2, 16 * rank) } };
      const { path } = await convert(writePeft(fresh(""), { config, tensors: Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`base_model.model.${name}`, tensor])) }), { base });
      const stated = (await readGgufHeader(path)).metadata.get("adapter.lora.alpha") as number;
      const b = (await readTensors(path)).get("blk.0.attn_v.weight.lora_b")!;
      return (stated / rank) * (b.values[0]! / noise(2, 1)[0]!); // what llama.cpp multiplies B·A with, over what PEFT stored
    };
    expect(await scaleOf({ r: 4, lora_alpha: 8 }, 4)).toBeCloseTo(2, 6);
    expect(await scaleOf({ r: 4, lora_alpha: 8, use_rslora: true }, 4)).toBeCloseTo(4, 6);
    expect(await scaleOf({ r: 8, lora_alpha: 8, rank_pattern: { v_proj: 2 } }, 2)).toBeCloseTo(4, 6);
    expect(await scaleOf({ r: 4, lora_alpha: 8, alpha_pattern: { "layers.0.self_attn.v_proj": 20, q_proj: 1 } }, 4)).toBeCloseTo(5, 6);
    expect(await scaleOf({ r: 8, lora_alpha: 8, use_rslora: true, rank_pattern: { ".*v_proj": 4 }, alpha_pattern: { v_proj: 6 } }, 4)).toBeCloseTo(3, 6);
  });

  it("holds embedding and output layer the way llama.cpp reads them", async () => {
    const { width, vocabulary } = size;
    const table = { a: noise(3, RANK * vocabulary), b: noise(4, width * RANK) };
    const adapter = writePeft(fresh(""), { tensors: {
      "base_model.model.model.embed_tokens.lora_embedding_A": { shape: [RANK, vocabulary], values: table.a }, "base_model.model.model.embed_tokens.lora_embedding_B": { shape: [width, RANK], values: table.b },
      "base_model.model.lm_head.lora_A.weight": { shape: [RANK, width], values: noise(5, RANK * width) }, "base_model.model.lm_head.lora_B.weight": { shape: [vocabulary, RANK], values: noise(6, vocabulary * RANK) },
      "base_model.model.model.embed_tokens.base_layer.weight": { shape: [2, 2], values: noise(1, 4) },
    } });
    const { path, targets } = await convert(adapter, { base });
    expect(targets).toBe(2);
    expect((await inspectGguf(path)).adapter).toEqual({ rank: RANK, alpha: 8 });
    const tensors = await readTensors(path);
    const [a, b] = [tensors.get("token_embd.weight.lora_a")!, tensors.get("token_embd.weight.lora_b")!];
    expect([a.shape, b.shape]).toEqual([[RANK, vocabulary], [RANK, width]]);
    const token = 17; // PEFT: the column of A of a token, times B
    const wanted = Array.from({ length: width }, (_, d) => { let sum = 0; for (let r = 0; r < RANK; r++) sum += table.b[d * RANK + r]! * table.a[r * vocabulary + token]!; return sum; });
    expect(times(b.values, a.values.subarray(token * RANK, token * RANK + RANK), width)).toEqual(wanted);
    expect(tensors.get("output.weight.lora_b")!.shape).toEqual([RANK, vocabulary]);
  });
});

describe.skipIf(!shared)("the adapters of ../shared", () => {
  const toy = (name: string) => join(shared ?? "", "models", "toy-world", name);

  it.each([["v1", undefined], ["v1", "toy-world-base-f16.gguf"], ["v1", "toy-world-base-hf"], ["v2-worse", "toy-world-base-q8.gguf"]])("toy world %s is the reference tensor by tensor (base: %s)", async (version, base) => {
    const made = await readTensors((await convert(toy(`toy-world-lora-${version}-peft`), base === undefined ? {} : { base: toy(base) })).path);
    const reference = await readTensors(toy(`toy-world-lora-${version}.gguf`));
    expect([...made.keys()].sort()).toEqual([...reference.keys()].sort());
    for (const [name, tensor] of reference) {
      expect(made.get(name)).toMatchObject({ shape: tensor.shape, type: tensor.type });
      expect(made.get(name)!.bytes.equals(tensor.bytes), name).toBe(true);
    }
  });

  it("GPT-2's converts from its tensors' names alone, its classification head left out with a word", async () => {
    const { path, ...done } = await convert(join(shared ?? "", "models", "peft-lora-gpt2"));
    expect(done).toMatchObject({ architecture: "gpt2", rank: 8, alpha: 8, targets: 12, notes: [expect.stringContaining("score.weight")] });
    const tensors = await readTensors(path);
    expect(tensors.get("blk.11.attn_qkv.weight.lora_a")!.shape).toEqual([768, 8]);
    expect(tensors.get("blk.11.attn_qkv.weight.lora_b")!.shape).toEqual([8, 2304]);
    expect(readdirSync(folder).filter((name) => name.includes("converting"))).toEqual([]);
  });
});
