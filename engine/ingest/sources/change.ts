import { randomUUID } from "node:crypto";
import { LorekeepError } from "../../base/errors.ts";
import { discard, pushLabels, type LibraryParts } from "../parts.ts";
import type { CollectionRecord, DocumentRecord } from "../registry/records.ts";

/** Out of the queue, the journal, the store and the shelf; a file of the person's own stays where it is. */
export function removeDocuments(parts: LibraryParts, ids: readonly string[]): Promise<number> {
  return parts.changes.add(() => removeNow(parts, ids));
}

/** {@link removeDocuments} for callers that hold the library's changes already. */
export async function removeNow(parts: LibraryParts, ids: readonly string[]): Promise<number> {
  const { registry, queue, owned, passwords } = parts;
  const known = [...new Set(ids)].flatMap((id) => registry.find(id) ?? []);
  const knownIds = known.map(({ id }) => id);
  await queue.withdraw(knownIds);
  // The journal first: what a crash leaves in the store or on the shelf is swept at the next start.
  await registry.remove(knownIds);
  await discard(parts, knownIds);
  for (const record of known) {
    passwords.delete(record.id);
    if (record.owned) await owned.remove(record.id);
  }
  const left = new Set([...registry.all()].map(({ contentHash }) => contentHash));
  for (const { contentHash } of known) if (contentHash !== undefined && !left.has(contentHash)) await parts.recognised.remove(contentHash);
  queue.nudge();
  return known.length;
}

/** Documents of a folder that is no longer followed, for callers that hold the library's changes already: removed, or kept as files of their own. */
export async function letGo(parts: LibraryParts, ids: readonly string[], forget: boolean): Promise<void> {
  if (forget) await removeNow(parts, ids);
  else await parts.registry.updateAll(ids.map((id) => [id, { folderId: undefined, origin: "file" }] as const));
}

export interface DocumentUpdate {
  readonly id: string;
  readonly private?: boolean | undefined;
  readonly collectionId?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

export function updateDocument(parts: LibraryParts, input: DocumentUpdate): Promise<DocumentRecord> {
  const { registry } = parts;
  return parts.changes.add(async () => {
    const record = registry.get(input.id);
    const moves = input.collectionId !== undefined && input.collectionId !== record.collectionId;
    if (moves) {
      const collection = registry.collection(input.collectionId);
      const twin = record.origin !== "upload" && registry.atPath(record.path).some(({ collectionId }) => collectionId === collection.id);
      if (twin) throw new LorekeepError("CONFLICT", { reason: `“${record.name}” is in “${collection.name}” already.`, field: "collectionId" });
    }
    const labels = { ...(moves ? { collectionId: input.collectionId } : {}), ...(input.tags ? { tags: [...new Set(input.tags)] } : {}) };
    const relabel = Object.keys(labels).length > 0;
    await registry.update(record.id, { ...labels, ...(input.private === undefined ? {} : { private: input.private }), ...(relabel ? { relabel } : {}) });
    if (relabel) await pushLabels(parts, record.id);
    return registry.get(record.id);
  });
}

/** A file that is somewhere else now, with the same bytes. */
export async function renameDocument(parts: LibraryParts, id: string, to: Pick<DocumentRecord, "path" | "name"> & { modifiedMs: number }): Promise<void> {
  await parts.registry.update(id, { ...to, relabel: true });
  await pushLabels(parts, id);
}

export interface Retry {
  readonly ids?: readonly string[] | undefined;
  readonly allFailed: boolean;
  readonly password?: string | undefined;
}

/** Reads documents again, and tries pictures again that could not be recognised. A named one is read whatever became of it; its unchanged passages keep their vectors. */
export function retryDocuments(parts: LibraryParts, { ids = [], allFailed, password }: Retry): Promise<number> {
  const { registry, queue, passwords } = parts;
  return parts.changes.add(async () => {
    const chosen = new Set(ids.map((id) => registry.get(id).id));
    if (allFailed) for (const { id, state } of registry.all()) if (state === "failed") chosen.add(id);
    if (password !== undefined) for (const id of chosen) passwords.set(id, password);
    const queued = [...chosen].filter((id) => registry.get(id).state !== "queued");
    await registry.updateAll(queued.map((id) => [id, { state: "queued", reason: undefined, recognition: undefined }] as const));
    queue.enqueue(queued);
    return queued.length;
  });
}

export async function createCollection({ registry }: LibraryParts, input: { name: string; private: boolean }): Promise<CollectionRecord> {
  refuseTwin(registry.allCollections(), input.name);
  const record = { id: randomUUID(), ...input, created: new Date().toISOString(), isDefault: false };
  await registry.putCollection(record);
  return record;
}

export async function updateCollection({ registry }: LibraryParts, { id, ...change }: { id: string; name?: string | undefined; private?: boolean | undefined }): Promise<CollectionRecord> {
  const record = registry.collection(id);
  if (change.name !== undefined) refuseTwin(registry.allCollections().filter((other) => other.id !== id), change.name);
  const changed = { ...record, name: change.name ?? record.name, private: change.private ?? record.private };
  await registry.putCollection(changed);
  return changed;
}

function refuseTwin(collections: readonly CollectionRecord[], name: string): void {
  if (collections.some((other) => other.name.toLowerCase() === name.toLowerCase())) throw new LorekeepError("CONFLICT", { reason: `There is a collection “${name}” already.`, field: "name" });
}

/** The collection with its documents. `unfollow` stops what watches folders for it. */
export async function removeCollection(parts: LibraryParts, id: string, unfollow: (folderId: string) => Promise<void>): Promise<void> {
  const { registry } = parts;
  if (registry.collection(id).isDefault) throw new LorekeepError("CONFLICT", { reason: "The first collection cannot be removed.", next: "Remove its documents instead." });
  for (const folder of registry.allFolders()) if (folder.collectionId === id) await unfollow(folder.id);
  await parts.changes.add(async () => {
    await removeNow(parts, [...registry.all()].filter(({ collectionId }) => collectionId === id).map((record) => record.id));
    await registry.removeCollection(id);
  });
}
