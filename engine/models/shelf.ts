import { rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { FreeBytes } from "../base/disk.ts";
import { fromFileSystem, LorekeepError } from "../base/errors.ts";
import { inspectGguf } from "../base/gguf/info.ts";
import { JsonStore, type SetAside } from "../base/json-store.ts";
import { Mutex } from "../base/mutex.ts";
import type { CheckReport } from "../contract/check.ts";
import { belongsTo, isFineTune } from "./belongs.ts";
import { hashFile } from "./copy.ts";
import { described, keptOf, madeOf, mergedOf } from "./describe.ts";
import { changeOf, ShelfFiles } from "./shelf-files.ts";
import { threadsFor, withThreads } from "./threads.ts";
import { shelfContent, type ImportOptions, type ShelfContent, type ShelfItem, type StoredItem } from "./types.ts";

export interface ModelShelfOptions {
  readonly workspace: string;
  readonly freeBytes?: FreeBytes;
}

/**
 * What is installed and where it came from: models.json in the workspace, and the files in its `models` folder. Every file has passed the header
 * check before it is listed, and is known by the hash of its content.
 */
export class ModelShelf {
  /** models.json, for the fine-tunes that are kept in it as well. */
  readonly store: JsonStore<ShelfContent>;
  private readonly files: ShelfFiles;
  private readonly importing = new Mutex();

  private constructor(options: ModelShelfOptions, store: JsonStore<ShelfContent>) {
    this.files = new ShelfFiles(join(options.workspace, "models"), options.freeBytes);
    this.store = store;
  }

  static async open(options: ModelShelfOptions): Promise<ModelShelf> {
    const store = await JsonStore.open({ path: join(options.workspace, "models.json"), schema: shelfContent, defaults: () => ({ items: [], threads: {}, fineTunes: [] }) });
    const shelf = new ModelShelf(options, store);
    await shelf.fillIn();
    return shelf;
  }

  /** Where stored files lie. */
  get folder(): string {
    return this.files.folder;
  }

  /** Set when models.json was unreadable and the shelf began empty; stored files are still there and can be added again. */
  get setAside(): SetAside | undefined {
    return this.store.setAside;
  }

  onChange(listener: () => void): () => void {
    return this.store.onChange(listener);
  }

  /** Everything installed, newest first. */
  async list(): Promise<ShelfItem[]> {
    return Promise.all(this.store.value.items.map((item) => this.shown(item)).reverse());
  }

  /** @throws LorekeepError NOT_FOUND. */
  async get(id: string): Promise<ShelfItem> {
    return this.shown(this.stored(id));
  }

  nameOf(id: string): string | undefined {
    return this.store.value.items.find((item) => item.id === id)?.name;
  }

  /**
   * Adds a GGUF. A file whose content is on the shelf already is recognised by its hash, whatever its name; where the known one has
   * vanished, this one takes its place. Other content where a known file lay is a new state of that item: it keeps its id, its name and what
   * a person said of it, and `updated` is true.
   * @throws LorekeepError MODEL_REFUSED, NOT_FOUND, NO_SPACE, READ_ONLY; AbortError, with nothing left behind.
   */
  async import(path: string, options: ImportOptions): Promise<{ item: ShelfItem; existed: boolean; updated: boolean }> {
    const from = resolve(path);
    const info = await inspectGguf(from, options.signal ? { signal: options.signal } : {});
    return this.importing.run(options.signal, async () => {
      const total = info.fileBytes;
      const changedMs = await changeOf(from);
      const sha256 = options.sha256 ?? (await this.hash(from, total, options));
      const known = this.store.value.items.find((item) => item.sha256 === sha256);
      if (known && (await this.holds(known, options.signal))) {
        if (options.mode === "move" && this.files.absolute(known) !== from) await rm(from, { force: true });
        const { lineage } = options;
        const told = lineage && !known.madeFrom ? await this.put(known.id, (now = known) => ({ ...now, ...madeOf(lineage) })) : known;
        return { item: await this.shown(told), existed: true, updated: false };
      }
      const replaced = known ? undefined : this.store.value.items.find((item) => item.kind === info.kind && this.files.absolute(item) === from);
      const place = await this.files.place(from, { options, total, sha256 });
      const placed = { ...place, changedMs: options.mode === "link" ? changedMs : await changeOf(this.files.absolute(place)) };
      const fresh = described(info, { ...placed, sha256, from, options });
      const item = known
        ? await this.put(known.id, (now = known) => ({ ...now, ...placed }))
        : await this.put(replaced?.id ?? fresh.id, (now = replaced) => ({ ...fresh, ...(now ? keptOf(now) : {}) }));
      return { item: await this.shown(item), existed: known !== undefined, updated: replaced !== undefined };
    });
  }

  /**
   * The item as its file is now. Where size or time of change are others than when it was hashed, it is hashed again, and other content is a
   * new state of the item (`updated`), as when it is added again; a trainer that writes over its last result changes neither name nor size.
   * @throws LorekeepError NOT_FOUND for an unknown id, MODEL_REFUSED, CONFLICT where it is of another kind now; AbortError. A vanished file is no error: `missing`.
   */
  async refresh(id: string, signal?: AbortSignal): Promise<{ item: ShelfItem; updated: boolean }> {
    return this.importing.run(signal, async () => {
      const item = this.stored(id);
      const path = this.files.absolute(item);
      const now = await stat(path).catch(() => undefined);
      if (!now || (now.size === item.sizeBytes && now.mtimeMs === item.changedMs)) return { item: await this.shown(item), updated: false };
      const info = await inspectGguf(path, signal ? { signal } : {}).catch((error: unknown) => { throw named(error, item.name); });
      if (info.kind !== item.kind) throw new LorekeepError("CONFLICT", { reason: `Where ${item.name} lay there is another kind of file now.`, next: "Put it back, or take it off the shelf." });
      const sha256 = await hashFile(path, { signal });
      const same = { path: item.path, storage: item.storage, sizeBytes: now.size, changedMs: now.mtimeMs, sha256 };
      const updated = sha256 !== item.sha256;
      const put = await this.put(id, (now = gone()) => (updated ? { ...described(info, { ...same, from: path, options: {} }), ...keptOf(now) } : { ...now, ...same }));
      return { item: await this.shown(put), updated };
    });
  }

  async rename(id: string, name: string): Promise<ShelfItem> {
    return this.shown(await this.put(id, (now = gone()) => ({ ...now, name })));
  }

  /** Notes what it was made from, as a person says; null: what the file itself records. @throws LorekeepError NOT_FOUND, INVALID. */
  async setBase(id: string, baseId: string | null): Promise<ShelfItem> {
    if (baseId === id || (baseId !== null && this.stored(baseId).kind !== "model")) throw new LorekeepError("INVALID", { reason: "A base is another model of the shelf.", field: "baseId" });
    return this.shown(await this.put(id, ({ baseId: _, ...now } = gone()) => (baseId === null ? now : { ...now, baseId })));
  }

  /** Keeps the newest health check against each base. Does nothing where the item has left the shelf meanwhile. */
  async keepCheck(report: CheckReport): Promise<void> {
    const kept = (item: StoredItem): StoredItem => ({ ...item, checks: [...item.checks.filter(({ baseId }) => baseId !== report.baseId), report] });
    await this.store.update((content) => ({ ...content, items: content.items.map((item) => (item.id === report.itemId ? kept(item) : item)) }));
  }

  /** Takes it off the shelf. Deletes the file only where it lies in the workspace; a linked file is the person's own. */
  async remove(id: string): Promise<void> {
    const item = this.stored(id);
    await this.store.update((content) => ({ ...content, items: content.items.filter((other) => other.id !== id) }));
    if (item.storage === "stored") await rm(this.files.absolute(item), { force: true }).catch((error: unknown) => { throw fromFileSystem(error, item.name); });
  }

  threadsFor(sha256: string): number | undefined {
    return threadsFor(this.store.value, sha256);
  }

  async rememberThreads(sha256: string, threads: number): Promise<void> {
    await this.store.update((content) => withThreads(content, sha256, threads));
  }

  dispose(): Promise<void> {
    return this.store.dispose();
  }

  /** What merged models were made from, of items that came before that was kept: their files say it. One that is gone or damaged stays as it is. */
  private async fillIn(): Promise<void> {
    for (const item of this.store.value.items.filter(({ merged, madeFrom }) => merged === true && madeFrom === undefined)) {
      const said = await inspectGguf(this.files.absolute(item)).then(mergedOf, () => ({}));
      if ("madeFrom" in said) await this.put(item.id, (now = item) => ({ ...now, ...said }));
    }
  }

  /**
   * Writes down an item as `work` makes it of the one that has its id at that moment (undefined: none has): between a look at the shelf and this,
   * while a file was hashed or copied, a person may have renamed it or taken it off.
   */
  private async put(id: string, work: (now: StoredItem | undefined) => StoredItem): Promise<StoredItem> {
    const { items } = await this.store.update((content) => {
      const now = content.items.find((item) => item.id === id);
      const item = work(now);
      return { ...content, items: now ? content.items.map((other) => (other.id === id ? item : other)) : [...content.items, item] };
    });
    return items.find((item) => item.id === id) ?? gone();
  }

  private stored(id: string): StoredItem {
    return this.store.value.items.find((other) => other.id === id) ?? gone();
  }

  /** Whether its file still has the content it was added with: by size and time of change, and by its hash where only the time is another. */
  private async holds(item: StoredItem, signal: AbortSignal | undefined): Promise<boolean> {
    const path = this.files.absolute(item);
    const now = await stat(path).catch(() => undefined);
    if (now?.size !== item.sizeBytes) return false;
    return now.mtimeMs === item.changedMs || (await hashFile(path, { signal })) === item.sha256;
  }

  private async shown(item: StoredItem): Promise<ShelfItem> {
    const path = this.files.absolute(item);
    const size = await stat(path).then((s) => s.size, () => undefined);
    const { items } = this.store.value;
    const fineTuneOf = belongsTo(item, items);
    const isStale = (report: CheckReport) => report.fileSha256 !== item.sha256 || items.find(({ id }) => id === report.baseId)?.sha256 !== report.baseSha256;
    return {
      ...item, path, state: size === item.sizeBytes ? "ready" : "missing", isFineTune: isFineTune(item, items), ...(fineTuneOf ? { fineTuneOf } : {}),
      checks: item.checks.map((report) => ({ ...report, stale: isStale(report) })),
    };
  }

  private hash(path: string, total: number, { signal, onProgress }: ImportOptions): Promise<string> {
    return hashFile(path, { signal, onBytes: (done) => onProgress?.({ step: "checking", done, total }) });
  }
}

/** Of several files a person must hear which one is refused. */
function named(error: unknown, name: string): unknown {
  if (!(error instanceof LorekeepError) || error.code !== "MODEL_REFUSED") return error;
  return new LorekeepError("MODEL_REFUSED", { ...error.details, reason: `The file of ${name} has changed and cannot be used. ${error.details.reason}` }, { cause: error });
}

function gone(): never {
  throw new LorekeepError("NOT_FOUND", { reason: "This model is not on the shelf any more.", next: "Choose another model." });
}
