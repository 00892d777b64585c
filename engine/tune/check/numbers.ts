import { open, type FileHandle } from "node:fs/promises";
import type { GgufHeader, GgufTensor } from "../../base/gguf/header.ts";

export interface NumbersFound {
  /** The first tensor that holds something that is no number (NaN) or has no end (infinity). */
  readonly bad: string | undefined;
  /** Every right half (lora_b) is zero, so that the product is: an adapter that was never trained. */
  readonly isZero: boolean;
  /** Types that were not looked into. */
  readonly unread: readonly string[];
}

const CHUNK = 4 * 2 ** 20;
type Look = (bytes: Buffer) => { bad: boolean; zero: boolean };

/** By words of 16 bits, the higher of which tells both; `step` is how many there are to a number, `at` which of them counts. */
const words = (exponent: number, step: number, at: number): Look => (bytes) => {
  let [bad, zero] = [false, true];
  for (let i = 0; i + step * 2 <= bytes.length; i += step * 2) {
    const word = bytes.readUInt16LE(i + at * 2);
    if ((word & exponent) === exponent) bad = true;
    if ((word & 0x7fff) !== 0) zero = false;
  }
  return { bad, zero };
};
/** Q8_0: a half-precision scale before 32 bytes. */
const q8: Look = (bytes) => {
  let [bad, zero] = [false, true];
  for (let i = 0; i + 34 <= bytes.length; i += 34) {
    const scale = bytes.readUInt16LE(i);
    if ((scale & 0x7c00) === 0x7c00) bad = true;
    if ((scale & 0x7fff) !== 0) zero = false;
  }
  return { bad, zero };
};
const looks: Readonly<Record<string, { readonly look: Look; readonly bytes: number }>> = {
  F32: { look: words(0x7f80, 2, 1), bytes: 4 }, F16: { look: words(0x7c00, 1, 0), bytes: 2 }, BF16: { look: words(0x7f80, 1, 0), bytes: 2 }, Q8_0: { look: q8, bytes: 34 },
};

/** Reads every number of an adapter's file. (A whole model's are not read: what is wrong with them shows in the probe.) */
export async function readNumbers(path: string, header: GgufHeader, signal: AbortSignal): Promise<NumbersFound> {
  const file = await open(path, "r");
  try {
    let [bad, isZero] = [undefined as string | undefined, true];
    const unread = new Set<string>();
    for (const tensor of header.tensors) {
      const found = await readTensor(file, header, tensor, signal);
      if (!found) unread.add(tensor.typeName ?? `type ${tensor.type}`);
      if (found?.bad) bad ??= tensor.name;
      if (tensor.name.endsWith(".lora_b") && found?.zero !== true) isZero = false;
    }
    return { bad, isZero, unread: [...unread] };
  } finally {
    await file.close();
  }
}

async function readTensor(file: FileHandle, header: GgufHeader, tensor: GgufTensor, signal: AbortSignal): Promise<{ bad: boolean; zero: boolean } | undefined> {
  const known = looks[tensor.typeName ?? ""];
  if (!known || tensor.bytes === undefined) return undefined;
  const step = Math.floor(CHUNK / known.bytes) * known.bytes;
  let [bad, zero] = [false, true];
  for (let at = 0; at < tensor.bytes; at += step) {
    signal.throwIfAborted();
    const buffer = Buffer.alloc(Math.min(step, tensor.bytes - at));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, header.dataOffset + tensor.offset + at);
    const found = known.look(buffer.subarray(0, bytesRead));
    bad ||= found.bad || bytesRead < buffer.length;
    zero &&= found.zero;
  }
  return { bad, zero };
}
