import { basename, resolve } from "node:path";
import { inspectGguf } from "../base/gguf/info.ts";
import { LorekeepError } from "../base/errors.ts";
import { pump } from "../base/pump.ts";
import { os, stream } from "../contract/server.ts";
import type { ConvertEvent, ConvertInput, MergeEvent, MergeInput, ModelRef } from "../contract/tune.ts";
import type { ShelfItem } from "../models/types.ts";
import type { Tuner } from "./tuner.ts";

export interface TuneRoutesParts {
  readonly tuner: Tuner;
  /** An item of the shelf as its file is now, hashed again where it changed: the hash stands in what is made from it. */
  readonly refreshed: (itemId: string, signal: AbortSignal) => Promise<ShelfItem>;
}

/** The contract's convert and merge. */
export function tuneRoutes(parts: TuneRoutesParts) {
  return {
    convert: os.tune.convert.handler(({ input, signal }) => stream(pump<ConvertEvent>((emit, stop) => convert(parts, input, { emit, stop }), signal))),
    merge: os.tune.merge.handler(({ input, signal }) => stream(pump<MergeEvent>((emit, stop) => merge(parts, input, { emit, stop }), signal))),
  };
}

interface Out<E> { readonly emit: (event: E) => void; readonly stop: AbortSignal }

async function convert({ tuner, refreshed }: TuneRoutesParts, input: ConvertInput, { emit, stop }: Out<ConvertEvent>): Promise<void> {
  const folder = resolve(input.folder);
  const base = input.base && (await fileOf(input.base, refreshed, stop));
  const name = input.name ?? basename(folder);
  const { path, item, result } = await tuner.make({
    verb: "converting", source: { type: "made", how: "converted", from: folder }, name, output: input.output, addToShelf: input.addToShelf,
    start: (client, place, signal) => client.convert({ folder, type: input.type, name, place, ...(base === undefined ? {} : { base }) }, { signal }),
    lineage: ({ sources, baseSha256 }) => ({ madeFrom: sources.map((one) => ({ how: "converted", ...one })), baseSha256 }),
  }, { signal: stop, progress: (step, done, total) => emit({ type: "progress", step: step === "writing" ? "converting" : step, done, total }) });
  emit({ type: "done", path, ...(item ? { item } : {}), ...result });
}

async function merge({ tuner, refreshed }: TuneRoutesParts, input: MergeInput, { emit, stop }: Out<MergeEvent>): Promise<void> {
  const base = await fileOf(input.base, refreshed, stop);
  const adapters: { path: string; sha256?: string; name?: string; scale: number }[] = [];
  for (const { adapter, scale } of input.adapters) adapters.push({ ...(await fileOf(adapter, refreshed, stop)), scale });
  const name = input.name ?? (await joinedName([base, ...adapters], stop));
  const { path, item, result } = await tuner.make({
    verb: "merging", source: { type: "made", how: "merged", from: base.path }, name, output: input.output, addToShelf: input.addToShelf,
    start: (client, place, signal) => client.merge({ base, adapters, type: input.type, name, place }, { signal }),
  }, { signal: stop, progress: (step, done, total) => emit({ type: "progress", step: step === "writing" ? "merging" : step, done, total }) });
  emit({ type: "done", path, ...(item ? { item } : {}), ...result });
}

/** Path, and what the shelf knows of it. @throws LorekeepError NOT_FOUND, MODEL_REFUSED; AbortError. */
async function fileOf({ id, path }: ModelRef, refreshed: TuneRoutesParts["refreshed"], signal: AbortSignal): Promise<{ path: string; sha256?: string; name?: string }> {
  if (id === undefined) return { path: resolve(path ?? "") };
  const item = await refreshed(id, signal);
  if (item.state === "missing") throw new LorekeepError("NOT_FOUND", { reason: `The file of ${item.name} is gone.`, next: "Put it back, or add it to the shelf again." });
  return { path: item.path, sha256: item.sha256, name: item.name };
}

/** "Base + adapter + adapter", as far as a name may go. */
async function joinedName(files: readonly { path: string; name?: string }[], signal: AbortSignal): Promise<string> {
  const names: string[] = [];
  for (const { path, name } of files) names.push(name ?? (await inspectGguf(path, { signal })).name ?? basename(path).replace(/\.gguf$/i, ""));
  return names.join(" + ").slice(0, 200);
}
