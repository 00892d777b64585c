import { inspectGguf } from "../base/gguf/info.ts";
import { modelFit } from "../base/gguf/fit.ts";
import { availableMemory } from "../base/memory.ts";
import { LorekeepError } from "../base/errors.ts";
import type { Mutex } from "../base/mutex.ts";
import { pump } from "../base/pump.ts";
import type { importEvent, RuntimeState as ContractRuntimeState, ShelfItem as ContractItem } from "../contract/models.ts";
import type { CheckEvent, CheckInput } from "../contract/check.ts";
import type { GateEvent, GateInput } from "../contract/fine-tunes.ts";
import { os, stream } from "../contract/server.ts";
import type { Settings } from "../contract/settings.ts";
import type { z } from "zod";
import type { CatalogueEntry } from "./catalogue.ts";
import type { Downloads, DownloadState } from "./downloads.ts";
import type { FineTunes } from "./fine-tunes.ts";
import type { HubFile } from "./hub.ts";
import { folderId, installedRerankers } from "./rerankers.ts";
import type { ModelRuntime } from "./runtime.ts";
import type { ModelShelf } from "./shelf.ts";
import type { ShelfItem } from "./types.ts";

export interface ModelRoutesParts {
  readonly shelf: ModelShelf;
  readonly fineTunes: FineTunes;
  readonly runtime: ModelRuntime;
  readonly downloads: Downloads;
  readonly catalogue: readonly CatalogueEntry[];
  readonly settings: () => Settings;
  /** Held from loading a model to the last token that it writes: another one must not come between. */
  readonly turn: Mutex;
  /** Path of a file that came in through the upload route; the shelf takes it over. */
  readonly uploadPath: (uploadId: string) => Promise<string>;
  /** The health check (engine/tune/check). */
  readonly check: (input: CheckInput, signal: AbortSignal | undefined) => AsyncIterable<CheckEvent>;
  /** The gate (engine/evaluation/gate), and whether there are questions it could ask. */
  readonly gate: (input: GateInput, signal: AbortSignal | undefined) => AsyncIterable<GateEvent>;
  readonly hasQuestions: () => boolean;
  /** The item as its file is now, hashed again where it changed. */
  readonly refreshed: (itemId: string, signal: AbortSignal | undefined) => Promise<ShelfItem>;
  /** A known file is another one now: what was checked against it has to be checked again. */
  readonly onUpdated: (item: ShelfItem) => void;
}

type ImportEvent = z.infer<typeof importEvent>;

/** The contract's models: shelf, runtime, catalogue and downloads. */
export function modelRoutes(parts: ModelRoutesParts) {
  return { ...shelfRoutes(parts), ...fineTuneRoutes(parts), ...runtimeRoutes(parts), ...downloadRoutes(parts) };
}

function shelfRoutes({ shelf, runtime, uploadPath, onUpdated }: ModelRoutesParts) {
  const shown = (item: ShelfItem) => withFit(item, runtime);
  return {
    list: os.models.list.handler(async () => Promise.all((await shelf.list()).map((item) => shown(item)))),
    rerankers: os.models.rerankers.handler(() => installedRerankers(shelf)),
    import: os.models.import.handler(({ input, signal }) => {
      const { path, uploadId, mode } = input;
      if ((path === undefined) === (uploadId === undefined)) throw new LorekeepError("INVALID", { reason: "Give either a path or an upload.", field: "path" });
      return stream(pump<ImportEvent>(async (emit, stop) => {
        const from = path ?? (await uploadPath(uploadId ?? ""));
        const { item, existed, updated } = await shelf.import(from, { mode: path === undefined ? "move" : mode, signal: stop, onProgress: (progress) => emit({ type: "progress", ...progress }) });
        emit({ type: "done", item: await shown(item), existed, updated });
        if (updated) onUpdated(item);
      }, signal));
    }),
    update: os.models.update.handler(async ({ input }) => shown(await shelf.rename(input.id, input.name))),
    remove: os.models.remove.handler(async ({ input }) => {
      if (runtime.state.modelId === input.id) await runtime.unload();
      await shelf.remove(input.id);
    }),
    setBase: os.models.setBase.handler(async ({ input }) => shown(await shelf.setBase(input.id, input.baseId))),
  };
}

