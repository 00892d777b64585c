import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { z } from "zod";
import { adapterMismatch } from "../../base/gguf/adapter.ts";
import { inspectGguf, type GgufInfo } from "../../base/gguf/info.ts";
import { LorekeepError } from "../../base/errors.ts";
import type { adapterUse } from "./contract.ts";

export type AdapterUse = z.infer<typeof adapterUse>;

/** Path of each adapter, and which version of the file it is. */
export type AdapterVersions = ReadonlyMap<string, string>;

/**
 * The adapters that really change something, always in the same order: scale 0 is the base itself, and A with B is B with A (added up in
 * another order, floating-point sums would differ in their last bits).
 */
export function effective(adapters: readonly AdapterUse[]): AdapterUse[] {
  return adapters.filter(({ scale }) => scale !== 0).sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.scale - b.scale));
}

/** @throws LorekeepError NOT_FOUND where a file is gone. */
export async function versionsOf(adapters: readonly AdapterUse[]): Promise<AdapterVersions> {
  const versions = new Map<string, string>();
  for (const { path } of adapters) versions.set(path, await fingerprint(path));
  return versions;
}

/** Holds the adapter's header against the model's, before llama.cpp sees it. @throws LorekeepError MODEL_REFUSED. */
export async function checkAdapter(adapter: AdapterUse, model: GgufInfo, signal?: AbortSignal): Promise<void> {
  const info = await inspectGguf(adapter.path, signal ? { signal } : {}).catch((error: unknown) => {
    throw error instanceof LorekeepError && error.code === "MODEL_REFUSED" ? unreadable(adapter, error) : error;
  });
  const mismatch = adapterMismatch(model, info);
  if (mismatch) throw adapterRefused(adapter, mismatch.why);
}

export function adapterRefused(adapter: AdapterUse, why: string, cause?: unknown): LorekeepError {
  return new LorekeepError("MODEL_REFUSED", {
    reason: `The adapter ${basename(adapter.path)} does not fit this model: ${why}.`, next: "Choose the base model it was trained on, or another adapter.",
  }, { cause });
}

/** Changes when the file behind the path was replaced. */
async function fingerprint(path: string): Promise<string> {
  const stats = await stat(path).catch((error: unknown) => {
    throw new LorekeepError("NOT_FOUND", { reason: `The adapter ${basename(path)} is not where it was.`, next: "Add it again." }, { cause: error });
  });
  return `${stats.size}:${stats.mtimeMs}:${stats.ino}`;
}

/** The header check speaks of "this file"; here a person must hear which. */
function unreadable(adapter: AdapterUse, error: LorekeepError): LorekeepError {
  return new LorekeepError("MODEL_REFUSED", { ...error.details, reason: `The adapter ${basename(adapter.path)} cannot be used. ${error.details.reason}` }, { cause: error });
}
