import { LorekeepError } from "../../base/errors.ts";

const BLOCK = 512;
/** The format's: "0" and NUL are files; the rest are folders, links, devices and notes about the next entry. */
const REGULAR = new Set([0, 0x30]);

export interface TarLimits {
  /** Bytes of the one file that is wanted. */
  readonly fileBytes: number;
  /** Bytes of everything in the archive, so that a small file cannot unfold without end. */
  readonly totalBytes: number;
}

/**
 * One regular file out of an (uncompressed) tar archive, without writing anything: names are only compared, so that none of them can
 * lead anywhere; an archive that has a name that would lead out of it is refused all the same. POSIX ustar, as package registries use it.
 * @throws LorekeepError INVALID for what is no such archive, TOO_LARGE beyond the limits, NOT_FOUND.
 */
export async function fileInTar(archive: AsyncIterable<Uint8Array>, wanted: string, limits: TarLimits): Promise<Buffer> {
  const bytes = new ByteReader(archive, limits.totalBytes);
  for (let header = await bytes.take(BLOCK); header && header.some((byte) => byte !== 0); header = await bytes.take(BLOCK)) {
    const { name, size, isFile } = entryOf(header);
    const padded = Math.ceil(size / BLOCK) * BLOCK;
    if (name !== wanted || !isFile) {
      await bytes.skip(padded);
      continue;
    }
    if (size > limits.fileBytes) throw tooLarge();
    const content = await bytes.take(padded);
    if (!content) throw damaged("it ends in the middle of a file");
    return content.subarray(0, size);
  }
  throw new LorekeepError("NOT_FOUND", { reason: `The package holds no ${wanted}.` });
}

function entryOf(header: Buffer): { name: string; size: number; isFile: boolean } {
  const stated = octal(header, 148, 8);
  // The checksum is taken with its own field as blanks.
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  if (stated !== sum) throw damaged("a header's checksum is wrong");
  const size = octal(header, 124, 12);
  const prefix = header.toString("latin1", 257, 262) === "ustar" ? text(header, 345, 155) : "";
  const name = (prefix === "" ? "" : `${prefix}/`) + text(header, 0, 100);
  if (name.startsWith("/") || name.includes("\\") || name.split("/").includes("..")) throw damaged(`the name “${name}” leads out of it`);
  return { name, size, isFile: REGULAR.has(header[156] ?? -1) };
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end < 0 ? length : end);
}

function octal(header: Buffer, start: number, length: number): number {
  const digits = text(header, start, length).trim();
  if (!/^[0-7]+$/.test(digits)) throw damaged("a header holds no number where one belongs");
  return Number.parseInt(digits, 8);
}

const damaged = (why: string) => new LorekeepError("INVALID", { reason: `The package is not what it should be: ${why}.` });
const tooLarge = () => new LorekeepError("TOO_LARGE", { reason: "The package is larger than language data can be." });

/** So many bytes at a time from chunks of any size, at most `limit` in all. */
class ByteReader {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array();
  private left: number;

  constructor(chunks: AsyncIterable<Uint8Array>, limit: number) {
    this.chunks = chunks[Symbol.asyncIterator]();
    this.left = limit;
  }

  /** undefined at the end; also where it comes before `count`. */
  async take(count: number): Promise<Buffer | undefined> {
    const parts: Uint8Array[] = [];
    const isThere = await this.forward(count, (part) => parts.push(part));
    return isThere ? Buffer.concat(parts) : undefined;
  }

  async skip(count: number): Promise<void> {
    if (!(await this.forward(count, () => undefined))) throw damaged("it ends in the middle of a file");
  }

  private async forward(count: number, each: (part: Uint8Array) => void): Promise<boolean> {
    if (count > this.left) throw tooLarge();
    this.left -= count;
    for (let missing = count; missing > 0;) {
      if (this.rest.byteLength === 0) {
        const next = await this.chunks.next();
        if (next.done) return false;
        this.rest = next.value;
        continue;
      }
      const part = this.rest.subarray(0, missing);
      this.rest = this.rest.subarray(part.byteLength);
      missing -= part.byteLength;
      each(part);
    }
    return true;
  }
}
