import { refused } from "./refusal.ts";
import type { ValueType } from "./formats.ts";

/** What a header may cost at most. The largest real ones have 262,144 tokens, a few thousand tensors and 20 MB. */
export interface GgufLimits {
  readonly headerBytes: number;
  readonly metadataCount: number;
  readonly tensorCount: number;
  readonly stringBytes: number;
  readonly arrayLength: number;
  /** Milliseconds for the whole header. */
  readonly deadlineMs: number;
}

export const defaultGgufLimits: GgufLimits = {
  headerBytes: 256 * 2 ** 20, metadataCount: 10_000, tensorCount: 200_000, stringBytes: 16 * 2 ** 20, arrayLength: 4_000_000, deadlineMs: 15_000,
};

/** Where a header is read from: a file, or a file elsewhere of which only the beginning is fetched. */
export interface ByteSource {
  /** Fills `buffer` from `offset` with up to `length` bytes that lie at `position`. */
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
}

const CHUNK = 2 ** 20;
const truncatedHeader = (size: number) =>
  refused(`This GGUF file ends inside its header, after ${size} bytes.`, "It is incomplete: download or copy it again.");

/** Reads a file forwards in little-endian pieces and never believes a count: every length is held against limits and the bytes that are left. */
export class Cursor {
  readonly size: number;
  readonly limits: GgufLimits;
  private readonly file: ByteSource;
  private readonly signal: AbortSignal | undefined;
  private readonly deadline: number;
  private buffer = Buffer.alloc(0);
  /** Position in the file of buffer[0]. */
  private base = 0;
  private at = 0;

  constructor(file: ByteSource, size: number, limits: GgufLimits, signal?: AbortSignal) {
    this.file = file;
    this.size = size;
    this.limits = limits;
    this.signal = signal;
    this.deadline = performance.now() + limits.deadlineMs;
  }

  get position(): number {
    return this.base + this.at;
  }

  get left(): number {
    return this.size - this.position;
  }

  /** Refuses `count` things of at least `bytesEach` bytes when there may not, or cannot, be so many. */
  expect(count: bigint, bytesEach: number, most: number, what: string): number {
    if (count > BigInt(most)) throw refused(`This GGUF file claims ${count} ${what}, more than any real model has. It is damaged or was made to do harm.`);
    if (Number(count) * bytesEach > this.left) {
      throw refused(`This GGUF file claims ${count} ${what}, but only ${this.left} bytes follow.`, "It is incomplete or damaged: download or copy it again.");
    }
    return Number(count);
  }

  async u32(): Promise<number> {
    return (await this.take(4)).readUInt32LE();
  }

  async u64(): Promise<bigint> {
    return (await this.take(8)).readBigUInt64LE();
  }

  async string(): Promise<string> {
    const length = this.expect(await this.u64(), 1, this.limits.stringBytes, "bytes in one text");
    return (await this.take(length)).toString("utf8");
  }

  /** 64-bit whole numbers become JavaScript numbers; beyond 2^53 they lose their last digits, which no GGUF key relies on. */
  async scalar(type: Exclude<ValueType, "array">): Promise<string | number | boolean> {
    switch (type) {
      case "string": return this.string();
      case "bool": return (await this.take(1)).readUInt8() !== 0;
      case "uint8": return (await this.take(1)).readUInt8();
      case "int8": return (await this.take(1)).readInt8();
      case "uint16": return (await this.take(2)).readUInt16LE();
      case "int16": return (await this.take(2)).readInt16LE();
      case "uint32": return this.u32();
      case "int32": return (await this.take(4)).readInt32LE();
      case "float32": return (await this.take(4)).readFloatLE();
      case "float64": return (await this.take(8)).readDoubleLE();
      case "uint64": return Number(await this.u64());
      case "int64": return Number((await this.take(8)).readBigInt64LE());
    }
  }

  /** Goes on without reading. */
  skip(bytes: number): void {
    this.guard(bytes);
    if (this.at + bytes <= this.buffer.length) {
      this.at += bytes;
      return;
    }
    this.base += this.at + bytes;
    this.at = 0;
    this.buffer = Buffer.alloc(0);
  }

  /** The next bytes without going on; valid until the next call. */
  async peek(bytes: number): Promise<Buffer> {
    const piece = await this.take(bytes);
    this.at -= bytes;
    return piece;
  }

  /** The next bytes; valid until the next call. */
  async take(bytes: number): Promise<Buffer> {
    this.guard(bytes);
    if (this.at + bytes > this.buffer.length) await this.fill(bytes);
    const piece = this.buffer.subarray(this.at, this.at + bytes);
    this.at += bytes;
    return piece;
  }

  private guard(bytes: number): void {
    if (bytes > this.left) throw truncatedHeader(this.size);
    if (this.position + bytes > this.limits.headerBytes) throw refused(`The header of this GGUF file is longer than ${this.limits.headerBytes} bytes. It is damaged or was made to do harm.`);
  }

  private async fill(bytes: number): Promise<void> {
    this.signal?.throwIfAborted();
    if (performance.now() > this.deadline) throw refused(`Reading the header of this GGUF file took longer than ${this.limits.deadlineMs / 1000} seconds.`, "Copy the file to a faster disk and try again.");
    const start = this.position;
    const next = Buffer.alloc(Math.min(Math.max(CHUNK, bytes), this.size - start));
    let filled = 0;
    while (filled < next.length) {
      const { bytesRead } = await this.file.read(next, filled, next.length - filled, start + filled);
      if (bytesRead === 0) throw truncatedHeader(start + filled);
      filled += bytesRead;
    }
    this.buffer = next;
    this.base = start;
    this.at = 0;
  }
}
