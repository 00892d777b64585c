import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Emitter } from "../base/emitter.ts";
import { isAbort, LorekeepError } from "../base/errors.ts";
import { JsonStore } from "../base/json-store.ts";
import type { Network } from "../base/network.ts";
import type { FreeBytes } from "../base/disk.ts";
import { download, type Downloaded } from "./download.ts";
import { hubUrl, inspectHubFile, type HubFile, type HubFileInfo } from "./hub.ts";
import { partialBytes, removePartial } from "./partial.ts";
import { inspectRemoteGguf, type RemoteHeader } from "./remote-header.ts";
import type { ModelShelf } from "./shelf.ts";

const request = z.object({
  id: z.string(), name: z.string(), repo: z.string(), revision: z.string(),
  /** The weights first. */
  files: z.array(z.string()).min(1),
  /** gguf: ends on the shelf. folder: an embedder or reranker, ends in a folder of its own. */
  into: z.enum(["gguf", "folder"]),
});
export type DownloadRequest = Omit<z.infer<typeof request>, "id">;
type Stored = z.infer<typeof request>;

export interface DownloadState {
  readonly id: string;
  readonly name: string;
  readonly repo: string;
  readonly file: string;
  readonly state: "running" | "paused" | "checking" | "done" | "failed" | "cancelled";
  readonly receivedBytes: number;
  readonly totalBytes?: number;
  readonly bytesPerSecond: number;
  readonly etaSeconds?: number;
  readonly error?: { readonly code: string; readonly reason: string; readonly next?: string };
  /** The shelf's item, once done (gguf). */
  readonly modelId?: string;
  /** Where the files are, once done (folder). */
  readonly folder?: string;
}

export interface DownloadsOptions {
  readonly workspace: string;
  readonly network: Pick<Network, "fetch">;
  readonly shelf: ModelShelf;
  /** Asked for every request: HF_ENDPOINT and the person's token. */
  readonly hub: () => { readonly endpoint?: string | undefined; readonly token?: string | undefined };
  readonly freeBytes?: FreeBytes;
  readonly retryMs?: number;
}

/**
 * The downloads a person started: each can be paused, resumed and cancelled, also after a restart. What they are is kept in
 * downloads.json until they are done or cancelled; how far they are is in their partial files.
 */
export class Downloads {
  private readonly options: DownloadsOptions;
  private readonly store: JsonStore<{ downloads: Stored[] }>;
  private readonly states = new Map<string, DownloadState>();
  private readonly running = new Map<string, { stop: AbortController; finished: Promise<void> }>();
  private readonly changes = new Emitter<DownloadState[]>();

  private constructor(options: DownloadsOptions, store: JsonStore<{ downloads: Stored[] }>) {
    this.options = options;
    this.store = store;
  }

  static async open(options: DownloadsOptions): Promise<Downloads> {
    const schema = z.object({ downloads: z.array(request) });
    const store = await JsonStore.open({ path: join(options.workspace, "downloads.json"), schema, defaults: () => ({ downloads: [] as Stored[] }) });
    const downloads = new Downloads(options, store);
    for (const stored of store.value.downloads) {
      const receivedBytes = await partialBytes(downloads.destination(stored, stored.files[0] ?? ""));
      downloads.states.set(stored.id, { ...initial(stored), state: "paused", receivedBytes });
    }
    return downloads;
  }

  list(): DownloadState[] {
    return [...this.states.values()];
  }

  onChange(listener: (downloads: DownloadState[]) => void): () => void {
    return this.changes.listen(listener);
  }

  /** What the hub says about a file, and nothing more: one HEAD request, made because a person asked. */
  inspect(ref: HubFile, signal?: AbortSignal): Promise<HubFileInfo> {
    return inspectHubFile(ref, { network: this.options.network, ...this.options.hub() }, signal);
  }

  /** What a GGUF on the hub says about itself, from its first bytes; undefined where they are not to be had. */
  inspectHeader(file: { readonly url: string; readonly sizeBytes: number }, signal?: AbortSignal): Promise<RemoteHeader | undefined> {
    return inspectRemoteGguf(file, { network: this.options.network, ...this.options.hub() }, signal);
  }

  /** Starts a download, or goes on with the one of the same files. Returns at once; {@link list} and {@link onChange} tell the rest. */
  async start(wanted: DownloadRequest): Promise<DownloadState> {
    for (const file of wanted.files) hubUrl({ ...wanted, file }); // refuses names that are none, before anything is stored
    const id = createHash("sha256").update(JSON.stringify([wanted.repo, wanted.revision, wanted.files])).digest("hex").slice(0, 16);
    const stored: Stored = { ...wanted, id };
    if (!this.running.has(id)) {
      await this.store.update(({ downloads }) => ({ downloads: [...downloads.filter((d) => d.id !== id), stored] }));
      this.run(stored);
    }
    return this.state(id);
  }

  /** @throws LorekeepError NOT_FOUND. */
  async resume(id: string): Promise<DownloadState> {
    const stored = this.stored(id);
    if (!this.running.has(id)) this.run(stored);
    return this.state(id);
  }

