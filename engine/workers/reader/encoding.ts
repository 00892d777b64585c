import { isUtf8 } from "node:buffer";
import { analyse } from "chardet";
import iconv from "iconv-lite";

export interface Decoded {
  readonly text: string;
  /** IANA-like name: "UTF-8", "Shift_JIS", ... */
  readonly encoding: string;
  /** True where nothing in the file says so: chardet's guess. */
  readonly guessed: boolean;
}

/** Longest match first: the UTF-32 LE mark begins with the UTF-16 LE one. */
const BYTE_ORDER_MARKS: readonly (readonly [string, readonly number[]])[] = [
  ["UTF-8", [0xef, 0xbb, 0xbf]],
  ["UTF-32LE", [0xff, 0xfe, 0, 0]],
  ["UTF-32BE", [0, 0, 0xfe, 0xff]],
  ["UTF-16LE", [0xff, 0xfe]],
  ["UTF-16BE", [0xfe, 0xff]],
];
const SAMPLE_BYTES = 64 * 1024;

/** Bytes to text, or undefined where they are no text. Order: byte order mark, UTF-16 by its zeros, UTF-8 validity, `declared`, chardet. */
export function decodeText(bytes: Uint8Array, declared?: string): Decoded | undefined {
  for (const [encoding, mark] of BYTE_ORDER_MARKS) {
    if (mark.every((byte, i) => bytes[i] === byte)) return asText(iconv.decode(Buffer.from(bytes.subarray(mark.length)), encoding), encoding, false);
  }
  // Before UTF-8: western text with a zero in every other byte is valid UTF-8, too.
  const wide = utf16WithoutMark(bytes);
  if (wide) return asText(iconv.decode(Buffer.from(bytes), wide), wide, false);
  if (isUtf8(bytes)) return asText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"), "UTF-8", false);
  if (hasZeros(bytes)) return undefined;
  if (declared && iconv.encodingExists(declared)) return asText(iconv.decode(Buffer.from(bytes), declared), declared, false);
  const encoding = guess(bytes);
  return asText(iconv.decode(Buffer.from(bytes), encoding), encoding, true);
}

function asText(text: string, encoding: string, guessed: boolean): Decoded | undefined {
  return looksBinary(text) ? undefined : { text, encoding, guessed };
}

/** Text has next to no control characters. A few appear in old mail and form feeds in listings. */
function looksBinary(text: string): boolean {
  const sample = text.slice(0, SAMPLE_BYTES);
  let odd = 0;
  for (let i = 0; i < sample.length; i++) {
    const code = sample.charCodeAt(i);
    if (code === 0xfffd || (code < 32 && code !== 9 && code !== 10 && code !== 13 && code !== 12 && code !== 27)) odd++;
  }
  return odd > sample.length * 0.05;
}

function hasZeros(bytes: Uint8Array): boolean {
  return bytes.subarray(0, SAMPLE_BYTES).includes(0);
}

/** Western text in UTF-16 has a zero in every other byte, and nearly none in the rest. */
function utf16WithoutMark(bytes: Uint8Array): string | undefined {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  if (sample.length < 4 || bytes.length % 2 !== 0) return undefined;
  const zeros = [0, 0];
  for (let i = 0; i < sample.length; i++) if (sample[i] === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  const half = sample.length / 2;
  const [even = 0, odd = 0] = zeros;
  if (odd > half * 0.4 && even < half * 0.02) return "UTF-16LE";
  if (even > half * 0.4 && odd < half * 0.02) return "UTF-16BE";
  return undefined;
}

/** chardet's candidates, put in order by what decoding with each would look like: on a few dozen bytes its own confidence says little. */
function guess(bytes: Uint8Array): string {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const candidates = analyse(sample)
    .filter((match) => match.name !== "ASCII" && iconv.encodingExists(match.name))
    .map((match) => ({ name: match.name, score: match.confidence + plausibility(iconv.decode(Buffer.from(sample), match.name)) }));
  candidates.sort((a, b) => b.score - a.score);
  return candidates[0]?.name ?? "windows-1252";
}

/** Signs for and against a decoding, each weighed by its share of the characters beyond ASCII (a share, since the sample's end may tear one character). */
const SIGNS: readonly (readonly [number, RegExp])[] = [
  [-200, /[\uFFFD\u0080-\u009F]/g],
  [-100, /[\p{Co}\uFF61-\uFF9F]/gu],
  [-60, /[^\p{ASCII}\p{L}\p{M}\p{N}\p{Z}\u2010-\u2026\u3000-\u303F\uFF00-\uFF60€§°©®«»¿¡]/gu],
  [-60, /[a-z](?=[\p{Script=Han}\p{Script=Cyrillic}\p{Script=Hebrew}])|[\p{Script=Han}\p{Script=Cyrillic}\p{Script=Hebrew}](?=[a-z])/giu],
  [-60, /\p{Ll}(?=\p{Lu})/gu],
  [30, /\p{L}/gu],
  [20, /[\u3040-\u30FF\uAC00-\uD7AF]/g],
];

function plausibility(text: string): number {
  const foreign = Math.max(1, text.replace(/\p{ASCII}/gu, "").length);
  return SIGNS.reduce((sum, [weight, sign]) => sum + (weight * (text.match(sign)?.length ?? 0)) / foreign, 0);
}
