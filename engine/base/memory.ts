import { totalmem } from "node:os";

/** macOS counts only untouched pages as free, and gives cached and compressible ones up when they are asked for. */
const MAC_SHARE = 0.7;

/** Bytes of memory this process may still take: what the system has to give, or what a container leaves of it. */
export function availableMemory(): number {
  const free = process.availableMemory();
  return process.platform === "darwin" ? Math.max(free, totalmem() * MAC_SHARE) : free;
}