  /** Stops; with `keepPartial` it can be resumed later, without it everything that came is deleted. */
  async cancel(id: string, { keepPartial }: { keepPartial: boolean }): Promise<void> {
    const stored = this.store.value.downloads.find((d) => d.id === id);
    const active = this.running.get(id);
    active?.stop.abort();
    await active?.finished;
    const state = this.state(id);
    if (state.state === "done") return;
    if (keepPartial) return this.tell({ ...state, state: "paused", bytesPerSecond: 0 });
    if (stored) {
      for (const file of stored.files) await removePartial(this.destination(stored, file));
      // An embedder's folder may hold an earlier, complete version; a waiting GGUF's folder is its own.
      if (stored.into === "gguf") await rm(this.folder(stored), { recursive: true, force: true });
      await this.forget(id);
    }
    this.tell({ ...initial({ ...state, files: [state.file] }), state: "cancelled" });
  }

  /** Stops everything; what came stays for the next start. */
  async dispose(): Promise<void> {
    for (const { stop } of this.running.values()) stop.abort();
    await Promise.all([...this.running.values()].map(({ finished }) => finished));
    await this.store.dispose();
  }

  private run(stored: Stored): void {
    const stop = new AbortController();
    const finished = this.bring(stored, stop.signal)
      .catch((error: unknown) => this.failed(stored, error))
      .then((state) => {
        this.running.delete(stored.id); // before anyone hears of the end, so that they may resume at once
        this.tell(state);
      });
    this.running.set(stored.id, { stop, finished });
    this.tell({ ...initial(stored), state: "running" });
  }

  /** All the way to the shelf or the folder; resolves with the last state. */
  private async bring(stored: Stored, signal: AbortSignal): Promise<DownloadState> {
    const { network, freeBytes, retryMs } = this.options;
    // The weights come last: a folder that has them is complete.
    const [weights = "", ...others] = stored.files;
    const one = (file: string) => download({ repo: stored.repo, revision: stored.revision, file }, this.destination(stored, file), {
      network, ...this.options.hub(), signal, ...(freeBytes ? { freeBytes } : {}), ...(retryMs === undefined ? {} : { retryMs }),
      onProgress: ({ totalBytes, etaSeconds, ...progress }) => this.tell({
        ...initial(stored), ...progress, file, ...(totalBytes === undefined ? {} : { totalBytes }), ...(etaSeconds === undefined ? {} : { etaSeconds }),
      }),
    });
    for (const file of others) await one(file);
    return this.finish(stored, await one(weights), signal);
  }

  private async finish(stored: Stored, got: Downloaded, signal: AbortSignal): Promise<DownloadState> {
    const state = { ...this.state(stored.id), bytesPerSecond: 0, etaSeconds: 0 };
    if (stored.into === "folder") {
      await this.forget(stored.id);
      return { ...state, state: "done", folder: this.folder(stored) };
    }
    this.tell({ ...state, state: "checking" });
    const source = { type: "download" as const, repo: got.repo, revision: got.revision, file: got.file, url: got.url };
    try {
      const { item } = await this.options.shelf.import(got.path, { mode: "move", name: stored.name, source, sha256: got.sha256, signal });
      await this.forget(stored.id);
      return { ...state, state: "done", modelId: item.id };
    } catch (error) {
      if (error instanceof LorekeepError && error.code === "MODEL_REFUSED") await rm(got.path, { force: true }); // right bytes, but of no use
      throw error;
    } finally {
      await removeIfEmpty(this.folder(stored));
    }
  }

  private failed(stored: Stored, error: unknown): DownloadState {
    const state = { ...this.state(stored.id), bytesPerSecond: 0 };
    if (isAbort(error)) return { ...state, state: "paused" };
    const { code, details } = error instanceof LorekeepError ? error : new LorekeepError("INTERNAL", error instanceof Error ? error.message : String(error));
    return { ...state, state: "failed", error: { code, reason: details.reason, ...(details.next ? { next: details.next } : {}) } };
  }

  private tell(state: DownloadState): void {
    this.states.set(state.id, state);
    this.changes.emit(this.list());
  }

  private state(id: string): DownloadState {
    const state = this.states.get(id);
    if (state) return state;
    throw new LorekeepError("NOT_FOUND", { reason: "There is no such download any more." });
  }

  private stored(id: string): Stored {
    const stored = this.store.value.downloads.find((d) => d.id === id);
    if (stored) return stored;
    throw new LorekeepError("NOT_FOUND", { reason: "There is no such download any more.", next: "Start it again." });
  }

  private async forget(id: string): Promise<void> {
    await this.store.update(({ downloads }) => ({ downloads: downloads.filter((d) => d.id !== id) }));
  }

  /** GGUF files wait apart from the shelf's own until they are whole; folders keep the hub's layout, owner and name. */
  private folder(stored: Pick<Stored, "id" | "repo" | "into">): string {
    return stored.into === "gguf" ? join(this.options.workspace, "downloads", stored.id) : join(this.options.shelf.folder, ...stored.repo.split("/"));
  }

  private destination(stored: Stored, file: string): string {
    return join(this.folder(stored), ...file.split("/"));
  }
}

function initial(stored: Pick<Stored, "id" | "name" | "repo" | "files">): DownloadState {
  return { id: stored.id, name: stored.name, repo: stored.repo, file: stored.files[0] ?? "", state: "running", receivedBytes: 0, bytesPerSecond: 0 };
}

async function removeIfEmpty(folder: string): Promise<void> {
  const left = await readdir(folder).catch(() => ["unknown"]);
  if (left.length === 0) await rm(folder, { recursive: true, force: true });
}
