import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { basename, isAbsolute, join, relative, resolve } from "node:path";
import { inspectGguf, type GgufInfo } from "../base/gguf/info.ts";
import { modelFit, type ModelFit } from "../base/gguf/fit.ts";
import { fromFileSystem, LorekeepError } from "../base/errors.ts";
import { JsonStore, type SetAside } from "../base/json-store.ts";
import { availableMemory } from "../base/memory.ts";
import { Mutex } from "../base/mutex.ts";
import { copyWhole, freeName, hashFile, moveWhole } from "./copy.ts";
import { ensureDiskSpace, type FreeBytes } from "./disk.ts";
import { shelfContent, type ImportProgress, type ModelSource, type ShelfContent, type ShelfItem, type StoredItem } from "./types.ts";

export interface ModelShelfOptions {
  readonly workspace: string;
  readonly freeBytes?: FreeBytes;
}

export interface ImportOptions {
  /** link: stays where it is. copy: into the workspace. move: into the workspace and gone from there (uploads, downloads). */
  readonly mode: "link" | "copy" | "move";
  readonly name?: string;
  readonly source?: ModelSource;
  /** The file's hash where the caller has just computed it; saves reading the file once more. */
  readonly sha256?: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: ImportProgress) => void;
}

/** A GGUF found in a folder: what it is, or why it cannot be used. */
export interface Found {
  readonly path: string;
  readonly info?: GgufInfo;
  readonly refused?: LorekeepError;
}

/**
 * What is installed and where it came from: models.json in the workspace, and the files in its `models` folder. Every file has passed the header
 * check before it is listed, and is known by the hash of its content.
 */
export class ModelShelf {
  /** Where stored files lie. */
  readonly folder: string;
  private readonly store: JsonStore<ShelfContent>;
  private readonly freeBytes: FreeBytes | undefined;
  private readonly importing = new Mutex();

  private constructor(options: ModelShelfOptions, store: JsonStore<ShelfContent>) {
    this.folder = join(options.workspace, "models");
    this.freeBytes = options.freeBytes;
    this.store = store;
  }

  static async open(options: ModelShelfOptions): Promise<ModelShelf> {
    const store = await JsonStore.open({ path: join(options.workspace, "models.json"), schema: shelfContent, defaults: () => ({ items: [], threads: {} }) });
    return new ModelShelf(options, store);
  }

  /** Set when models.json was unreadable and the shelf began empty; stored files are still there and can be scanned in. */
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

  /** Does it fit this machine, from the header as it is now. */
  async fit(id: string, contextSize?: number): Promise<ModelFit> {
    const { path } = await this.get(id);
    return modelFit(await inspectGguf(path), availableMemory(), contextSize);
  }

  /**
   * Adds a GGUF. A file whose content is on the shelf already is recognised by its hash, whatever its name; where the known one has
   * vanished, this one takes its place.
   * @throws LorekeepError MODEL_REFUSED, NOT_FOUND, NO_SPACE, READ_ONLY; AbortError, with nothing left behind.
   */
  async import(path: string, options: ImportOptions): Promise<{ item: ShelfItem; existed: boolean }> {
    const from = resolve(path);
    const info = await inspectGguf(from, options.signal ? { signal: options.signal } : {});
    return this.importing.run(options.signal, async () => {
      const total = info.fileBytes;
      const sha256 = options.sha256 ?? (await this.hash(from, total, options));
      const known = this.store.value.items.find((item) => item.sha256 === sha256);
      if (known && (await this.shown(known)).state === "ready") {
        if (options.mode === "move" && this.absolute(known) !== from) await rm(from, { force: true });
        return { item: await this.shown(known), existed: true };
      }
      const placed = await this.place(from, { options, total, sha256 });
      const item = known ? { ...known, ...placed } : described(info, { ...placed, sha256, from, options });
      await this.store.update((content) => ({ ...content, items: [...content.items.filter((other) => other.id !== item.id), item] }));
      return { item: await this.shown(item), existed: known !== undefined };
    });
  }

  async rename(id: string, name: string): Promise<ShelfItem> {
    const item = { ...this.stored(id), name };
    await this.store.update((content) => ({ ...content, items: content.items.map((other) => (other.id === id ? item : other)) }));
    return this.shown(item);
  }

  /** Takes it off the shelf. Deletes the file only where it lies in the workspace; a linked file is the person's own. */
  async remove(id: string): Promise<void> {
    const item = this.stored(id);
    await this.store.update((content) => ({ ...content, items: content.items.filter((other) => other.id !== id) }));
    if (item.storage === "stored") await rm(this.absolute(item), { force: true }).catch((error: unknown) => { throw fromFileSystem(error, item.name); });
  }

