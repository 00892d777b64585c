import { randomUUID } from "node:crypto";
import { LorekeepError } from "../../base/errors.ts";
import type { DocumentState } from "../../contract/library.ts";
import { Journal, readJournal } from "./journal.ts";
import { JOURNAL_VERSION, journalLine, type CollectionRecord, type DocumentRecord, type FolderRecord, type JournalLine } from "./records.ts";

export type NewDocument = Pick<DocumentRecord, "collectionId" | "path" | "name" | "origin"> & Partial<DocumentRecord>;

/** Fields to change; `undefined` takes the field away. */
export type DocumentChange = { [K in keyof DocumentRecord]?: DocumentRecord[K] | undefined };

/**
 * Everything the library knows, in memory, with every lasting change in the journal first: a method that returns a promise
 * resolves when the change is on the disk. Ids are random; documents are found by path too.
 */
export class Registry {
  private readonly documents = new Map<string, DocumentRecord>();
  private readonly byPath = new Map<string, Set<string>>();
  private readonly collections = new Map<string, CollectionRecord>();
  private readonly folders = new Map<string, FolderRecord>();
  private isPaused = false;
  private journal: Journal | undefined;
  private readonly changed: (topic: "documents" | "collections" | "folders") => void;

  private constructor(changed: Registry["changed"]) {
    this.changed = changed;
  }

  /** Reads the journal, compacts it and opens it. `notice` is told what was set aside. */
  static async open(path: string, options: { changed: Registry["changed"]; notice: (text: string) => void }): Promise<Registry> {
    const registry = new Registry(options.changed);
    const { lines, setAside } = await readJournal(path, parseLine);
    for (const line of lines) registry.replay(line);
    if (setAside) options.notice(`${setAside.lostLines} entries of the library's journal could not be read and were left out; the original was kept as ${setAside.path}.`);
    if (![...registry.collections.values()].some(({ isDefault }) => isDefault)) {
      registry.collections.set("default", { id: "default", name: "Library", private: false, created: new Date().toISOString(), isDefault: true });
    }
    registry.journal = await Journal.start(path, registry.snapshot());
    return registry;
  }

  private replay(line: JournalLine): void {
    switch (line.type) {
      case "library": return;
      case "document": return this.index(line.value);
      case "document-removed": return this.unindex(line.id);
      case "collection": return void this.collections.set(line.value.id, line.value);
      case "collection-removed": return void this.collections.delete(line.id);
      case "folder": return void this.folders.set(line.value.id, line.value);
      case "folder-removed": return void this.folders.delete(line.id);
      case "paused": this.isPaused = line.value;
    }
  }

  private snapshot(): JournalLine[] {
    return [
      { type: "library", version: JOURNAL_VERSION },
      ...[...this.collections.values()].map((value) => ({ type: "collection" as const, value })),
      ...[...this.folders.values()].map((value) => ({ type: "folder" as const, value })),
      ...[...this.documents.values()].map((value) => ({ type: "document" as const, value: lasting(value) })),
      { type: "paused", value: this.isPaused },
    ];
  }

  private async write(...lines: JournalLine[]): Promise<void> {
    if (!this.journal) throw new Error("The registry is not open");
    await this.journal.append(lines);
  }

  get paused(): boolean {
    return this.isPaused;
  }

  async setPaused(paused: boolean): Promise<void> {
    this.isPaused = paused;
    await this.write({ type: "paused", value: paused });
  }

  // Documents

  find(id: string): DocumentRecord | undefined {
    return this.documents.get(id);
  }

  get(id: string): DocumentRecord {
    const record = this.documents.get(id);
    if (!record) throw new LorekeepError("NOT_FOUND", { reason: "This document is no longer in the library.", field: "id" });
    return record;
  }

  all(): IterableIterator<DocumentRecord> {
    return this.documents.values();
  }

  get size(): number {
    return this.documents.size;
  }

  /** Documents of this path, one per collection. */
  atPath(path: string): DocumentRecord[] {
    return [...(this.byPath.get(path) ?? [])].flatMap((id) => this.documents.get(id) ?? []);
  }

