import { randomUUID } from "node:crypto";
import { LorekeepError } from "../../base/errors.ts";
import { sha256File } from "../../base/hash.ts";
import type { LibraryParts } from "../parts.ts";
import { isWorthAnotherTry, reasonOf } from "../registry/reasons.ts";
import type { DocumentRecord, FolderRecord } from "../registry/records.ts";
import type { NewDocument } from "../registry/registry.ts";
import { eachOf, lookAt, nameOf, scan, type FoundFile, type Skipped } from "./scan.ts";

export interface AddPaths {
  readonly paths: readonly string[];
  readonly collectionId?: string | undefined;
  readonly watch: boolean;
  readonly private: boolean;
  /** Text recognition of these files: without asking, not at all, or as the settings say. */
  readonly ocr?: "auto" | "off" | undefined;
}

export interface Added {
  readonly added: readonly DocumentRecord[];
  readonly unchanged: number;
  readonly skipped: readonly Skipped[];
  /** Folders that are followed from now on. */
  readonly folders: readonly FolderRecord[];
}

/** Files and folders into the library and its queue. Returns when they are queued. */
export async function addPaths(parts: LibraryParts, input: AddPaths, signal?: AbortSignal): Promise<Added> {
  const chosen = () => (input.collectionId === undefined ? undefined : parts.registry.collection(input.collectionId));
  chosen();
  const found = await scan(input.paths, { ignore: parts.settings().ingest.ignore, ...(signal ? { signal } : {}) });
  return parts.changes.add(async () => {
    // It may have been removed while the disk was looked through.
    const collection = chosen();
    const folders = input.watch ? await followed(parts, found.folders, { collectionId: (collection ?? parts.registry.collection()).id, private: input.private }) : [];
    const taken = await takeFiles(parts, found.files, { collectionId: collection?.id, folders, private: input.private, ocr: input.ocr, signal });
    return { ...taken, skipped: [...found.skipped, ...taken.skipped], folders };
  });
}

async function followed({ registry }: LibraryParts, paths: readonly string[], about: { collectionId: string; private: boolean }): Promise<FolderRecord[]> {
  const folders: FolderRecord[] = [];
  for (const path of paths) {
    const known = registry.allFolders().find((folder) => folder.path === path && folder.collectionId === about.collectionId);
    const folder = known ?? { id: randomUUID(), path, ...about };
    if (!known) await registry.putFolder(folder);
    folders.push(folder);
  }
  return folders;
}

interface Taking {
  /** undefined: wherever the file is already, else the default collection. */
  readonly collectionId: string | undefined;
  readonly folders: readonly FolderRecord[];
  readonly private: boolean;
  readonly ocr?: "auto" | "off" | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** New files become documents, changed ones are queued again, the rest is left alone. */
export async function takeFiles(parts: LibraryParts, files: readonly FoundFile[], taking: Taking): Promise<{ added: DocumentRecord[]; unchanged: number; skipped: Skipped[] }> {
  const { registry, queue } = parts;
  const collectionId = taking.collectionId ?? registry.collection().id;
  const fresh: NewDocument[] = [];
  const again: [string, Partial<DocumentRecord>][] = [];
  const same: [string, Partial<DocumentRecord>][] = [];
  const skipped: Skipped[] = [];
  let unchanged = 0;
  await eachOf(files, async (file) => {
    const folder = taking.folders.find(({ path }) => isBelow(file.path, path));
    const labels = { ...(folder ? { origin: "folder" as const, folderId: folder.id } : {}), ...(taking.private ? { private: true } : {}) };
    const fromStart = decided(taking.ocr);
    const known = registry.atPath(file.path).find((record) => taking.collectionId === undefined || record.collectionId === taking.collectionId);
    if (!known) {
      fresh.push({ collectionId, path: file.path, name: nameOf(file.path), origin: "file", sizeBytes: file.sizeBytes, modifiedMs: file.modifiedMs, ...labels, ...fromStart });
      return;
    }
    try {
      const verdict = await compare(known, file, taking.signal);
      const change = { ...labels, ...agreed(known, taking.ocr), ...(verdict === "same" ? {} : { sizeBytes: file.sizeBytes, modifiedMs: file.modifiedMs }) };
      if (verdict === "changed") again.push([known.id, { ...change, state: "queued" }]);
      else unchanged++;
      if (verdict !== "changed" && differs(known, change)) same.push([known.id, change]);
    } catch (error) {
      taking.signal?.throwIfAborted();
      skipped.push({ path: file.path, reason: reasonOf(error) });
    }
  });
  // eachOf answers out of order; a person expects the folder's own.
  fresh.sort((a, b) => (a.path < b.path ? -1 : 1));
  const added = await registry.add(fresh);
  if (again.length + same.length > 0) await registry.updateAll([...again.map(([id, change]) => [id, { ...change, reason: undefined }] as const), ...same]);
  queue.enqueue([...added.map(({ id }) => id), ...again.map(([id]) => id)]);
  // Also what waits for a file that may be back now.
  queue.nudge();
  return { added: [...added, ...again.map(([id]) => registry.get(id))], unchanged, skipped };
}

function decided(ocr: "auto" | "off" | undefined): Pick<DocumentRecord, "recognition"> {
  return ocr === undefined ? {} : { recognition: { state: ocr === "off" ? "skipped" : "agreed", pictures: 0, done: 0 } };
}

/** What asked first is started where its file is added again with "auto". */
function agreed({ recognition }: DocumentRecord, ocr: "auto" | "off" | undefined): Pick<DocumentRecord, "recognition"> {
  return ocr === "auto" && recognition?.state === "ask" ? { recognition: { ...recognition, state: "agreed" } } : {};
}

function differs(record: DocumentRecord, change: Partial<DocumentRecord>): boolean {
  return Object.entries(change).some(([key, value]) => record[key as keyof DocumentRecord] !== value);
}

/** Size and time first, the bytes only where they leave a doubt. "touched": the same bytes with a new time. */
async function compare(record: DocumentRecord, file: FoundFile, signal: AbortSignal | undefined): Promise<"same" | "touched" | "changed"> {
  const settled = record.state === "indexed" || (record.state === "failed" && !isWorthAnotherTry(record.reason));
  const underWay = record.state === "queued" || record.state === "reading" || record.state === "embedding" || record.state === "recognising";
  const looksSame = record.sizeBytes === file.sizeBytes && record.modifiedMs === file.modifiedMs;
  if (looksSame) return settled || underWay ? "same" : "changed";
  if (record.state !== "indexed" || record.sizeBytes !== file.sizeBytes || record.contentHash === undefined) return "changed";
  return (await sha256File(file.path, signal)) === record.contentHash ? "touched" : "changed";
}

export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") || folder.endsWith("\\") ? folder : `${folder}/`) || path.startsWith(`${folder}\\`);
}

