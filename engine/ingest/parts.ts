import { join } from "node:path";
import type PQueue from "p-queue";
import type { Settings } from "../contract/settings.ts";
import type { KnowledgeStore } from "../knowledge/store.ts";
import type { Source } from "./steps/extract.ts";
import type { ExtractionShelf } from "./steps/extractions.ts";
import type { OwnedFiles } from "./sources/owned-files.ts";
import type { IngestQueue } from "./work/queue.ts";
import type { DocumentRecord } from "./registry/records.ts";
import type { PageCache } from "./recognise/page-cache.ts";
import type { Recogniser } from "./recognise/recogniser.ts";
import type { Registry } from "./registry/registry.ts";

/** Gets a web page into a file of the host's making. The only way of the library to the network, handed in. */
export type FetchPage = (url: string, signal: AbortSignal) => Promise<{ path: string; name: string; mediaType: string; finalUrl: string }>;

/** What the library's operations work with. Made once by `createLibrary`. */
export interface LibraryParts {
  readonly workspace: string;
  readonly registry: Registry;
  readonly store: KnowledgeStore;
  readonly shelf: ExtractionShelf;
  /** What was recognised in pictures. */
  readonly recognised: PageCache;
  readonly owned: OwnedFiles;
  readonly queue: IngestQueue;
  readonly recogniser: Recogniser;
  /** Ids of the documents that the store holds. */
  readonly stored: Set<string>;
  /** Passwords a person gave, by document; never written down. */
  readonly passwords: Map<string, string>;
  readonly settings: () => Settings;
  readonly notice: (text: string) => void;
  readonly fetchPage: FetchPage | undefined;
  /** Changes of what the library holds, one after the other. */
  readonly changes: PQueue;
  /** Aborts when the library is disposed. */
  readonly closing: AbortSignal;
}

/** Where a document's bytes are. */
export function sourceOf({ workspace, passwords }: Pick<LibraryParts, "workspace" | "passwords">, record: DocumentRecord): Source {
  const password = passwords.get(record.id);
  return {
    file: record.owned ? join(workspace, record.owned.file) : record.path,
    name: record.name,
    ...(record.owned?.mediaType === undefined ? {} : { mediaType: record.owned.mediaType }),
    ...(password === undefined ? {} : { password }),
  };
}

/** Takes documents out of the store and off the shelf, where they are. */
export async function discard(parts: Pick<LibraryParts, "store" | "stored" | "shelf">, ids: readonly string[]): Promise<void> {
  await unindex(parts, ids);
  await parts.shelf.remove(ids);
}

/** Takes documents out of the store, where they are. */
export async function unindex({ store, stored }: Pick<LibraryParts, "store" | "stored">, ids: readonly string[]): Promise<void> {
  const there = ids.filter((id) => stored.has(id));
  if (there.length > 0) await store.remove(there);
  for (const id of there) stored.delete(id);
}

/** Brings the store's copy of a document's labels up to date. Marked in the journal before, so that a crash in between is made up for at start. */
export async function pushLabels({ registry, store, stored }: Pick<LibraryParts, "registry" | "store" | "stored">, id: string): Promise<void> {
  const record = registry.find(id);
  if (!record) return;
  const { collectionId, path, tags, modifiedMs } = record;
  if (stored.has(id)) await store.relabel(id, { collectionId, path, tags, ...(modifiedMs === undefined ? {} : { modified: new Date(modifiedMs).toISOString() }) });
  await registry.update(id, { relabel: undefined });
}
