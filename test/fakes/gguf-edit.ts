import { readFile } from "node:fs/promises";
import { readGgufHeader } from "../../engine/base/gguf/header.ts";

/** A tensor with its bytes, as it is to be written. */
export interface EditedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  readonly data: Buffer;
}

const ALIGNMENT = 32;
const u32 = (n: number) => { const b = Buffer.alloc(4); b.writeUInt32LE(n); return b; };
const u64 = (n: bigint | number) => { const b = Buffer.alloc(8); b.writeBigUInt64LE(BigInt(n)); return b; };
const text = (s: string) => Buffer.concat([u64(Buffer.byteLength(s)), Buffer.from(s)]);

/** A real GGUF file with other tensors and more text metadata: its own metadata is kept byte for byte. Files aligned to 32 bytes. */
export async function editGguf(path: string, edit: (tensors: EditedTensor[]) => EditedTensor[], more: Readonly<Record<string, string>> = {}): Promise<Buffer> {
  const [file, { tensors, dataOffset, metadata }] = [await readFile(path), await readGgufHeader(path)];
  const infosAt = file.indexOf(text(tensors[0]!.name));
  const before = tensors.map(({ name, shape, type, offset, bytes }) => ({ name, shape, type, data: file.subarray(dataOffset + offset, dataOffset + offset + (bytes ?? 0)) }));
  const after = edit(before);
  const added = Object.entries(more).map(([key, value]) => Buffer.concat([text(key), u32(8), text(value)]));
  let offset = 0;
  const infos = after.map(({ name, shape, type, data }) => {
    const info = Buffer.concat([text(name), u32(shape.length), ...shape.map(u64), u32(type), u64(offset)]);
    offset += Math.ceil(data.length / ALIGNMENT) * ALIGNMENT;
    return info;
  });
  const header = Buffer.concat([file.subarray(0, 8), u64(after.length), u64(metadata.size + added.length), file.subarray(24, infosAt), ...added, ...infos]);
  return Buffer.concat([aligned(header), ...after.map(({ data }) => aligned(data))]);
}

const aligned = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT)]);

const scratch = new DataView(new ArrayBuffer(4));

/** One half-precision number. */
function fromHalf(half: number): number {
  const [sign, exponent, fraction] = [half >> 15 ? -1 : 1, (half >> 10) & 31, half & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? 2 ** -14 * (fraction / 1024) : 2 ** (exponent - 15) * (1 + fraction / 1024));
}

/** To half precision, rounded towards zero; of the normal range only, which is all that the tests write. */
export function toHalf(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const exponent = ((bits >> 23) & 255) - 127 + 15;
  return ((bits >>> 16) & 0x8000) | (exponent <= 0 ? 0 : (exponent << 10) | ((bits >> 13) & 1023));
}

/** F16 to Q4_0: blocks of 32 numbers as one half-precision scale and 32 four-bit steps (ggml's quantize_row_q4_0_ref). */
export function toQ4(data: Buffer): Buffer {
  const out = Buffer.alloc((data.length / 64) * 18);
  for (let block = 0; block * 64 < data.length; block++) {
    const values = Array.from({ length: 32 }, (_, i) => fromHalf(data.readUInt16LE(block * 64 + i * 2)));
    const extreme = values.reduce((most, v) => (Math.abs(v) > Math.abs(most) ? v : most), 0);
    const scale = extreme / -8;
    out.writeUInt16LE(toHalf(scale), block * 18);
    const step = (v: number) => Math.min(15, Math.floor((scale === 0 ? 0 : v / scale) + 8.5));
    for (let i = 0; i < 16; i++) out[block * 18 + 2 + i] = step(values[i]!) | (step(values[i + 16]!) << 4);
  }
  return out;
}
