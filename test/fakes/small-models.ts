import { readFileSync, writeFileSync } from "node:fs";
import { tensorTypes } from "../../engine/base/gguf/formats.ts";
import { readGgufHeader } from "../../engine/base/gguf/header.ts";
import { bytesOf, decode, encode, isNumberType, numberTypes, type NumberType } from "../../engine/base/gguf/numbers.ts";
import { buildGguf, type FakeTensor, type FakeValue } from "./gguf-builder.ts";

/** Sizes of the small models below: width, heads, kv heads, numbers per head, feed-forward, vocabulary, layers. */
export const size = { width: 32, heads: 4, kvHeads: 2, perHead: 8, forward: 64, vocabulary: 300, layers: 2 };
const { width, heads, kvHeads, perHead, forward, vocabulary, layers } = size;

/** The linear layers of each family as Hugging Face names them, [outputs, inputs]; written down apart from the product's own table. */
const separate: Record<string, [string, number, number]> = {
  "self_attn.q_proj": ["attn_q", heads * perHead, width], "self_attn.k_proj": ["attn_k", kvHeads * perHead, width], "self_attn.v_proj": ["attn_v", kvHeads * perHead, width],
  "self_attn.o_proj": ["attn_output", width, heads * perHead], "mlp.gate_proj": ["ffn_gate", forward, width], "mlp.up_proj": ["ffn_up", forward, width], "mlp.down_proj": ["ffn_down", width, forward],
};
const fused: Record<string, [string, number, number]> = {
  "self_attn.qkv_proj": ["attn_qkv", (heads + 2 * kvHeads) * perHead, width], "self_attn.o_proj": ["attn_output", width, heads * perHead], "mlp.gate_up_proj": ["ffn_up", 2 * forward, width], "mlp.down_proj": ["ffn_down", width, forward],
};
const gpt2: Record<string, [string, number, number]> = {
  "attn.c_attn": ["attn_qkv", 3 * width, width], "attn.c_proj": ["attn_output", width, width], "mlp.c_fc": ["ffn_up", forward, width], "mlp.c_proj": ["ffn_down", width, forward],
};
export interface SmallFamily { architecture: string; modelType: string; stem: string; linear: Record<string, [string, number, number]>; paired: boolean }
const family = (architecture: string, modelType: string, stem: string, linear: SmallFamily["linear"], paired = false): SmallFamily => ({ architecture, modelType, stem, linear, paired });
export const smallFamilies: SmallFamily[] = [
  family("llama", "llama", "model.layers.", separate, true), family("llama", "mistral", "model.layers.", separate, true), family("qwen2", "qwen2", "model.layers.", separate), family("qwen3", "qwen3", "model.layers.", separate),
  family("gemma", "gemma", "model.layers.", separate), family("gemma2", "gemma2", "model.layers.", separate), family("gemma3", "gemma3_text", "model.layers.", separate), family("gemma3", "gemma3", "model.language_model.layers.", separate),
  family("phi3", "phi3", "model.layers.", fused), family("gpt2", "gpt2", "transformer.h.", gpt2),
];

const u32 = (value: number): FakeValue => ({ type: "uint32", value });
const text = (value: string): FakeValue => ({ type: "string", value });

/** `values` stored as `type`. */
function packed(type: NumberType, values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(bytesOf(type, values.length));
  encode(type, values, values.length, bytes);
  return bytes;
}

export const tensor = (name: string, shape: number[], type: NumberType, values: Float32Array): FakeTensor => ({ name, shape, type: numberTypes[type], data: packed(type, values) });

/** A model's metadata, enough for the header check. */
export const modelMetadata = (architecture: string, extra: Record<string, FakeValue | undefined> = {}): Record<string, FakeValue | undefined> => ({
  "general.architecture": text(architecture), "general.name": text(`Small ${architecture}`), [`${architecture}.block_count`]: u32(layers), [`${architecture}.context_length`]: u32(64), [`${architecture}.embedding_length`]: u32(width),
  [`${architecture}.attention.head_count`]: u32(heads), [`${architecture}.attention.head_count_kv`]: u32(kvHeads), "tokenizer.ggml.model": text("gpt2"), "tokenizer.ggml.tokens": { type: "strings", value: Array.from({ length: vocabulary }, (_, i) => `t${i}`) }, ...extra,
});

/** A whole small model of a family, weights from `values`. `output`: an output layer of its own. */
export function smallModel(one: SmallFamily, { type = "F32", output = true, values, metadata = {} }: { type?: NumberType; output?: boolean; values: (name: string, count: number) => Float32Array; metadata?: Record<string, FakeValue | undefined> }): Buffer {
  const linear = Array.from({ length: layers }, (_, layer) => Object.values(one.linear).map(([name, outputs, inputs]) => ({ name: `blk.${layer}.${name}.weight`, shape: [inputs, outputs] }))).flat();
  const all = [{ name: "token_embd.weight", shape: [width, vocabulary] }, { name: "blk.0.attn_norm.weight", shape: [width] }, ...linear, ...(output ? [{ name: "output.weight", shape: [width, vocabulary] }] : [])];
  return buildGguf(modelMetadata(one.architecture, metadata), all.map(({ name, shape }) => tensor(name, shape, shape.length === 1 ? "F32" : type, values(name, shape.reduce((a, b) => a * b, 1)))));
}

/** All tensors of a GGUF as numbers, with their shapes in ggml order, types and bytes. */
export async function readTensors(path: string): Promise<Map<string, { shape: readonly number[]; type: string; values: Float32Array; bytes: Buffer }>> {
  const header = await readGgufHeader(path);
  const file = readFileSync(path);
  return new Map(header.tensors.map(({ name, shape, typeName, offset, bytes = 0 }) => {
    const stored = file.subarray(header.dataOffset + offset, header.dataOffset + offset + bytes);
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    if (isNumberType(typeName)) decode(typeName, Uint8Array.from(stored), values.length, values);
    return [name, { shape, type: typeName ?? "", values, bytes: stored }];
  }));
}

/** A GGUF adapter: pairs by target, A rank × inputs and B outputs × rank as PyTorch counts. */
export function writeAdapter(path: string, architecture: string, { alpha = 8, type = "F32", pairs, metadata = {} }: { alpha?: number; type?: NumberType; pairs: Record<string, { a: [number[], Float32Array]; b: [number[], Float32Array] }>; metadata?: Record<string, FakeValue | undefined> }): string {
  const tensors = Object.entries(pairs).flatMap(([target, { a, b }]) => [tensor(`${target}.lora_a`, a[0], type, a[1]), tensor(`${target}.lora_b`, b[0], type, b[1])]);
  writeFileSync(path, buildGguf({ "general.architecture": text(architecture), "general.type": text("adapter"), "adapter.type": text("lora"), "adapter.lora.alpha": { type: "float32", value: alpha }, "general.name": text("Small adapter"), ...metadata }, tensors));
  return path;
}

export const typeNumber = (name: string): number => [...tensorTypes].find(([, { name: known }]) => known === name)?.[0] ?? -1;
