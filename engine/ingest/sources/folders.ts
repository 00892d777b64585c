import { readdir, stat } from "node:fs/promises";
import { watch, type FSWatcher } from "chokidar";
import { sha256File } from "../../base/hash.ts";
import { takeFiles, isBelow } from "./add.ts";
import { removeNow, renameDocument } from "./change.ts";
import type { LibraryParts } from "../parts.ts";
import type { DocumentRecord, FolderRecord } from "../registry/records.ts";
import { ignoring, lookAt, nameOf, scan, type FoundFile } from "./scan.ts";

export interface WatchTimes {
  /** A file counts as written when its size stood still this long. */
  readonly settleMs: number;
  /** A file that vanished is held this long: it may have been renamed. Longer than `settleMs`, or a rename would be seen too late. */
  readonly holdMs: number;
  /** How often a missing folder is looked for. */
  readonly missingMs: number;
}

export const defaultWatchTimes: WatchTimes = { settleMs: 1000, holdMs: 3000, missingMs: 15_000 };

interface Followed {
  readonly folder: FolderRecord;
  watcher: FSWatcher | undefined;
  state: "watching" | "missing";
  /** Paths something happened to, since when. */
  readonly there: Set<string>;
  readonly gone: Map<string, number>;
  timer: NodeJS.Timeout | undefined;
  working: Promise<void>;
  /** Aborts when the folder is no longer followed. */
  readonly left: AbortController;
  /** On which it lay when it was last found. */
  device: number | undefined;
}

const FLUSH_MS = 300;

/**
 * Follows folders: what appears is added, what changes is read again, what is renamed keeps its vectors, what is deleted leaves. A
 * folder that is missing (a drive that is not plugged in) keeps its documents; so does one that is found empty, or on another device than before,
 * since the place at which a drive appears may stay when the drive goes.
 */
export class FolderWatch {
  private readonly parts: LibraryParts;
  private readonly times: WatchTimes;
  private readonly changed: () => void;
  private readonly followed = new Map<string, Followed>();
  private closing = false;

  constructor(parts: LibraryParts, changed: () => void, times: WatchTimes = defaultWatchTimes) {
    this.parts = parts;
    this.times = times;
    this.changed = changed;
  }

  stateOf(id: string): "watching" | "missing" | "off" {
    return this.followed.get(id)?.state ?? "off";
  }

  /** Starts to follow and catches up with what happened meanwhile. Resolves when caught up. */
  async follow(folder: FolderRecord): Promise<void> {
    // It may have been let go while its files were taken.
    if (this.closing || this.followed.has(folder.id) || !this.parts.registry.allFolders().some(({ id }) => id === folder.id)) return;
    const entry: Followed = { folder, watcher: undefined, state: "missing", there: new Set(), gone: new Map(), timer: undefined, working: Promise.resolve(), left: new AbortController(), device: undefined };
    this.followed.set(folder.id, entry);
    await this.begin(entry);
  }

  async unfollow(id: string): Promise<void> {
    const entry = this.followed.get(id);
    this.followed.delete(id);
    if (entry) await this.end(entry);
    await this.parts.registry.removeFolder(id);
  }

  async dispose(): Promise<void> {
    this.closing = true;
    await Promise.all([...this.followed.values()].map((entry) => this.end(entry)));
    this.followed.clear();
  }

