import { open } from "node:fs/promises";
import { fromFileSystem } from "../errors.ts";
import { Cursor, defaultGgufLimits, type ByteSource, type GgufLimits } from "./cursor.ts";
import { tensorTypes, valueTypeOf, valueTypes, type ValueType } from "./formats.ts";
import { bytesInWords, refused } from "./refusal.ts";

/** An array of the metadata: all of a short one, the beginning of a long one (a vocabulary). */
export interface GgufArray {
  readonly type: ValueType;
  readonly length: number;
  readonly items: readonly (string | number | boolean)[];
}
export type GgufValue = string | number | boolean | GgufArray;

export interface GgufTensor {
  readonly name: string;
  /** ggml order: the fastest-moving dimension first. */
  readonly shape: readonly number[];
  /** ggml type number; its name where this reader knows it. */
  readonly type: number;
  readonly typeName: string | undefined;
  /** From the start of the tensor data. */
  readonly offset: number;
  /** undefined where the type is not known. */
  readonly bytes: number | undefined;
}

export interface GgufHeader {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** Where each entry of the metadata stands in the file, key, type and value together: [start, end) in bytes. */
  readonly spans: ReadonlyMap<string, readonly [number, number]>;
  /** Bytes that tensor data is aligned to. */
  readonly alignment: number;
  readonly tensors: readonly GgufTensor[];
  /** Where tensor data begins, bytes from the start of the file. */
  readonly dataOffset: number;
  readonly fileBytes: number;
  /** How many of the 256 single-byte tokens the vocabulary has; see {@link byteTokenCount}. */
  readonly byteTokens: number;
}

const ITEMS_KEPT = 1024;
const TEXT_KEPT = 64 * 1024;
const MAX_DIMENSIONS = 4;

/**
 * Reads and checks the header of a GGUF file: every count against limits and the file's size, every tensor against the file's end.
 * Nothing but the header is read.
 * @throws LorekeepError MODEL_REFUSED with what is wrong, NOT_FOUND or READ_ONLY for the file itself.
 */