function fineTuneRoutes({ fineTunes, refreshed, check, gate, hasQuestions }: ModelRoutesParts) {
  const routes = os.models.fineTunes;
  return {
    check: os.models.check.handler(({ input, signal }) => stream(check(input, signal))),
    fineTunes: {
      list: routes.list.handler(() => fineTunes.list()),
      create: routes.create.handler(({ input: { name, ...version } }) => fineTunes.create(name, version)),
      addVersion: routes.addVersion.handler(({ input: { id, ...version } }) => fineTunes.addVersion(id, version)),
      update: routes.update.handler(async ({ input: { id, name, versionId, notes, jsonSchema, jsonSchemaUse } }) => {
        if (jsonSchema !== undefined || jsonSchemaUse !== undefined) await fineTunes.setSchema(id, jsonSchema, jsonSchemaUse);
        if (name !== undefined) await fineTunes.rename(id, name);
        if (versionId !== undefined && notes !== undefined) await fineTunes.annotate(id, versionId, notes);
        return fineTunes.get(id);
      }),
      removeVersion: routes.removeVersion.handler(({ input }) => fineTunes.removeVersion(input.id, input.versionId)),
      remove: routes.remove.handler(({ input }) => fineTunes.remove(input.id)),
      promote: routes.promote.handler(async ({ input, signal }) => {
        for (const itemId of fineTunes.filesOf(input.id, input.versionId)) await refreshed(itemId, signal).catch(unlessGone);
        return fineTunes.promote(input.id, input.versionId, { anyway: input.anyway, hasQuestions: hasQuestions() });
      }),
      gate: routes.gate.handler(({ input, signal }) => stream(gate(input, signal))),
      rollback: routes.rollback.handler(({ input }) => fineTunes.rollback(input.id)),
    },
  };
}

/** A version whose file is off the shelf can still be gone away from. */
function unlessGone(error: unknown): void {
  if (!(error instanceof LorekeepError && error.code === "NOT_FOUND")) throw error;
}

/** With the fit, read from the header as it is now; a file that cannot be read any more has none. */
async function withFit(item: ShelfItem, runtime: ModelRuntime): Promise<ContractItem> {
  if (item.kind !== "model" || item.state === "missing") return item;
  const info = await inspectGguf(item.path).catch(() => undefined);
  return info ? { ...item, fit: modelFit(info, machine(runtime)) } : { ...item, state: "missing" };
}

const machine = (runtime: ModelRuntime) => ({ freeBytes: availableMemory(), gpuFreeBytes: runtime.gpuFreeBytes });

function runtimeRoutes({ runtime, settings, turn }: ModelRoutesParts) {
  const state = (): ContractRuntimeState => runtime.state;
  return {
    runtime: os.models.runtime.handler(state),
    watchRuntime: os.models.watchRuntime.handler(({ signal }) => stream(pump<ContractRuntimeState>((emit, stop) => following(emit, stop, state, (listener) => runtime.onChange(listener)), signal))),
    load: os.models.load.handler(({ input, signal }) => turn.run(signal, async () => {
      await runtime.load({ id: input.id }, { ...loadOptions(settings()), ...(input.contextSize === undefined ? {} : { contextSize: input.contextSize }), signal });
      return state();
    })),
    unload: os.models.unload.handler(() => runtime.unload()),
  };
}

/** How the settings want a model loaded. */
export function loadOptions({ models }: Settings) {
  const { gpu, threads, contextSize, fallbackTemplate } = models;
  return { gpu, fallbackTemplate, ...(threads === undefined ? {} : { threads }), ...(contextSize === undefined ? {} : { contextSize }) };
}

