import { closeSync, openSync, readFileSync, writeSync } from "node:fs";

/** Llama of about 85 million parameters: as many as make a core work for each token as a real model does, at tens of tokens a second. */
const SIZES: Readonly<Record<string, number>> = {
  "llama.embedding_length": 768, "llama.block_count": 12, "llama.feed_forward_length": 2048, "llama.attention.head_count": 12, "llama.attention.head_count_kv": 12,
  "llama.rope.dimension_count": 64, "general.file_type": 7,
};
const ALIGNMENT = 32;
const F32 = 0;
const Q8_0 = 8;
const Q8_BLOCK = { elements: 32, bytes: 34 };
const fixedBytes: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };

interface Tensor { readonly name: string; readonly shape: readonly number[]; readonly type: typeof F32 | typeof Q8_0 }

/**
 * Writes a GGUF with another llama's tokenizer and template and random weights: it says nothing sensible, and takes as long over it as a model
 * of its size takes. For measuring speed where no larger model is at hand.
 */
export function writeHeavyModel(like: string, to: string): void {
  const { metadata, count, vocabulary } = metadataOf(readFileSync(like));
  const tensors = tensorsOf(vocabulary);
  let offset = 0;
  const infos = tensors.map(({ name, shape, type }) => {
    const info = Buffer.concat([text(name), u32(shape.length), ...shape.map(u64), u32(type), u64(offset)]);
    offset += padded(bytesOf({ name, shape, type }));
    return info;
  });
  const header = Buffer.concat([Buffer.from("GGUF"), u32(3), u64(tensors.length), u64(count), metadata, ...infos]);
  const file = openSync(to, "w");
  try {
    writeSync(file, Buffer.concat([header, Buffer.alloc(padded(header.length) - header.length)]));
    for (const tensor of tensors) writeSync(file, weightsOf(tensor));
  } finally {
    closeSync(file);
  }
}

/** The metadata's bytes with the sizes exchanged. */
function metadataOf(gguf: Buffer): { metadata: Buffer; count: number; vocabulary: number } {
  const count = Number(gguf.readBigUInt64LE(16));
  const start = 24;
  let at = start;
  let vocabulary = 0;
  for (let i = 0; i < count; i++) {
    const length = Number(gguf.readBigUInt64LE(at));
    const key = gguf.toString("utf8", at + 8, at + 8 + length);
    at += 8 + length;
    const type = gguf.readUInt32LE(at);
    if (key === "llama.vocab_size") vocabulary = gguf.readUInt32LE(at + 4);
    const size = SIZES[key];
    if (size !== undefined) gguf.writeUInt32LE(size, at + 4);
    at = endOf(gguf, at + 4, type);
  }
  return { metadata: gguf.subarray(start, at), count, vocabulary };
}

function endOf(gguf: Buffer, at: number, type: number): number {
  if (type === 8) return at + 8 + Number(gguf.readBigUInt64LE(at));
  if (type !== 9) return at + (fixedBytes[type] ?? Number.NaN);
  const inner = gguf.readUInt32LE(at);
  let end = at + 12;
  for (let left = Number(gguf.readBigUInt64LE(at + 4)); left > 0; left--) end = endOf(gguf, end, inner);
  return end;
}

function tensorsOf(vocabulary: number): Tensor[] {
  const { "llama.embedding_length": width = 0, "llama.feed_forward_length": inner = 0, "llama.block_count": blocks = 0 } = SIZES;
  const norm = (name: string): Tensor => ({ name: `${name}.weight`, shape: [width], type: F32 });
  const matrix = (name: string, from: number, into: number): Tensor => ({ name: `${name}.weight`, shape: [from, into], type: Q8_0 });
  const block = (i: number): Tensor[] => [
    norm(`blk.${i}.attn_norm`), ...["attn_q", "attn_k", "attn_v", "attn_output"].map((name) => matrix(`blk.${i}.${name}`, width, width)),
    norm(`blk.${i}.ffn_norm`), matrix(`blk.${i}.ffn_gate`, width, inner), matrix(`blk.${i}.ffn_up`, width, inner), matrix(`blk.${i}.ffn_down`, inner, width),
  ];
  return [matrix("token_embd", width, vocabulary), ...Array.from({ length: blocks }, (_, i) => block(i)).flat(), norm("output_norm"), matrix("output", width, vocabulary)];
}

function bytesOf({ shape, type }: Tensor): number {
  const elements = shape.reduce((product, size) => product * size, 1);
  return type === F32 ? 4 * elements : (elements / Q8_BLOCK.elements) * Q8_BLOCK.bytes;
}

/** Norms are one; matrices are noise of the size that keeps a signal's strength, from a fixed seed. */
function weightsOf(tensor: Tensor): Buffer {
  const bytes = Buffer.alloc(padded(bytesOf(tensor)));
  if (tensor.type === F32) new Float32Array(bytes.buffer, bytes.byteOffset, tensor.shape[0]).fill(1);
  else for (let at = 0, seed = 1; at < bytesOf(tensor); at += Q8_BLOCK.bytes) {
    bytes.writeUInt16LE(SCALE, at);
    for (let i = 2; i < Q8_BLOCK.bytes; i++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
      bytes[at + i] = seed >>> 24;
    }
  }
  return bytes;
}

/** 0.0005 as a half-precision number: eight-bit noise times this has a deviation of about one over the square root of the width. */
const SCALE = 0x1019;

const padded = (size: number): number => Math.ceil(size / ALIGNMENT) * ALIGNMENT;
const u32 = (value: number): Buffer => { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(value); return bytes; };
const u64 = (value: number): Buffer => { const bytes = Buffer.alloc(8); bytes.writeBigUInt64LE(BigInt(value)); return bytes; };
const text = (value: string): Buffer => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
