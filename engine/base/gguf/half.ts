/**
 * 16-bit floating point, between bit patterns and numbers. F16 is IEEE 754 binary16; BF16 is the upper half of a binary32. Both are rounded to
 * the nearest, ties to even, as ggml and PyTorch do. Arrays are worked on whole: weights come by the billion.
 */

const f16Values = f16Table();

/** All 65,536 values of binary16, by bit pattern. */
function f16Table(): Float32Array {
  const values = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    const size = exponent === 0 ? fraction * 2 ** -24 : exponent === 31 ? (fraction === 0 ? Infinity : NaN) : (1024 + fraction) * 2 ** (exponent - 25);
    values[bits] = bits >= 0x8000 ? -size : size;
  }
  return values;
}

/** `out[i]` becomes the number whose bits are `bits[i]`, for the length of `bits`. */
export function f16ToNumbers(bits: Uint16Array, out: Float32Array): void {
  for (let i = 0; i < bits.length; i++) out[i] = f16Values[bits[i] as number] as number;
}

/** The number of one bit pattern. */
export const f16ToNumber = (bits: number): number => f16Values[bits & 0xffff] as number;

/** The bit pattern of binary16 nearest to the binary32 whose bits are given; what is too large becomes infinity. */
export function f16FromBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fffffff;
  if (size >= 0x38800000) { // 2^-14: normal in binary16
    if (size > 0x7f800000) return sign | 0x7e00;
    if (size >= 0x477ff000) return sign | 0x7c00; // 65520, half way beyond the largest
    return sign | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13);
  }
  if (size <= 0x33000000) return sign; // 2^-25, half the smallest: a tie goes to zero
  const shift = 126 - (size >>> 23);
  const fraction = (size & 0x7fffff) | 0x800000;
  const whole = fraction >>> shift;
  const rest = fraction & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (whole + (rest > half || (rest === half && (whole & 1) === 1) ? 1 : 0));
}

/** Rounds the first `count` numbers to binary16. */
export function f16FromNumbers(values: Float32Array, count: number, out: Uint16Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, count);
  for (let i = 0; i < count; i++) out[i] = f16FromBits(bits[i] as number);
}

/** `out[i]` becomes the number whose upper bits are `bits[i]`, for the length of `bits`. */
export function bf16ToNumbers(bits: Uint16Array, out: Float32Array): void {
  const whole = new Uint32Array(out.buffer, out.byteOffset, bits.length);
  for (let i = 0; i < bits.length; i++) whole[i] = (bits[i] as number) << 16;
}

/** Rounds the first `count` numbers to BF16. */
export function bf16FromNumbers(values: Float32Array, count: number, out: Uint16Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, count);
  for (let i = 0; i < count; i++) {
    const one = bits[i] as number;
    out[i] = (one & 0x7fffffff) > 0x7f800000 ? (one >>> 16) | 0x40 : (one + 0x7fff + ((one >>> 16) & 1)) >>> 16;
  }
}
