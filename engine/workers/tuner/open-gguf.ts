import { open, type FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import type { GgufTensor } from "../../base/gguf/header.ts";
import { inspectGguf, type GgufInfo } from "../../base/gguf/info.ts";
import { isEmbedding } from "../../base/gguf/lora.ts";
import { bytesOf, decode, isNumberType } from "../../base/gguf/numbers.ts";
import { fromFileSystem, LorekeepError } from "../../base/errors.ts";
import type { ShareOf } from "./merge-plan.ts";
import { readExactly } from "./read.ts";
import { transposed } from "./turn.ts";

/** A GGUF that stays open: what happens to its name meanwhile does not matter. */
export interface OpenGguf {
  readonly path: string;
  readonly info: GgufInfo;
  readonly file: FileHandle;
}

/** @throws LorekeepError MODEL_REFUSED naming the file, NOT_FOUND, READ_ONLY. */
export async function openGguf(path: string, signal: AbortSignal): Promise<OpenGguf> {
  const info = await inspectGguf(path, { signal }).catch((error: unknown) => {
    throw error instanceof LorekeepError && error.code === "MODEL_REFUSED" ? new LorekeepError("MODEL_REFUSED", { ...error.details, reason: `${basename(path)}: ${error.details.reason}` }) : error;
  });
  const file = await open(path, "r").catch((error: unknown) => { throw fromFileSystem(error, path); });
  return { path, info, file };
}

/** Bytes of the file as it stands. @throws LorekeepError CONFLICT when it became shorter. */
export const bytesAt = ({ file, path }: OpenGguf, position: number, length: number): Promise<Uint8Array> =>
  readExactly(file, position, length, () => new LorekeepError("CONFLICT", { reason: `${basename(path)} became shorter while it was merged.`, next: "Merge again when it is complete." }));

/** The factor on the input's side, rank × columns, whole: A, or an embedding table's B turned round. */
export async function wholeInput({ adapter, pair: { target, a, b, rank } }: ShareOf, adapters: readonly OpenGguf[]): Promise<Float32Array> {
  if (!isEmbedding(target)) return numbers(a, adapters[adapter], { row: 0, rows: a.shape[1] ?? 0 });
  const width = b.shape[1] ?? 0;
  const turned = await numbers(b, adapters[adapter], { row: 0, rows: width });
  return new Float32Array(transposed(new Uint8Array(turned.buffer), { rows: width, columns: rank, width: 4 }).buffer);
}

/** The factor on the output's side, rows × rank, as far as the rows at hand. */
export const outputRows = ({ adapter, pair: { target, a, b } }: ShareOf, adapters: readonly OpenGguf[], part: { row: number; rows: number }): Promise<Float32Array> =>
  numbers(isEmbedding(target) ? a : b, adapters[adapter], part);

async function numbers({ name, shape, typeName, offset }: GgufTensor, from: OpenGguf | undefined, { row, rows }: { row: number; rows: number }): Promise<Float32Array> {
  if (!from || !isNumberType(typeName)) throw new TypeError(`${name} was not planned`);
  const columns = shape[0] ?? 0;
  const values = new Float32Array(rows * columns);
  const start = from.info.header.dataOffset + offset + bytesOf(typeName, row * columns);
  decode(typeName, await bytesAt(from, start, bytesOf(typeName, values.length)), values.length, values);
  return values;
}
