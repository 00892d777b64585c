import { basename } from "node:path";
import { fileTypes } from "../../base/gguf/formats.ts";
import type { GgufHeader } from "../../base/gguf/header.ts";
import type { GgufInfo } from "../../base/gguf/info.ts";
import type { GgufEntry } from "../../base/gguf/writer.ts";
import type { MergeType } from "../../contract/tune.ts";

/** Says who a model is: true of the base, not of what it becomes. Moves to general.base_model.0. */
const identity = ["uuid", "doi", "url", "repo_url"];
/** True of both. */
const shared = ["author", "version", "organization"];

export interface Lineage {
  readonly name: string;
  readonly base: { readonly info: GgufInfo; readonly path: string; readonly sha256: string };
  readonly adapters: readonly { readonly name: string; readonly sha256: string; readonly scale: number }[];
  readonly type: MergeType;
}

/** The base's metadata, entry by entry as it stands (`bytes` reads a span of its file), with its new name and where it comes from. */
export async function mergedEntries(lineage: Lineage, bytes: (start: number, end: number) => Promise<Uint8Array>): Promise<GgufEntry[]> {
  const { header } = lineage.base.info;
  const made = ownEntries(lineage, header);
  const replaced = new Set([...made.map(({ key }) => key), ...identity.map((key) => `general.${key}`)]);
  const kept: GgufEntry[] = [];
  for (const [key, [start, end]] of header.spans) {
    if (replaced.has(key) || key.startsWith("general.base_model.") || key.startsWith("lorekeep.merge.")) continue;
    kept.push({ key, type: "raw", bytes: await bytes(start, end) });
  }
  // A reader finds the architecture first, where llama.cpp's own tools put it.
  return [...kept.slice(0, 1), ...made, ...kept.slice(1)];
}

function ownEntries({ name, base, adapters, type }: Lineage, header: GgufHeader): GgufEntry[] {
  const entries: GgufEntry[] = [];
  const text = (key: string, value: string) => entries.push({ key, type: "string", value });
  const whole = (key: string, value: number) => entries.push({ key, type: "uint32", value });
  text("general.name", name);
  whole("general.base_model.count", 1);
  text("general.base_model.0.name", base.info.name ?? basename(base.path).replace(/\.gguf$/i, ""));
  for (const key of [...shared, ...identity]) {
    const said = header.metadata.get(`general.${key}`);
    if (typeof said === "string") text(`general.base_model.0.${key}`, said);
  }
  text("lorekeep.merge.base_sha256", base.sha256);
  whole("lorekeep.merge.adapter.count", adapters.length);
  for (const [i, adapter] of adapters.entries()) {
    text(`lorekeep.merge.adapter.${i}.name`, adapter.name);
    text(`lorekeep.merge.adapter.${i}.sha256`, adapter.sha256);
    entries.push({ key: `lorekeep.merge.adapter.${i}.scale`, type: "float32", value: adapter.scale });
  }
  const fileType = [...fileTypes].find(([, named]) => named === type)?.[0];
  if (fileType !== undefined) whole("general.file_type", fileType);
  if (type === "Q8_0" || header.metadata.has("general.quantization_version")) whole("general.quantization_version", 2);
  return entries;
}