  private async begin(entry: Followed): Promise<void> {
    const device = await this.deviceOf(entry);
    if (entry.left.signal.aborted) return;
    if (device === undefined) return this.lose(entry);
    entry.device = device;
    const { path } = entry.folder;
    const left = ignoring(this.parts.settings().ingest.ignore);
    const watcher = watch(path, {
      ignoreInitial: true, ignorePermissionErrors: true, ignored: (below) => left(path, below),
      awaitWriteFinish: { stabilityThreshold: this.times.settleMs, pollInterval: Math.max(50, this.times.settleMs / 5) },
    });
    entry.watcher = watcher;
    entry.state = "watching";
    watcher.on("add", (file) => this.note(entry, file, "there"));
    watcher.on("change", (file) => this.note(entry, file, "there"));
    watcher.on("unlink", (file) => this.note(entry, file, "gone"));
    watcher.on("unlinkDir", (folder) => { if (folder === path) this.schedule(entry); });
    watcher.on("error", oncePerCode((error) => this.parts.notice(`Following “${path}” failed: ${error instanceof Error ? error.message : String(error)}`)));
    // A watcher that is closed before it is ready never says so.
    await new Promise<void>((resolve) => {
      watcher.once("ready", resolve);
      entry.left.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    if (entry.left.signal.aborted) return;
    this.changed();
    // The watcher first, then the look around: what happens in between is seen twice rather than never.
    await this.serially(entry, () => this.catchUp(entry));
  }

  /** undefined: the folder is missing, or empty although there are documents of it. */
  private async deviceOf(entry: Followed): Promise<number | undefined> {
    const { path } = entry.folder;
    const found = await stat(path).catch(() => undefined);
    if (!found?.isDirectory()) return undefined;
    const isEmpty = await readdir(path).then((names) => names.length === 0, () => false);
    return isEmpty && this.documentsOf(entry).length > 0 ? undefined : found.dev;
  }

  private async end(entry: Followed): Promise<void> {
    entry.left.abort();
    clearTimeout(entry.timer);
    await entry.watcher?.close();
    await entry.working;
  }

  private note(entry: Followed, path: string, what: "there" | "gone"): void {
    if (what === "there") {
      entry.gone.delete(path);
      entry.there.add(path);
    } else {
      entry.there.delete(path);
      entry.gone.set(path, performance.now());
    }
    this.schedule(entry);
  }

  private schedule(entry: Followed): void {
    if (this.closing || !this.followed.has(entry.folder.id)) return;
    entry.timer ??= setTimeout(() => {
      entry.timer = undefined;
      void this.serially(entry, () => this.flush(entry));
    }, FLUSH_MS);
  }

  /** One at a time per folder; a failure becomes a notice and the folder is followed further. */
  private serially(entry: Followed, work: () => Promise<void>): Promise<void> {
    entry.working = entry.working.then(work).catch((error: unknown) => {
      if (!this.closing) this.parts.notice(`Following “${entry.folder.path}” failed: ${error instanceof Error ? error.message : String(error)}`);
    });
    return entry.working;
  }

  private async flush(entry: Followed): Promise<void> {
    const found = await stat(entry.folder.path).catch(() => undefined);
    if (!found?.isDirectory() || found.dev !== entry.device) return this.lose(entry);
    const there = [...entry.there];
    entry.there.clear();
    const files = (await Promise.all(there.map(lookAt))).filter((file) => file !== undefined);
    try {
      await this.settle(entry, files, this.documentsOf(entry).filter(({ path }) => entry.gone.has(path)));
    } catch (error) {
      // Taken with what happens next: the disk may have been full.
      for (const path of there) entry.there.add(path);
      throw error;
    }
    const due = [...entry.gone].filter(([, since]) => performance.now() - since >= this.times.holdMs).map(([path]) => path);
    for (const path of due) entry.gone.delete(path);
    await this.forget(this.documentsOf(entry).filter(({ path }) => due.includes(path)));
    if (entry.there.size + entry.gone.size > 0) this.schedule(entry);
  }

  /** Compares the whole folder with what is known of it. */
  private async catchUp(entry: Followed): Promise<void> {
    const { folder } = entry;
    const found = await scan([folder.path], { ignore: this.parts.settings().ingest.ignore, signal: this.parts.closing });
    const paths = new Set(found.files.map(({ path }) => path));
    const unseen = this.documentsOf(entry).filter(({ path }) => !paths.has(path) && !found.skipped.some((skipped) => isBelow(path, skipped.path)));
    await this.settle(entry, found.files, unseen);
    await this.forget(unseen.flatMap(({ id, path }) => { const now = this.parts.registry.find(id); return now?.path === path ? [now] : []; }));
  }

  /** Renames first, by size and hash against what has vanished; the rest is new, changed or the same. */
  private async settle(entry: Followed, files: readonly FoundFile[], vanished: readonly DocumentRecord[]): Promise<void> {
    const { folder } = entry;
    const rest: FoundFile[] = [];
    const candidates = new Map(vanished.map((record) => [record.id, record]));
    for (const file of files) {
      const known = this.parts.registry.atPath(file.path).some(({ collectionId }) => collectionId === folder.collectionId);
      const former = known ? undefined : await sameBytes(file, [...candidates.values()]);
      if (!former || !(await isGone(former.path))) {
        rest.push(file);
        continue;
      }
      candidates.delete(former.id);
      entry.gone.delete(former.path);
      await this.parts.changes.add(() => renameDocument(this.parts, former.id, { path: file.path, name: nameOf(file.path), modifiedMs: file.modifiedMs }));
    }
    await this.parts.changes.add(() => takeFiles(this.parts, rest, { collectionId: folder.collectionId, folders: [folder], private: folder.private, signal: this.parts.closing }));
  }

  private async forget(records: readonly DocumentRecord[]): Promise<void> {
    const gone: string[] = [];
    for (const { id, path } of records) if (await isGone(path)) gone.push(id);
    if (gone.length > 0) await this.parts.changes.add(() => removeNow(this.parts, gone));
  }

  private documentsOf({ folder }: Followed): DocumentRecord[] {
    return [...this.parts.registry.all()].filter(({ folderId }) => folderId === folder.id);
  }

  /** The folder itself is gone: its documents stay, and it is looked for until it is back. */
  private async lose(entry: Followed): Promise<void> {
    entry.state = "missing";
    entry.there.clear();
    entry.gone.clear();
    await entry.watcher?.close();
    entry.watcher = undefined;
    this.changed();
    if (this.closing || !this.followed.has(entry.folder.id)) return;
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => {
      entry.timer = undefined;
      void this.begin(entry);
    }, this.times.missingMs);
    entry.timer.unref();
  }
}

async function sameBytes(file: FoundFile, candidates: readonly DocumentRecord[]): Promise<DocumentRecord | undefined> {
  const alike = candidates.filter((record) => record.sizeBytes === file.sizeBytes && record.contentHash !== undefined);
  if (alike.length === 0) return undefined;
  // Whoever takes it says why it cannot be read.
  const hash = await sha256File(file.path).catch(() => undefined);
  return alike.find(({ contentHash }) => contentHash === hash);
}

/** A limit of the system fails thousands of folders alike: the first error of each code says it. */
function oncePerCode(tell: (error: unknown) => void): (error: unknown) => void {
  const told = new Set<string>();
  return (error) => {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (!told.has(code)) tell(error);
    told.add(code);
  };
}

/** Surely gone: a file that only cannot be read is still there. */
async function isGone(path: string): Promise<boolean> {
  return stat(path).then(() => false, (error: unknown) => error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"));
}