/** The value now, then every change until stopped. */
function following<T>(emit: (value: T) => void, stop: AbortSignal, now: () => T, onChange: (listener: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => {
    const off = onChange(() => emit(now()));
    const end = () => { off(); resolve(); };
    stop.addEventListener("abort", end, { once: true });
    emit(now());
    if (stop.aborted) end(); // before it began: nobody will say so again
  });
}

function downloadRoutes({ shelf, runtime, downloads, catalogue }: ModelRoutesParts) {
  const entry = (id: string) => {
    const found = catalogue.find((one) => one.id === id);
    if (!found) throw new LorekeepError("NOT_FOUND", { reason: `The catalogue has no "${id}".`, next: "Choose another model, or give a repository and a file." });
    return found;
  };
  const wanted = (input: { catalogueId?: string | undefined; repo?: string | undefined; file?: string | undefined; revision?: string | undefined }) => {
    if (input.catalogueId !== undefined) {
      const { name, repo, revision, files, kind, file } = entry(input.catalogueId);
      return { name, repo, revision, files, file, into: kind === "chat" || file.endsWith(".gguf") ? ("gguf" as const) : ("folder" as const) };
    }
    if (!input.repo || !input.file) throw new LorekeepError("INVALID", { reason: "Give a model of the catalogue, or a repository and a file.", field: input.repo ? "file" : "repo" });
    const name = (input.file.split("/").at(-1) ?? input.file).replace(/\.gguf$/i, "");
    return { name, repo: input.repo, revision: input.revision ?? "main", files: [input.file], file: input.file, into: "gguf" as const };
  };
  return {
    catalogue: os.models.catalogue.handler(async () => {
      const items = (await shelf.list()).filter(({ state: now }) => now === "ready");
      const rerankers = await installedRerankers(shelf);
      // A download that ended on the shelf may be off it again; the files of one that ended in a folder are there.
      const done = downloads.list().filter((d) => d.state === "done" && (d.modelId === undefined || items.some(({ id }) => id === d.modelId)));
      const isInstalled = ({ repo, file }: CatalogueEntry) =>
        rerankers.some(({ id }) => id === folderId(repo)) || items.some(({ source }) => source.type === "download" && source.repo === repo && source.file === file) || done.some((d) => d.repo === repo && d.file === file);
      return catalogue.map(({ files: _, ...one }) => ({ ...one, installed: isInstalled({ files: _, ...one }) }));
    }),
    inspectDownload: os.models.inspectDownload.handler(async ({ input, signal }) => {
      const ref: HubFile = wanted(input);
      const { url, sizeBytes, sha256, revision } = await downloads.inspect(ref, signal);
      if (sizeBytes === undefined) throw new LorekeepError("DOWNLOAD_FAILED", { reason: "The hub does not say how large this file is.", next: "Download it with your browser and add it from disk." });
      const remote = /\.gguf$/i.test(ref.file) ? await downloads.inspectHeader({ url, sizeBytes }, signal) : undefined;
      const about = remote === undefined ? {} : "refused" in remote ? { refused: remote.refused } : remote.info.kind !== "adapter" ? { fit: modelFit(remote.info, machine(runtime)) } : {};
      return { url, sizeBytes, revision, ...(sha256 ? { sha256 } : {}), ...about };
    }),
    download: os.models.download.handler(({ input }) => downloads.start(wanted(input))),
    downloads: os.models.downloads.handler(() => downloads.list()),
    watchDownloads: os.models.watchDownloads.handler(({ signal }) => stream(pump<DownloadState[]>((emit, stop) => following(emit, stop, () => downloads.list(), (listener) => downloads.onChange(listener)), signal))),
    cancelDownload: os.models.cancelDownload.handler(({ input }) => downloads.cancel(input.id, { keepPartial: input.keepPartial })),
    resumeDownload: os.models.resumeDownload.handler(({ input }) => downloads.resume(input.id)),
  };
}
