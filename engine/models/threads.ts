import { availableParallelism, cpus } from "node:os";
import type { ShelfContent } from "./types.ts";

/** Threads measured for this model on this machine; undefined where it was measured elsewhere or never. */
export function threadsFor({ threads }: Pick<ShelfContent, "threads">, sha256: string): number | undefined {
  const measured = threads[sha256];
  return measured?.machine === thisMachine() ? measured.threads : undefined;
}

export function withThreads(content: ShelfContent, sha256: string, threads: number): ShelfContent {
  return { ...content, threads: { ...content.threads, [sha256]: { threads, machine: thisMachine() } } };
}

/** Two machines that share a workspace are told apart by processor and cores, which is what the measurement depends on. */
function thisMachine(): string {
  return `${cpus()[0]?.model.trim() ?? "unknown"} × ${availableParallelism()}`;
}
