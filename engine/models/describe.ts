import { randomUUID } from "node:crypto";
import { basename } from "node:path";
import type { GgufInfo } from "../base/gguf/info.ts";
import { templateName } from "../base/gguf/template-name.ts";
import type { ImportOptions, StoredItem } from "./types.ts";

type Placed = Pick<StoredItem, "path" | "storage" | "sizeBytes" | "sha256" | "changedMs">;

/** A file that comes onto the shelf, as its header describes it and whoever brings it knows more. */
export function described(info: GgufInfo, about: Placed & { from: string; options: Pick<ImportOptions, "name" | "source" | "lineage"> }): StoredItem {
  const { path, storage, sizeBytes, sha256, changedMs, from, options } = about;
  const form = info.chatTemplate === undefined ? undefined : templateName(info.chatTemplate);
  return {
    id: randomUUID(), kind: info.kind, name: options.name ?? info.name ?? basename(from).replace(/\.gguf$/i, ""), path, storage, sizeBytes, sha256, changedMs,
    architecture: info.architecture, parameters: info.parameters, quantisation: info.quantisation, hasTemplate: info.chatTemplate !== undefined,
    ...(info.contextLength === undefined ? {} : { contextLength: info.contextLength }),
    ...(info.licence ? { licence: info.licence } : {}),
    ...(info.baseModel ? { baseModel: info.baseModel } : {}),
    ...(info.baseSha256 ? { baseSha256: info.baseSha256 } : {}),
    ...(info.merged ? { merged: true } : {}),
    ...mergedOf(info),
    ...(options.lineage ? madeOf(options.lineage) : {}),
    family: info.family ?? info.architecture, ...(form ? { template: form } : {}),
    ...(info.adapter ?? {}),
    source: options.source ?? { type: "import", from }, added: new Date().toISOString(), checks: [],
  };
}

/** What a merged file says of itself. */
export function mergedOf({ mergedFrom }: Pick<GgufInfo, "mergedFrom">): Pick<StoredItem, "madeFrom"> {
  return mergedFrom.length > 0 ? { madeFrom: mergedFrom.map((one) => ({ how: "merged", ...one })) } : {};
}

/** What its maker knows. */
export function madeOf({ madeFrom, baseSha256 }: NonNullable<ImportOptions["lineage"]>): Pick<StoredItem, "madeFrom" | "baseSha256"> {
  return { madeFrom: [...madeFrom], ...(baseSha256 === undefined ? {} : { baseSha256 }) };
}

/** What stays when a file is replaced by its next state. */
export function keptOf({ id, name, baseId, checks, added }: StoredItem) {
  return { id, name, checks, added, ...(baseId === undefined ? {} : { baseId }) };
}
