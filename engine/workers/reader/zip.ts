import { createHash } from "node:crypto";
import { Unzip, UnzipInflate, type UnzipFile } from "fflate";
import { corrupt, Refusal } from "./refusal.ts";

export interface Archive {
  readonly names: readonly string[];
  /** The member's bytes, undefined where there is none. */
  bytes(name: string): Uint8Array | undefined;
  /** The member as UTF-8 (or UTF-16 by its mark), undefined where there is none. */
  text(name: string): string | undefined;
  /** The member's sha-256 in hexadecimal, of those for which "hash" was wanted. */
  hash(name: string): string | undefined;
}

/** What is kept of a member: its bytes, its hash, or nothing. */
export type Wanted = boolean | "hash";

const CHUNK = 64 * 1024;
const MAX_MEMBERS = 20_000;

const tooLarge = (limit: number) =>
  new Refusal("too-large", `Unpacked, this file is larger than ${Math.round(limit / 2 ** 20)} MB.`, "Split it into smaller files, or raise the limit in the settings.");

/**
 * Inflates a zip member by member, counting every byte as it comes out, so that a bomb is refused when it passes `maxBytes` and
 * not when memory is gone. `wanted` says what is kept of each member; the rest is counted and dropped.
 * @throws Refusal too-large or corrupt.
 */
export function openArchive(zip: Uint8Array, maxBytes: number, wanted: (name: string) => Wanted = () => true): Archive {
  const members = new Map<string, Uint8Array>();
  const hashes = new Map<string, string>();
  const names: string[] = [];
  let inflated = 0;
  const onFile = (file: UnzipFile) => {
    names.push(file.name);
    if (names.length > MAX_MEMBERS) throw new Refusal("too-large", `This file has more than ${MAX_MEMBERS} parts inside.`);
    const chunks: Uint8Array[] = [];
    const keep = wanted(file.name);
    const hash = keep === "hash" ? createHash("sha256") : undefined;
    file.ondata = (error, chunk, final) => {
      if (error) throw error;
      inflated += chunk.length;
      if (inflated > maxBytes) throw tooLarge(maxBytes);
      if (keep === true) chunks.push(chunk);
      hash?.update(chunk);
      if (final && keep === true) members.set(file.name, Buffer.concat(chunks));
      if (final && hash) hashes.set(file.name, hash.digest("hex"));
    };
    file.start();
  };
  const unzip = new Unzip(onFile);
  unzip.register(UnzipInflate);
  try {
    for (let at = 0; at < zip.length; at += CHUNK) unzip.push(zip.subarray(at, at + CHUNK), at + CHUNK >= zip.length);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw corrupt("The file's zip container");
  }
  return {
    names,
    bytes: (name) => members.get(name),
    text: (name) => decodeXml(members.get(name)),
    hash: (name) => hashes.get(name),
  };
}

/** Counts what a zip inflates to, keeping nothing: for libraries that unpack by themselves and know no limit. */
export function assertInflatable(zip: Uint8Array, maxBytes: number): void {
  openArchive(zip, maxBytes, () => false);
}

function decodeXml(bytes: Uint8Array | undefined): string | undefined {
  if (!bytes) return undefined;
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return new TextDecoder(utf16 ? (bytes[0] === 0xff ? "utf-16le" : "utf-16be") : "utf-8").decode(bytes);
}