export async function readGgufHeader(path: string, options: { signal?: AbortSignal; limits?: Partial<GgufLimits> } = {}): Promise<GgufHeader> {
  const file = await open(path, "r").catch((error: unknown) => {
    throw fromFileSystem(error, path);
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw refused("This is not a file.");
    return await readGgufHeaderFrom(file, stat.size, options);
  } finally {
    await file.close();
  }
}

/** The same of `size` bytes that may lie anywhere. @throws LorekeepError MODEL_REFUSED, and what the source throws. */
export function readGgufHeaderFrom(source: ByteSource, size: number, options: { signal?: AbortSignal; limits?: Partial<GgufLimits> } = {}): Promise<GgufHeader> {
  return parse(new Cursor(source, size, { ...defaultGgufLimits, ...options.limits }, options.signal));
}

async function parse(cursor: Cursor): Promise<GgufHeader> {
  const version = await start(cursor);
  const tensorCount = cursor.expect(await cursor.u64(), 24, cursor.limits.tensorCount, "tensors");
  const metadataCount = cursor.expect(await cursor.u64(), 13, cursor.limits.metadataCount, "metadata entries");
  const metadata = new Map<string, GgufValue>();
  const spans = new Map<string, readonly [number, number]>();
  const bytes = new Set<number>();
  for (let i = 0; i < metadataCount; i++) {
    const start = cursor.position;
    const key = await cursor.string();
    if (metadata.has(key)) throw refused(`This GGUF file states "${key}" twice. It is damaged.`);
    metadata.set(key, await value(cursor, key, bytes));
    spans.set(key, [start, cursor.position]);
  }
  const tensors: GgufTensor[] = [];
  const names = new Set<string>();
  for (let i = 0; i < tensorCount; i++) {
    const tensor = await readTensor(cursor);
    if (names.has(tensor.name)) throw refused(`This GGUF file has two tensors named "${tensor.name}". It is damaged.`);
    names.add(tensor.name);
    tensors.push(tensor);
  }
  const alignment = statedAlignment(metadata);
  const dataOffset = align(cursor.position, alignment);
  checkEnd(tensors, dataOffset, cursor.size);
  return { version, metadata, spans, alignment, tensors, dataOffset, fileBytes: cursor.size, byteTokens: bytes.size };
}

/** Magic and version; what else the file may be is said by name, because these are the mistakes people make. */
async function start(cursor: Cursor): Promise<number> {
  if (cursor.size === 0) throw refused("This file is empty.", "Download or copy it again.");
  const head = (await cursor.peek(Math.min(24, cursor.size))).toString("latin1");
  if (head.startsWith("version https://git-lfs")) {
    throw refused("This is a Git LFS pointer, not the model: a small text file that stands for it.", "Run `git lfs pull` in the repository, or download the file itself.");
  }
  if (/^\s*(<!doctype|<html|<\?xml)/i.test(head)) throw refused("This is a web page, not a model: the download link led to a page.", "Download the file itself.");
  if (head.startsWith("PK\x03\x04")) throw refused("This is a ZIP archive (or a PyTorch checkpoint), not a GGUF model.", "Choose the .gguf file.");
  if (!head.startsWith("GGUF")) throw refused("This is not a GGUF file.", "Lorekeep runs models in GGUF format; choose a .gguf file.");
  if (cursor.size < 24) throw refused(`This GGUF file ends inside its header, after ${cursor.size} bytes.`, "It is incomplete: download or copy it again.");
  const version = Buffer.from(head, "latin1").readUInt32LE(4);
  cursor.skip(8);
  if (version > 0xffff) throw refused("This GGUF file is for big-endian machines.", "Choose the little-endian file.");
  if (version !== 2 && version !== 3) throw refused(`This GGUF file has version ${version}; versions 2 and 3 can be read.`, "Choose a current conversion of the model.");
  return version;
}

async function value(cursor: Cursor, key: string, bytes: Set<number>): Promise<GgufValue> {
  const type = await valueType(cursor, key);
  if (type !== "array") return cursor.scalar(type);
  const itemType = await valueType(cursor, key);
  if (itemType === "array") throw refused(`"${key}" in this GGUF file is a list of lists, which no model has. It is damaged.`);
  const width = valueTypes[itemType].bytes;
  const length = cursor.expect(await cursor.u64(), width, cursor.limits.arrayLength, `entries in "${key}"`);
  const items: (string | number | boolean)[] = [];
  let text = 0;
  const isVocabulary = key === "tokenizer.ggml.tokens";
  for (let i = 0; i < length; i++) {
    if (itemType !== "string" && i >= ITEMS_KEPT) {
      cursor.skip((length - i) * width);
      break;
    }
    const item = await cursor.scalar(itemType);
    if (typeof item === "string") text += item.length;
    if (items.length < ITEMS_KEPT && text < TEXT_KEPT) items.push(item);
    if (isVocabulary && typeof item === "string") noteByteToken(item, bytes);
  }
  return { type: itemType, length, items };
}

async function valueType(cursor: Cursor, key: string): Promise<ValueType> {
  const id = await cursor.u32();
  const type = valueTypeOf.get(id);
  if (!type) throw refused(`"${key.slice(0, 80)}" in this GGUF file has a value of unknown kind ${id}. The file is damaged.`);
  return type;
}

/** A byte is covered by "<0xNN>", or, as llama.cpp falls back to, by the one-character token itself. */
function noteByteToken(token: string, bytes: Set<number>): void {
  const hex = /^<0x([0-9A-F]{2})>$/.exec(token)?.[1];
  if (hex) bytes.add(Number.parseInt(hex, 16));
  else if (token.length === 1 && token.charCodeAt(0) < 0x80) bytes.add(token.charCodeAt(0));
}

async function readTensor(cursor: Cursor): Promise<GgufTensor> {
  const name = await cursor.string();
  const dimensions = await cursor.u32();
  if (dimensions > MAX_DIMENSIONS) throw refused(`The tensor "${name.slice(0, 80)}" claims ${dimensions} dimensions; there are never more than ${MAX_DIMENSIONS}. The file is damaged.`);
  const shape: number[] = [];
  for (let i = 0; i < dimensions; i++) shape.push(Number(await cursor.u64()));
  const type = await cursor.u32();
  const offset = Number(await cursor.u64());
  const known = tensorTypes.get(type);
  const elements = shape.reduce((product, n) => product * n, 1);
  if (!Number.isSafeInteger(elements) || !Number.isSafeInteger(offset)) throw refused(`The tensor "${name.slice(0, 80)}" claims an impossible size. The file is damaged or was made to do harm.`);
  if (known && (shape[0] ?? 1) % known.elements !== 0) throw refused(`The tensor "${name.slice(0, 80)}" does not fit its type ${known.name}. The file is damaged.`);
  return { name, shape, type, typeName: known?.name, offset, bytes: known && (elements / known.elements) * known.bytes };
}

function statedAlignment(metadata: ReadonlyMap<string, GgufValue>): number {
  const stated = metadata.get("general.alignment") ?? 32;
  if (typeof stated !== "number" || stated < 1 || stated > 2 ** 20 || !Number.isInteger(Math.log2(stated))) {
    throw refused("This GGUF file states an impossible alignment. It is damaged.");
  }
  return stated;
}

/** The next multiple of `to` from `position` on. */
export const align = (position: number, to: number) => Math.ceil(position / to) * to;

function checkEnd(tensors: readonly GgufTensor[], dataOffset: number, fileBytes: number): void {
  const expected = tensors.reduce((end, t) => Math.max(end, dataOffset + t.offset + (t.bytes ?? 0)), 0);
  if (expected > fileBytes) {
    throw refused(
      `This GGUF file is cut short: its header promises ${expected} bytes (${bytesInWords(expected)}), the file has ${fileBytes} (${bytesInWords(fileBytes)}).`,
      "It is incomplete: download or copy it again.",
    );
  }
}