  /** The GGUF files in a folder, one level deep or all the way, each with what it is or why it is refused. Adds nothing. */
  async scan(folder: string, options: { recursive?: boolean; signal?: AbortSignal } = {}): Promise<Found[]> {
    const names = await readdir(folder, { recursive: options.recursive ?? false }).catch((error: unknown) => { throw fromFileSystem(error, folder); });
    const found: Found[] = [];
    for (const name of names.filter((n) => n.toLowerCase().endsWith(".gguf")).sort()) {
      const path = join(folder, name);
      try {
        found.push({ path, info: await inspectGguf(path, options.signal ? { signal: options.signal } : {}) });
      } catch (error) {
        if (!(error instanceof LorekeepError)) throw error;
        found.push({ path, refused: error });
      }
    }
    return found;
  }

  /** Threads measured for this model on this machine; undefined where it was measured elsewhere or never. */
  threadsFor(sha256: string): number | undefined {
    const measured = this.store.value.threads[sha256];
    return measured?.machine === thisMachine() ? measured.threads : undefined;
  }

  async rememberThreads(sha256: string, threads: number): Promise<void> {
    await this.store.update((content) => ({ ...content, threads: { ...content.threads, [sha256]: { threads, machine: thisMachine() } } }));
  }

  dispose(): Promise<void> {
    return this.store.dispose();
  }

  private stored(id: string): StoredItem {
    const item = this.store.value.items.find((other) => other.id === id);
    if (item) return item;
    throw new LorekeepError("NOT_FOUND", { reason: "This model is not on the shelf any more.", next: "Choose another model." });
  }

  private absolute(item: StoredItem): string {
    return item.storage === "stored" && !isAbsolute(item.path) ? join(this.folder, item.path) : item.path;
  }

  private async shown(item: StoredItem): Promise<ShelfItem> {
    const path = this.absolute(item);
    const size = await stat(path).then((s) => s.size, () => undefined);
    return { ...item, path, state: size === item.sizeBytes ? "ready" : "missing" };
  }

  private hash(path: string, total: number, { signal, onProgress }: ImportOptions): Promise<string> {
    return hashFile(path, { signal, onBytes: (done) => onProgress?.({ step: "checking", done, total }) });
  }

  /** Puts the file where it is to stay. */
  private async place(from: string, about: { options: ImportOptions; total: number; sha256: string }): Promise<Pick<StoredItem, "path" | "storage" | "sizeBytes">> {
    const { options: { mode, signal, onProgress }, total } = about;
    const inside = relative(this.folder, from);
    if (inside !== "" && !inside.startsWith("..") && !isAbsolute(inside)) return { path: inside, storage: "stored", sizeBytes: total };
    if (mode === "link") return { path: from, storage: "linked", sizeBytes: total };
    const name = await freeName(this.folder, basename(from));
    const to = join(this.folder, name);
    const onBytes = (done: number) => onProgress?.({ step: "copying", done, total });
    if (mode === "move") {
      await moveWhole(from, to, { signal, onBytes });
    } else {
      await this.checkSpace(total);
      const copied = await copyWhole(from, to, { signal, onBytes });
      if (copied !== about.sha256) {
        await rm(to, { force: true });
        throw new LorekeepError("CONFLICT", { reason: `${basename(from)} changed while it was copied.`, next: "Add it again when it is complete." });
      }
    }
    return { path: name, storage: "stored", sizeBytes: total };
  }

  private async checkSpace(bytes: number): Promise<void> {
    await mkdir(this.folder, { recursive: true }).catch((error: unknown) => { throw fromFileSystem(error, this.folder); });
    await ensureDiskSpace(this.folder, bytes, this.freeBytes);
  }
}

function described(info: GgufInfo, about: Pick<StoredItem, "path" | "storage" | "sizeBytes" | "sha256"> & { from: string; options: ImportOptions }): StoredItem {
  const { path, storage, sizeBytes, sha256, from, options } = about;
  return {
    id: randomUUID(), kind: info.kind, name: options.name ?? info.name ?? basename(from).replace(/\.gguf$/i, ""), path, storage, sizeBytes, sha256,
    architecture: info.architecture, parameters: info.parameters, quantisation: info.quantisation, hasTemplate: info.chatTemplate !== undefined,
    ...(info.contextLength === undefined ? {} : { contextLength: info.contextLength }),
    ...(info.licence ? { licence: info.licence } : {}),
    ...(info.baseModel ? { baseModel: info.baseModel } : {}),
    ...(info.adapter ?? {}),
    source: options.source ?? { type: "import", from }, added: new Date().toISOString(),
  };
}

/** Two machines that share a workspace are told apart by processor and cores, which is what the measurement depends on. */
function thisMachine(): string {
  return `${cpus()[0]?.model.trim() ?? "unknown"} × ${availableParallelism()}`;
}
