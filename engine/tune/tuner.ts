import { randomUUID } from "node:crypto";
import { access, mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { ContractRouterClient } from "@orpc/contract";
import { fromFileSystem, LorekeepError } from "../base/errors.ts";
import type { SetAside } from "../base/json-store.ts";
import type { Disposable } from "../base/lifetime.ts";
import { Mutex } from "../base/mutex.ts";
import type { ModelSource } from "../contract/models.ts";
import { freeName } from "../models/copy.ts";
import type { ModelShelf } from "../models/shelf.ts";
import type { ImportOptions, ShelfItem } from "../models/types.ts";
import type { WorkerHost } from "../workers/host.ts";
import { Supervisor, type WorkerState } from "../workers/supervisor.ts";
import type { tunerContract } from "../workers/tuner/contract.ts";
import { Unfinished } from "./unfinished.ts";

export type TunerClient = ContractRouterClient<typeof tunerContract>;
export interface Place { readonly temporary: string; readonly final: string }
type WorkerEvent<R> = { type: "progress"; step: "checking" | "writing"; done: number; total: number } | { type: "done"; result: R };

/** What a caller wants made, and where. */
export interface Wanted<R> {
  readonly verb: "merging" | "converting";
  readonly name: string;
  /** Absent: into the workspace and onto the shelf. */
  readonly output: string | undefined;
  readonly addToShelf: boolean;
  /** By which action and of what it was made, for the shelf. */
  readonly source: ModelSource;
  /** What it was made from, where the file itself does not say. */
  readonly lineage?: (result: R) => NonNullable<ImportOptions["lineage"]>;
  /** Starts the work in the worker. */
  readonly start: (client: TunerClient, place: Place, signal: AbortSignal) => Promise<AsyncIterable<WorkerEvent<R>>>;
}

export interface Following {
  readonly signal: AbortSignal;
  readonly progress: (step: "checking" | "writing" | "adding", done: number, total: number) => void;
}

/** Resident memory beyond which the worker is killed; its chunks are sized to stay far below (docs/benchmarks.md). */
const MEMORY_MB = 1024;
const IDLE_MS = 10_000;
/** Milliseconds without a sign of progress. */
const STALL_MS = 120_000;

/**
 * Makes adapters and merged models, one at a time, in a process of its own: the arithmetic would hold up every answer for minutes, and the files
 * are somebody else's. A result appears under its name when it is whole, or not at all.
 */
export class Tuner implements Disposable {
  private readonly supervisor: Supervisor<typeof tunerContract>;
  private readonly shelf: ModelShelf;
  private readonly unfinished: Unfinished;
  private readonly line = new Mutex();

  private constructor(host: WorkerHost, shelf: ModelShelf, unfinished: Unfinished) {
    this.supervisor = new Supervisor(host, "tuner", { memoryMb: MEMORY_MB, idleMs: IDLE_MS, startMs: 30_000 });
    this.shelf = shelf;
    this.unfinished = unfinished;
  }

  static async open({ workspace, host, shelf }: { workspace: string; host: WorkerHost; shelf: ModelShelf }): Promise<Tuner> {
    return new Tuner(host, shelf, await Unfinished.open(workspace));
  }

  get setAside(): SetAside | undefined {
    return this.unfinished.setAside;
  }

  get worker(): WorkerState {
    return this.supervisor.state;
  }

  /** @throws LorekeepError of the worker, CONFLICT (the output exists), NO_SPACE, READ_ONLY; AbortError. Nothing is left behind then. */
  make<R extends { sha256: string }>(wanted: Wanted<R>, following: Following): Promise<{ path: string; result: R; item: ShelfItem | undefined }> {
    return this.line.run(following.signal, async () => {
      await this.unfinished.sweep();
      const place = await this.placeFor(wanted);
      await this.unfinished.begin(place.temporary);
      try {
        const result = await this.run(wanted, place, following);
        // A name that Lorekeep chose may have been taken meanwhile: then another one will do. A person's own is theirs.
        const final = wanted.output === undefined ? await this.freePlace(wanted.name) : place.final;
        await refuseTaken(final);
        await rename(place.temporary, final).catch((error: unknown) => { throw fromFileSystem(error, basename(final)); });
        return { result, ...(await this.shelve(final, wanted, { ...following, result })) };
      } finally {
        await this.unfinished.sweep();
      }
    });
  }

  async dispose(): Promise<void> {
    this.supervisor.dispose();
    await this.unfinished.sweep();
    await this.unfinished.dispose();
  }

  private async placeFor({ output, name, verb }: Pick<Wanted<unknown>, "output" | "name" | "verb">): Promise<Place> {
    if (output !== undefined && !output.toLowerCase().endsWith(".gguf")) throw new LorekeepError("INVALID", { reason: "The name of the file to write must end in .gguf.", field: "output" });
    if (output === undefined) await mkdir(this.shelf.folder, { recursive: true }).catch((error: unknown) => { throw fromFileSystem(error, this.shelf.folder); });
    const final = output === undefined ? await this.freePlace(name) : resolve(output);
    await refuseNoFolder(dirname(final));
    await refuseTaken(final);
    return { final, temporary: `${final}.${verb}-${randomUUID().slice(0, 8)}` };
  }

  private async freePlace(name: string): Promise<string> {
    return join(this.shelf.folder, await freeName(this.shelf.folder, `${name}.gguf`));
  }

  private async run<R>({ start, verb }: Wanted<R>, place: Place, { signal, progress }: Following): Promise<R> {
    // A worker that is merely asked to stop may still be writing when its file is deleted; it holds nothing worth saving.
    const stop = () => this.supervisor.stop(`The ${verb} was stopped.`);
    signal.addEventListener("abort", stop, { once: true });
    try {
      return await this.supervisor.call(async (client, inner, _, alive) => {
        for await (const event of await start(client, place, inner)) {
          alive();
          if (event.type === "done") return event.result;
          progress(event.step, event.done, event.total);
        }
        throw new LorekeepError("WORKER_DIED", "The tuner ended without a result.");
      }, { deadlineMs: STALL_MS, signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** The same content may be on the shelf already: a merge of the same parts gives the same bytes. */
  private async shelve<R extends { sha256: string }>(path: string, { output, addToShelf, name, source, lineage }: Wanted<R>, { signal, progress, result }: Following & { result: R }): Promise<{ path: string; item: ShelfItem | undefined }> {
    if (output !== undefined && !addToShelf) return { path, item: undefined };
    try {
      const { item } = await this.shelf.import(path, { mode: "link", name, source, ...(lineage ? { lineage: lineage(result) } : {}), sha256: result.sha256, signal, onProgress: ({ done, total }) => progress("adding", done, total) });
      if (output === undefined && item.path !== path) await rm(path, { force: true });
      return { path: output === undefined ? item.path : path, item };
    } catch (error) {
      if (output === undefined) await rm(path, { force: true });
      throw error;
    }
  }
}

/** Before the work, which may take minutes. */
async function refuseNoFolder(folder: string): Promise<void> {
  const isFolder = await stat(folder).then((found) => found.isDirectory(), () => false);
  if (!isFolder) throw new LorekeepError("NOT_FOUND", { reason: `There is no folder ${folder}.`, next: "Make it first, or choose another one.", field: "output" });
}

async function refuseTaken(path: string): Promise<void> {
  const taken = await access(path).then(() => true, () => false);
  if (taken) throw new LorekeepError("CONFLICT", { reason: `There is a file ${basename(path)} already.`, next: "Choose another name.", field: "output" });
}