/** Files the host has streamed to disk. The library owns them from now on. */
export async function addUploads(parts: LibraryParts, uploadIds: readonly string[], collectionId: string | undefined): Promise<Added> {
  return parts.changes.add(async () => {
    const collection = parts.registry.collection(collectionId);
    const added: DocumentRecord[] = [];
    let unchanged = 0;
    for (const uploadId of uploadIds) {
      const { path, name } = await parts.owned.upload(uploadId);
      const contentHash = await sha256File(path);
      const twin = parts.registry.atPath(name).find((record) => record.origin === "upload" && record.collectionId === collection.id && record.contentHash === contentHash);
      if (twin) unchanged++;
      else added.push(await own(parts, { collectionId: collection.id, path: name, name, origin: "upload", from: path, contentHash }));
      await parts.owned.dropUpload(uploadId);
    }
    return { added, unchanged, skipped: [], folders: [] };
  });
}

/** A web page, because a person asked for it: fetched once, saved, read like any other file. Asking again reads it anew. */
export async function addPage(parts: LibraryParts, input: { url: string; collectionId?: string | undefined }, signal: AbortSignal): Promise<DocumentRecord> {
  parts.registry.collection(input.collectionId);
  if (!parts.fetchPage) throw new LorekeepError("UNSUPPORTED", { reason: "Web pages cannot be fetched here.", next: "Save the page as a file and add that." });
  const page = await parts.fetchPage(input.url, signal);
  return parts.changes.add(async () => {
    const collection = parts.registry.collection(input.collectionId);
    const known = parts.registry.atPath(page.finalUrl).find((record) => record.collectionId === collection.id);
    return own(parts, { id: known?.id, collectionId: collection.id, path: page.finalUrl, name: page.name, origin: "web", from: page.path, mediaType: page.mediaType });
  });
}

interface Owning extends Pick<DocumentRecord, "collectionId" | "path" | "name" | "origin"> {
  readonly id?: string | undefined;
  readonly from: string;
  readonly mediaType?: string;
  readonly contentHash?: string;
}

/** The record first, then the file: a crash in between is finished at the next start. */
async function own(parts: LibraryParts, { from, mediaType, id = randomUUID(), ...labels }: Owning): Promise<DocumentRecord> {
  const { registry, owned, queue } = parts;
  const file = await lookAt(from);
  const record = {
    id, ...labels, owned: owned.planned(id, labels.name, from, mediaType),
    ...(file ? { sizeBytes: file.sizeBytes, modifiedMs: file.modifiedMs } : {}),
  };
  if (registry.find(id)) await registry.update(id, { ...record, state: "queued", reason: undefined });
  else await registry.add([record]);
  await owned.adopt(registry.get(id));
  await registry.update(id, { owned: owned.settled(record.owned) });
  queue.enqueue([id]);
  return registry.get(id);
}
