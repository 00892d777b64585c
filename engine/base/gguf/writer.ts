import { align } from "./header.ts";
import { tensorTypes, valueTypes } from "./formats.ts";

/** An entry of the metadata: a value to write, or the bytes of an entry as they stand in another GGUF. */
export type GgufEntry =
  | { readonly key: string; readonly type: "string"; readonly value: string }
  | { readonly key: string; readonly type: "uint32" | "float32"; readonly value: number }
  | { readonly key: string; readonly type: "raw"; readonly bytes: Uint8Array };

export interface TensorToWrite {
  readonly name: string;
  /** ggml order: the fastest-moving dimension first. */
  readonly shape: readonly number[];
  /** ggml type number; one of {@link tensorTypes}. */
  readonly type: number;
}

export interface GgufLayout<T extends TensorToWrite> {
  /** Everything before the tensor data, padded to its alignment. */
  readonly header: Buffer;
  /** In the order in which their data follows: `offset` counts from the start of the file, `padding` is what follows the data. */
  readonly tensors: readonly (T & { readonly offset: number; readonly bytes: number; readonly padding: number })[];
  readonly fileBytes: number;
}

/** GGUF version 3 (docs/gguf.md of ggml), little-endian. The caller writes the header, then each tensor's bytes and its padding. */
export function layOut<T extends TensorToWrite>(entries: readonly GgufEntry[], tensors: readonly T[], alignment = 32): GgufLayout<T> {
  const infos: Buffer[] = [];
  const sized: (T & { start: number; bytes: number; padding: number })[] = [];
  let start = 0;
  for (const tensor of tensors) {
    const bytes = tensorBytes(tensor);
    infos.push(text(tensor.name), u32(tensor.shape.length), ...tensor.shape.map(u64), u32(tensor.type), u64(start));
    sized.push({ ...tensor, start, bytes, padding: align(bytes, alignment) - bytes });
    start = align(start + bytes, alignment);
  }
  const head = Buffer.concat([Buffer.from("GGUF"), u32(3), u64(tensors.length), u64(entries.length), ...entries.map(encoded), ...infos]);
  const header = Buffer.alloc(align(head.length, alignment));
  head.copy(header);
  return { header, tensors: sized.map((tensor) => ({ ...tensor, offset: header.length + tensor.start })), fileBytes: header.length + start };
}

function tensorBytes({ name, shape, type }: TensorToWrite): number {
  const known = tensorTypes.get(type);
  if (!known || (shape[0] ?? 1) % known.elements !== 0) throw new TypeError(`${name} cannot be stored as type ${type}`);
  return (shape.reduce((product, n) => product * n, 1) / known.elements) * known.bytes;
}

function encoded(entry: GgufEntry): Buffer {
  if (entry.type === "raw") return Buffer.from(entry.bytes);
  const type = u32(valueTypes[entry.type].id);
  if (entry.type === "string") return Buffer.concat([text(entry.key), type, text(entry.value)]);
  const value = Buffer.alloc(4);
  if (entry.type === "uint32") value.writeUInt32LE(entry.value);
  else value.writeFloatLE(entry.value);
  return Buffer.concat([text(entry.key), type, value]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

const text = (value: string): Buffer => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
