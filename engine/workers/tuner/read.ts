import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

const CHUNK = 4 * 2 ** 20;

/** sha-256 of a file that is open, from its first byte; the handle's own position is left alone. */
export async function hashOpen(file: FileHandle, { signal, onBytes }: { signal: AbortSignal; onBytes: (done: number) => void }): Promise<string> {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  for (let done = 0; ; ) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, CHUNK, done);
    if (bytesRead === 0) return hash.digest("hex");
    hash.update(buffer.subarray(0, bytesRead));
    done += bytesRead;
    onBytes(done);
  }
}

/** `length` bytes from `position` on. @throws what `short` makes when the file ends before. */
export async function readExactly(file: FileHandle, position: number, length: number, short: () => Error): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) throw short();
    filled += bytesRead;
  }
  return bytes;
}
