import { bf16FromNumbers, bf16ToNumbers, f16FromBits, f16FromNumbers, f16ToNumber, f16ToNumbers } from "./half.ts";

/** The tensor types whose numbers Lorekeep reads and writes itself, by ggml's names. The others are copied as they are or refused by name. */
export const numberTypes = { F32: 0, F16: 1, Q8_0: 8, BF16: 30 } as const;
export type NumberType = keyof typeof numberTypes;

export const isNumberType = (name: string | undefined): name is NumberType => name !== undefined && Object.hasOwn(numberTypes, name);

/** Numbers and bytes of a block; a row is made of whole blocks. */
const layout: Record<NumberType, { elements: number; bytes: number }> = {
  F32: { elements: 1, bytes: 4 }, F16: { elements: 1, bytes: 2 }, BF16: { elements: 1, bytes: 2 }, Q8_0: { elements: 32, bytes: 34 },
};

export const bytesOf = (type: NumberType, count: number): number => (count / layout[type].elements) * layout[type].bytes;
export const canHold = (type: NumberType, rowLength: number): boolean => rowLength % layout[type].elements === 0;

/**
 * `count` numbers out of their stored form. Little-endian, like GGUF and every machine Lorekeep runs on. `bytes` must begin at a multiple of
 * its element's size in its buffer.
 */
export function decode(type: NumberType, bytes: Uint8Array, count: number, out: Float32Array): void {
  switch (type) {
    case "F32": return out.set(new Float32Array(bytes.buffer, bytes.byteOffset, count));
    case "F16": return f16ToNumbers(new Uint16Array(bytes.buffer, bytes.byteOffset, count), out);
    case "BF16": return bf16ToNumbers(new Uint16Array(bytes.buffer, bytes.byteOffset, count), out);
    case "Q8_0": return fromQ8(bytes, count, out);
  }
}

/** `count` numbers into their stored form, rounded as ggml's reference does. Returns the bytes written. */
export function encode(type: NumberType, values: Float32Array, count: number, out: Uint8Array): number {
  switch (type) {
    case "F32":
      new Float32Array(out.buffer, out.byteOffset, count).set(values.subarray(0, count));
      break;
    case "F16":
      f16FromNumbers(values, count, new Uint16Array(out.buffer, out.byteOffset, count));
      break;
    case "BF16":
      bf16FromNumbers(values, count, new Uint16Array(out.buffer, out.byteOffset, count));
      break;
    case "Q8_0":
      toQ8(values, count, out);
      break;
  }
  return bytesOf(type, count);
}

const BLOCK = 32;
const BLOCK_BYTES = 34;

/** A block of Q8_0: a scale in F16, then 32 signed bytes (ggml-common.h, block_q8_0). */
function fromQ8(bytes: Uint8Array, count: number, out: Float32Array): void {
  const quants = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let block = 0, from = 0, to = 0; block < count / BLOCK; block++, from += BLOCK_BYTES, to += BLOCK) {
    const scale = f16ToNumber((bytes[from] as number) | ((bytes[from + 1] as number) << 8));
    for (let i = 0; i < BLOCK; i++) out[to + i] = scale * (quants[from + 2 + i] as number);
  }
}

/** quantize_row_q8_0_ref of ggml: the largest number becomes 127; single precision throughout; halves are rounded away from zero. */
function toQ8(values: Float32Array, count: number, out: Uint8Array): void {
  const quants = new Int8Array(out.buffer, out.byteOffset, out.length);
  const scaleValue = new Float32Array(1);
  const scaleBits = new Uint32Array(scaleValue.buffer);
  for (let block = 0, from = 0, to = 0; block < count / BLOCK; block++, from += BLOCK, to += BLOCK_BYTES) {
    let most = 0;
    for (let i = 0; i < BLOCK; i++) {
      const size = Math.abs(values[from + i] as number);
      if (size > most) most = size;
    }
    const scale = Math.fround(most / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    scaleValue[0] = scale;
    const half = f16FromBits(scaleBits[0] as number);
    out[to] = half & 0xff;
    out[to + 1] = half >>> 8;
    for (let i = 0; i < BLOCK; i++) {
      const x = Math.fround((values[from + i] as number) * inverse);
      quants[to + 2 + i] = x < 0 ? -Math.floor(0.5 - x) : Math.floor(x + 0.5);
    }
  }
}
