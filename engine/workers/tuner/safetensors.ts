import { open, type FileHandle } from "node:fs/promises";
import { fromFileSystem, LorekeepError } from "../../base/errors.ts";
import { duplicateKey } from "./json-keys.ts";
import { hashOpen, readExactly } from "./read.ts";

/** A tensor of a safetensors file: rows first, as PyTorch counts. */
export interface SafeTensor {
  readonly name: string;
  /** "F16", "BF16", "F32", …, as the file names it. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Where its bytes lie in the file, [start, end). */
  readonly start: number;
  readonly end: number;
}

/** Bytes per element of the types the format knows; the rest is refused. */
const sizes: Record<string, number> = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U64: 8, U32: 4, U16: 2, U8: 1, BOOL: 1, F8_E4M3: 1, F8_E5M2: 1 };
/** An adapter's header has a few hundred bytes per tensor; the largest real ones stay below 1 MB. */
const MOST_HEADER_BYTES = 32 * 2 ** 20;

export const damaged = (what: string, next = "Copy or download it again."): LorekeepError => new LorekeepError("MODEL_REFUSED", { reason: `adapter_model.safetensors ${what}`, next });

/** A safetensors file that is open: its tensors by name, and their bytes on demand. */
export class SafeTensors {
  readonly tensors: readonly SafeTensor[];
  private readonly file: FileHandle;

  private constructor(file: FileHandle, tensors: readonly SafeTensor[]) {
    this.file = file;
    this.tensors = tensors;
  }

  /**
   * Reads and checks the header: nothing in it is believed before it fits the file, byte by byte without gap or overlap.
   * @throws LorekeepError MODEL_REFUSED, NOT_FOUND, READ_ONLY.
   */
  static async open(path: string): Promise<SafeTensors> {
    const file = await open(path, "r").catch((error: unknown) => { throw fromFileSystem(error, path); });
    try {
      return new SafeTensors(file, await readHeader(file));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The bytes of one tensor, in memory of their own. */
  async read({ name, start, end }: SafeTensor): Promise<Uint8Array> {
    return readExactly(this.file, start, end - start, () => damaged(`ends inside the tensor ${name}.`));
  }

  /** Of the whole file. */
  sha256(about: Parameters<typeof hashOpen>[1]): Promise<string> {
    return hashOpen(this.file, about);
  }

  /** Bytes of the whole file. */
  async size(): Promise<number> {
    return (await this.file.stat()).size;
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

async function readHeader(file: FileHandle): Promise<SafeTensor[]> {
  const { size } = await file.stat();
  if (size < 10) throw damaged(`is no safetensors file: it has ${size} bytes.`);
  const short = () => damaged("ends inside its header.");
  const length = new DataView((await readExactly(file, 0, 8, short)).buffer).getBigUint64(0, true);
  if (length > BigInt(MOST_HEADER_BYTES)) throw damaged(`claims a header of ${length} bytes; it is no safetensors file, or was made to do harm.`);
  if (8 + Number(length) > size) throw short();
  const text = decodeText(await readExactly(file, 8, Number(length), short));
  const data = 8 + Number(length);
  const tensors = Object.entries(parse(text)).filter(([name]) => name !== "__metadata__").map(([name, entry]) => tensorOf(name, entry, data));
  checkPlaces(tensors, data, size);
  return tensors;
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw damaged("has a header that is no text.");
  }
}

function parse(text: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw damaged("has a header that is no JSON.");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw damaged("has a header that is no JSON object.");
  const twice = duplicateKey(text);
  if (twice !== undefined) throw damaged(`names the tensor ${twice.slice(0, 120)} twice.`);
  return parsed as Record<string, unknown>; // an object, as was just seen; its values are looked at one by one
}

function tensorOf(name: string, entry: unknown, data: number): SafeTensor {
  const { dtype, shape, data_offsets: offsets } = (typeof entry === "object" && entry !== null ? entry : {}) as Record<string, unknown>;
  const shown = name.slice(0, 120);
  const isCount = (n: unknown): n is number => typeof n === "number" && Number.isSafeInteger(n) && n >= 0;
  const areCounts = (list: unknown): list is number[] => Array.isArray(list) && list.every(isCount);
  if (typeof dtype !== "string" || !areCounts(shape) || !areCounts(offsets) || offsets.length !== 2) throw damaged(`describes the tensor ${shown} in no known way.`);
  const width = sizes[dtype];
  if (width === undefined) throw damaged(`has the tensor ${shown} in the unknown type ${dtype.slice(0, 20)}.`);
  const [begin = 0, end = 0] = offsets;
  if (end - begin !== shape.reduce((product, n) => product * n, width)) throw damaged(`gives the tensor ${shown} ${end - begin} bytes, which is not its size.`);
  return { name, dtype, shape, start: data + begin, end: data + end };
}

/** Tensors must fill the rest of the file: no gap, no overlap, nothing beyond the end (the format's own rule). */
function checkPlaces(tensors: readonly SafeTensor[], data: number, size: number): void {
  let at = data;
  for (const { name, start, end } of [...tensors].sort((one, other) => one.start - other.start || one.end - other.end)) {
    if (start < at) throw damaged(`lets the tensor ${name.slice(0, 120)} overlap another; it is damaged, or was made to do harm.`);
    if (start > at) throw damaged(`has a gap before the tensor ${name.slice(0, 120)}.`);
    if (end > size) throw damaged(`is cut short: it promises ${end} bytes and has ${size}.`);
    at = end;
  }
  if (at !== size) throw damaged(`has ${size - at} bytes that belong to no tensor.`);
}
