import { describe, expect, it } from "vitest";
import { bf16FromNumbers, bf16ToNumbers, f16FromBits, f16FromNumbers, f16ToNumbers } from "../../../engine/base/gguf/half.ts";
import { bytesOf, decode, encode } from "../../../engine/base/gguf/numbers.ts";

const every16 = Uint16Array.from({ length: 65536 }, (_, i) => i);
/** Reproducible numbers in [-1, 1). */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}
const isNaN16 = (bits: number, fractionBits: number) => ((bits & 0x7fff) >> fractionBits) === (0x7fff >> fractionBits) && (bits & ((1 << fractionBits) - 1)) !== 0;

describe("binary16", () => {
  it("goes to numbers and back for all 65,536 patterns", () => {
    const values = new Float32Array(65536);
    f16ToNumbers(every16, values);
    const back = new Uint16Array(65536);
    f16FromNumbers(values, 65536, back);
    for (let bits = 0; bits < 65536; bits++) {
      if (isNaN16(bits, 10)) expect(values[bits]).toBeNaN();
      else if (back[bits] !== bits) expect.fail(`${bits.toString(16)} became ${back[bits]!.toString(16)}`);
    }
    expect([values[0x3c00], values[0xc000], values[0x7bff], values[1], values[0x0400], values[0xfc00]]).toEqual([1, -2, 65504, 2 ** -24, 2 ** -14, -Infinity]);
  });

  it("rounds to the nearest, and from half way to the even neighbour, between every two neighbours", () => {
    const values = new Float32Array(65536);
    f16ToNumbers(every16, values);
    const one = new Float32Array(1);
    const bits = new Uint32Array(one.buffer);
    const rounded = (value: number) => { one[0] = value; return f16FromBits(bits[0]!); };
    for (let low = 0; low < 0x7bff; low++) {
      const middle = (values[low]! + values[low + 1]!) / 2;
      const even = low % 2 === 0 ? low : low + 1;
      if (rounded(middle) !== even || rounded(-middle) !== (even | 0x8000)) expect.fail(`half way after ${low.toString(16)}`);
      if (rounded(middle * (1 - 2 ** -20)) !== low || rounded(middle * (1 + 2 ** -20)) !== low + 1) expect.fail(`near the middle after ${low.toString(16)}`);
    }
    expect([rounded(65519.9), rounded(65520), rounded(1e30), rounded(-Infinity), rounded(NaN) & 0x7e00]).toEqual([0x7bff, 0x7c00, 0x7c00, 0xfc00, 0x7e00]);
  });
});

describe("BF16", () => {
  it("goes to numbers and back for all 65,536 patterns", () => {
    const values = new Float32Array(65536);
    bf16ToNumbers(every16, values);
    const back = new Uint16Array(65536);
    bf16FromNumbers(values, 65536, back);
    for (let bits = 0; bits < 65536; bits++) {
      if (isNaN16(bits, 7)) expect(values[bits]).toBeNaN();
      else if (back[bits] !== bits) expect.fail(`${bits.toString(16)} became ${back[bits]!.toString(16)}`);
    }
  });

  it("rounds to the nearest, half way to even", () => {
    const out = new Uint16Array(4);
    bf16FromNumbers(Float32Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, -(1 + 2 ** -8)), 4, out);
    expect([...out]).toEqual([0x3f80, 0x3f82, 0x3f81, 0xbf80]);
  });
});

describe("Q8_0", () => {
  it("keeps a block within half a step of its largest number, the largest as ±127, and zeroes as zeroes", () => {
    const next = noise(7);
    const values = Float32Array.from({ length: 32 * 64 }, (_, i) => (i < 32 ? 0 : next() * 10 ** Math.floor(i / 256 - 4)));
    const stored = new Uint8Array(bytesOf("Q8_0", values.length));
    expect(encode("Q8_0", values, values.length, stored)).toBe(64 * 34);
    const back = new Float32Array(values.length);
    decode("Q8_0", stored, values.length, back);
    for (let block = 0; block < 64; block++) {
      const numbers = values.subarray(block * 32, block * 32 + 32);
      const most = Math.max(...numbers.map(Math.abs));
      const quants = new Int8Array(stored.buffer, block * 34 + 2, 32);
      expect(Math.max(...quants.map(Math.abs))).toBe(block === 0 ? 0 : 127);
      // Half a step, and what the scale loses as an F16 (subnormal ones lose more).
      const allowed = most / 254 + 127 * Math.max(2 ** -25, (most / 127) * 2 ** -11);
      numbers.forEach((value, i) => expect(Math.abs(value - back[block * 32 + i]!)).toBeLessThanOrEqual(allowed * 1.0001));
    }
  });

  it("rounds halves away from zero, as ggml's reference", () => {
    const values = new Float32Array(32);
    values.set([127, 0.5, -0.5, 1.5, -1.5, 2.4999, -127]);
    const stored = new Uint8Array(34);
    encode("Q8_0", values, 32, stored);
    expect([...new Int8Array(stored.buffer, 2, 7)]).toEqual([127, 1, -1, 2, -2, 2, -127]);
  });
});

it("reads back what it writes in each type", () => {
  const next = noise(3);
  const values = Float32Array.from({ length: 96 }, () => Math.fround(Math.round(next() * 127) / 128)); // exact in every type's 8 bits of fraction
  for (const type of ["F32", "F16", "BF16"] as const) {
    const stored = new Uint8Array(bytesOf(type, 96));
    encode(type, values, 96, stored);
    const back = new Float32Array(96);
    decode(type, stored, 96, back);
    expect(back).toEqual(values);
  }
});
