import { tensorTypes } from "../../engine/base/gguf/formats.ts";

/** A metadata value to write. `bomb` claims a list of that many numbers and writes none; `nested` and `unknown` are against the format. */
export type FakeValue =
  | { type: "uint32" | "uint16" | "nested" | "unknown"; value: number }
  | { type: "string"; value: string }
  | { type: "strings"; value: string[] }
  | { type: "uint32s" | "int32s"; value: number[] }
  | { type: "float32"; value: number }
  | { type: "bool"; value: boolean }
  | { type: "bomb"; value: bigint };

/** A tensor to write; `data` are its bytes (default zeroes), `offset` and `stored` override where it claims to be and how many bytes are really written. */
export interface FakeTensor {
  name: string;
  shape: number[];
  type: number;
  data?: Uint8Array;
  offset?: bigint;
  stored?: number;
  /** Weights, 32 bits each; zeroes without. */
  weights?: (index: number) => number;
}

const u16 = (n: number) => { const b = Buffer.alloc(2); b.writeUInt16LE(n); return b; };
const u32 = (n: number) => { const b = Buffer.alloc(4); b.writeUInt32LE(n); return b; };
const f32 = (n: number) => { const b = Buffer.alloc(4); b.writeFloatLE(n); return b; };
const u64 = (n: bigint | number) => { const b = Buffer.alloc(8); b.writeBigUInt64LE(BigInt(n)); return b; };
const str = (s: string) => Buffer.concat([u64(Buffer.byteLength(s)), Buffer.from(s)]);
const ALIGNMENT = 32;

function encoded(value: FakeValue): Buffer {
  switch (value.type) {
    case "uint16": return Buffer.concat([u32(2), u16(value.value)]);
    case "uint32": return Buffer.concat([u32(4), u32(value.value)]);
    case "float32": return Buffer.concat([u32(6), f32(value.value)]);
    case "string": return Buffer.concat([u32(8), str(value.value)]);
    case "strings": return Buffer.concat([u32(9), u32(8), u64(value.value.length), ...value.value.map(str)]);
    case "uint32s": return Buffer.concat([u32(9), u32(4), u64(value.value.length), ...value.value.map(u32)]);
    case "int32s": return Buffer.concat([u32(9), u32(5), u64(value.value.length), ...value.value.map(u32)]);
    case "float32": return Buffer.concat([u32(6), f32(value.value)]);
    case "bool": return Buffer.concat([u32(7), Buffer.from([value.value ? 1 : 0])]);
    case "bomb": return Buffer.concat([u32(9), u32(4), u64(value.value)]);
    case "nested": return Buffer.concat([u32(9), u32(9), u64(1)]);
    case "unknown": return u32(99);
  }
}

function bytesOf({ shape, type, stored }: FakeTensor): number {
  const { elements, bytes } = tensorTypes.get(type) ?? { elements: 1, bytes: 4 };
  return stored ?? (shape.reduce((product, n) => product * n, 1) / elements) * bytes;
}

function weightsOf(tensor: FakeTensor): Uint8Array {
  const { weights } = tensor;
  return weights ? new Uint8Array(Float32Array.from({ length: bytesOf(tensor) / 4 }, (_, i) => weights(i)).buffer) : new Uint8Array();
}

/** A small GGUF file, version 3, zeroes for weights unless they are given. Entries that are undefined are left out. */
export function buildGguf(metadata: Record<string, FakeValue | undefined>, tensors: FakeTensor[]): Buffer {
  const entries = Object.entries(metadata).flatMap(([key, value]) => (value ? [Buffer.concat([str(key), encoded(value)])] : []));
  let offset = 0;
  const data: Buffer[] = [];
  const infos = tensors.map((tensor) => {
    const info = Buffer.concat([str(tensor.name), u32(tensor.shape.length), ...tensor.shape.map(u64), u32(tensor.type), u64(tensor.offset ?? offset)]);
    const room = Math.ceil(bytesOf(tensor) / ALIGNMENT) * ALIGNMENT;
    data.push(Buffer.alloc(room));
    data.at(-1)?.set(tensor.data ?? weightsOf(tensor));
    offset += room;
    return info;
  });
  const header = Buffer.concat([Buffer.from("GGUF"), u32(3), u64(tensors.length), u64(entries.length), ...entries, ...infos]);
  const padding = Buffer.alloc((ALIGNMENT - (header.length % ALIGNMENT)) % ALIGNMENT);
  return Buffer.concat([header, padding, ...data]);
}