  async add(documents: readonly NewDocument[]): Promise<DocumentRecord[]> {
    const added = new Date().toISOString();
    const records = documents.map((document): DocumentRecord => ({
      id: randomUUID(), state: "queued", warnings: [], private: false, tags: [], passages: 0, added, ...document,
    }));
    await this.write(...records.map((value) => ({ type: "document" as const, value: lasting(value) })));
    for (const record of records) this.index(record);
    this.changed("documents");
    return records;
  }

  /** A change that must survive. A document that is gone meanwhile stays gone. */
  async update(id: string, change: DocumentChange): Promise<void> {
    await this.updateAll([[id, change]]);
  }

  async updateAll(changes: readonly (readonly [string, DocumentChange])[]): Promise<void> {
    const lines = changes.flatMap(([id, change]) => {
      const record = this.merge(id, change);
      return record ? [{ type: "document" as const, value: lasting(record) }] : [];
    });
    this.changed("documents");
    await this.write(...lines);
  }

  /** A state that need not survive: after a crash the document is simply queued. */
  passing(id: string, state: DocumentState): void {
    if (this.merge(id, { state })) this.changed("documents");
  }

  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.unindex(id);
    this.changed("documents");
    await this.write(...ids.map((id) => ({ type: "document-removed" as const, id })));
  }

  private merge(id: string, change: DocumentChange): DocumentRecord | undefined {
    const record = this.documents.get(id);
    if (!record) return undefined;
    const merged = Object.fromEntries(Object.entries({ ...record, ...change }).filter(([, value]) => value !== undefined)) as DocumentRecord;
    this.index(merged);
    return merged;
  }

  private index(record: DocumentRecord): void {
    const before = this.documents.get(record.id);
    if (before && before.path !== record.path) this.forgetPath(before);
    this.documents.set(record.id, record);
    const ids = this.byPath.get(record.path);
    if (ids) ids.add(record.id);
    else this.byPath.set(record.path, new Set([record.id]));
  }

  private unindex(id: string): void {
    const record = this.documents.get(id);
    if (!record) return;
    this.documents.delete(id);
    this.forgetPath(record);
  }

  private forgetPath({ id, path }: DocumentRecord): void {
    const ids = this.byPath.get(path);
    ids?.delete(id);
    if (ids?.size === 0) this.byPath.delete(path);
  }

  // Collections and folders

  allCollections(): CollectionRecord[] {
    return [...this.collections.values()];
  }

  /** The collection of this id; without an id the default one. */
  collection(id?: string): CollectionRecord {
    const found = id === undefined ? this.allCollections().find(({ isDefault }) => isDefault) : this.collections.get(id);
    if (!found) throw new LorekeepError("NOT_FOUND", { reason: "There is no such collection.", field: "collectionId" });
    return found;
  }

  async putCollection(value: CollectionRecord): Promise<void> {
    this.collections.set(value.id, value);
    this.changed("collections");
    await this.write({ type: "collection", value });
  }

  async removeCollection(id: string): Promise<void> {
    this.collections.delete(id);
    this.changed("collections");
    await this.write({ type: "collection-removed", id });
  }

  allFolders(): FolderRecord[] {
    return [...this.folders.values()];
  }

  async putFolder(value: FolderRecord): Promise<void> {
    this.folders.set(value.id, value);
    this.changed("folders");
    await this.write({ type: "folder", value });
  }

  async removeFolder(id: string): Promise<void> {
    this.folders.delete(id);
    this.changed("folders");
    await this.write({ type: "folder-removed", id });
  }

  async dispose(): Promise<void> {
    await this.journal?.dispose();
  }
}

/** @throws LorekeepError CONFLICT for what a newer version wrote: nothing of it may be lost by an older one. */
function parseLine(value: unknown): JournalLine | undefined {
  const line = journalLine.safeParse(value).data;
  if (line?.type === "library" && line.version > JOURNAL_VERSION) {
    throw new LorekeepError("CONFLICT", { reason: "This workspace was written by a newer Lorekeep.", next: "Update Lorekeep, or choose another workspace." });
  }
  return line;
}

/** What is being read or embedded is queued again after a crash. */
function lasting(record: DocumentRecord): DocumentRecord {
  return record.state === "reading" || record.state === "embedding" ? { ...record, state: "queued" } : record;
}
