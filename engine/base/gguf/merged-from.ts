import type { GgufHeader } from "./header.ts";

/** An adapter that is inside a merged model, as the merge wrote it down. */
export interface MergedFrom {
  readonly name: string;
  readonly sha256?: string;
  /** As it was asked for; the file keeps it in single precision. */
  readonly scale?: number;
}

/** More than any merge takes; a file that says so is not believed further. */
const MOST = 16;

/** The adapters that Lorekeep merged into this file, by the keys it writes (docs/tune.md). Empty for any other file. */
export function mergedFrom({ metadata }: Pick<GgufHeader, "metadata">): MergedFrom[] {
  const found: MergedFrom[] = [];
  for (let i = 0; i < MOST; i++) {
    const [name, sha256, scale] = ["name", "sha256", "scale"].map((key) => metadata.get(`lorekeep.merge.adapter.${i}.${key}`));
    if (typeof name !== "string" || name === "") break;
    found.push({ name, ...(typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256) ? { sha256 } : {}), ...(typeof scale === "number" && Number.isFinite(scale) ? { scale: Number(scale.toPrecision(7)) } : {}) });
  }
  return found;
}
