import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { fromFileSystem } from "../base/errors.ts";

export interface ByteProgress {
  readonly signal?: AbortSignal | undefined;
  /** Bytes done so far. */
  readonly onBytes?: (done: number) => void;
}

const CHUNK = { highWaterMark: 2 ** 20 };

/** sha-256 of a file, told as it goes. Memory stays flat. */
export async function hashFile(path: string, { signal, onBytes }: ByteProgress = {}): Promise<string> {
  const hash = createHash("sha256");
  let done = 0;
  for await (const chunk of createReadStream(path, { ...CHUNK, ...(signal ? { signal } : {}) })) {
    hash.update(chunk as Buffer); // a stream without encoding gives buffers
    done += (chunk as Buffer).byteLength;
    onBytes?.(done);
  }
  return hash.digest("hex");
}

/**
 * Copies `from` to `to` through a temporary name beside it: `to` is whole or absent, whatever happens in between, and an abort or a
 * failure leaves nothing behind. Returns the sha-256 of what was written.
 */
export async function copyWhole(from: string, to: string, { signal, onBytes }: ByteProgress = {}): Promise<string> {
  const temporary = `${to}.copying-${randomUUID().slice(0, 8)}`;
  const hash = createHash("sha256");
  let done = 0;
  try {
    await mkdir(dirname(to), { recursive: true });
    const file = await open(temporary, "wx");
    try {
      for await (const chunk of createReadStream(from, { ...CHUNK, ...(signal ? { signal } : {}) })) {
        hash.update(chunk as Buffer);
        await file.writeFile(chunk as Buffer);
        done += (chunk as Buffer).byteLength;
        onBytes?.(done);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, to);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fromFileSystem(error, to);
  }
  return hash.digest("hex");
}

/** Renames within a file system, copies and deletes across two. */
export async function moveWhole(from: string, to: string, progress: ByteProgress = {}): Promise<void> {
  try {
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EXDEV")) throw fromFileSystem(error, to);
    await copyWhole(from, to, progress);
    await rm(from);
  }
}

/** `wanted` in `folder`, made safe as a file name, with a number behind it where that name is taken. */
export async function freeName(folder: string, wanted: string): Promise<string> {
  const safe = wanted.replace(/[^\p{L}\p{N}._ -]/gu, "_").replace(/^\.+/, "").slice(-120) || "model.gguf";
  const extension = extname(safe);
  const stem = safe.slice(0, safe.length - extension.length);
  for (let n = 1; ; n++) {
    const name = n === 1 ? safe : `${stem}-${n}${extension}`;
    const taken = await access(join(folder, name)).then(() => true, () => false);
    if (!taken) return name;
  }
}
