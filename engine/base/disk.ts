import { statfs } from "node:fs/promises";
import { bytesInWords } from "./gguf/refusal.ts";
import { fromFileSystem, LorekeepError } from "./errors.ts";

/** Bytes that may still be written to the file system `folder` lies on. Replaced in tests. */
export type FreeBytes = (folder: string) => Promise<number>;

const freeDiskBytes: FreeBytes = async (folder) => {
  const stats = await statfs(folder);
  return stats.bavail * stats.bsize;
};

/** Left over for the person's other files and the workspace's own. */
const KEEP_FREE = 64 * 2 ** 20;

/** @throws LorekeepError NO_SPACE with both numbers, before the first byte is written. */
export async function ensureDiskSpace(folder: string, bytes: number, freeBytes: FreeBytes = freeDiskBytes): Promise<void> {
  const free = await freeBytes(folder).catch((error: unknown) => {
    throw fromFileSystem(error, folder);
  });
  if (free >= bytes + KEEP_FREE) return;
  throw new LorekeepError("NO_SPACE", {
    reason: `There is not enough room on the disk: ${bytesInWords(bytes)} are needed, ${bytesInWords(Math.max(0, free))} are free.`,
    next: "Free some space, or link a file that lies on another disk.",
  });
}
