import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { errorMap } from "./errors.ts";
import { id } from "./library.ts";

const base = oc.errors(errorMap);

/** What really came to be, not what was asked for. */
export const generatorLoaded = z.object({
  architecture: z.string(),
  parameters: z.number(),
  quantisation: z.string(),
  trainContextSize: z.number().int(),
  contextSize: z.number().int(),
  template: z.object({ source: z.enum(["gguf", "fallback"]), name: z.string() }),
  backend: z.string(),
  gpuLayers: z.number().int(),
  totalLayers: z.number().int(),
  threads: z.number().int(),
  memory: z.object({ modelBytes: z.number(), contextBytes: z.number(), freeBytesBefore: z.number() }),
  loadMs: z.number(),
});
export type GeneratorLoaded = z.infer<typeof generatorLoaded>;

/** Where an installed file came from. */
export const modelSource = z.discriminatedUnion("type", [
  z.object({ type: z.literal("import"), from: z.string() }),
  z.object({ type: z.literal("download"), repo: z.string(), revision: z.string(), file: z.string(), url: z.string() }),
]);

/** Does it fit this machine, from the GGUF's own numbers. */
export const modelFit = z.object({
  verdict: z.enum(["fits", "smaller-context", "will-not-fit"]),
  text: z.string(), modelBytes: z.number(), contextBytes: z.number(), freeBytes: z.number(), contextSize: z.number().int(),
});

export const shelfItem = z.object({
  id, kind: z.enum(["model", "adapter", "reranker"]), name: z.string(), path: z.string(),
  /** linked: stays where it is; stored: lies in the workspace and goes when removed. */
  storage: z.enum(["linked", "stored"]),
  /** missing: the file vanished or changed since it was added. */
  state: z.enum(["ready", "missing"]),
  sizeBytes: z.number(), sha256: z.string(), architecture: z.string(),
  parameters: z.number().optional(), quantisation: z.string().optional(), contextLength: z.number().int().optional(), hasTemplate: z.boolean(),
  licence: z.string().optional(), baseModel: z.string().optional(), rank: z.number().optional(), alpha: z.number().optional(),
  source: modelSource, added: z.string(), fit: modelFit.optional(),
});
export type ShelfItem = z.infer<typeof shelfItem>;

/** What may stand in `settings.search.reranker`. */
export const reranker = z.object({ id: z.string(), name: z.string(), format: z.enum(["gguf", "onnx"]) });
export type Reranker = z.infer<typeof reranker>;

export const runtimeState = z.object({
  state: z.enum(["empty", "loading", "ready", "failed"]),
  modelId: id.optional(), loaded: generatorLoaded.optional(), error: z.object({ code: z.string(), reason: z.string(), next: z.string().optional() }).optional(),
});
export type RuntimeState = z.infer<typeof runtimeState>;

export const catalogueEntry = z.object({
  id, name: z.string(), kind: z.enum(["chat", "embedder", "reranker"]), description: z.string(), repo: z.string(), revision: z.string(), file: z.string(),
  parameters: z.string(), languages: z.array(z.string()), licence: z.string(), licenceUrl: z.string(), sourceUrl: z.string(), installed: z.boolean(),
});
export type CatalogueEntry = z.infer<typeof catalogueEntry>;

export const download = z.object({
  id, name: z.string(), repo: z.string(), file: z.string(), state: z.enum(["running", "paused", "checking", "done", "failed", "cancelled"]),
  receivedBytes: z.number(), totalBytes: z.number().optional(), bytesPerSecond: z.number(), etaSeconds: z.number().optional(),
  error: z.object({ code: z.string(), reason: z.string(), next: z.string().optional() }).optional(), modelId: id.optional(),
});
export type Download = z.infer<typeof download>;

export const importEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("progress"), step: z.enum(["checking", "copying"]), done: z.number(), total: z.number() }),
  z.object({ type: z.literal("done"), item: shelfItem, existed: z.boolean() }),
]);

export const modelsContract = {
  list: base.output(z.array(shelfItem)),
  /** From a path, or from a file already streamed to disk by the upload route. Closing the stream cancels cleanly. */
  import: base.input(z.object({ path: z.string().min(1).optional(), uploadId: id.optional(), mode: z.enum(["link", "copy"]).default("link") })).output(eventIterator(importEvent)),
  update: base.input(z.object({ id, name: z.string().min(1).max(200) })).output(shelfItem),
  remove: base.input(z.object({ id })).output(z.void()),
  /** Those that are installed: on the shelf, or downloaded as a folder. */
  rerankers: base.output(z.array(reranker)),
  runtime: base.output(runtimeState),
  /** The state now, then every change. */
  watchRuntime: base.output(eventIterator(runtimeState)),
  load: base.input(z.object({ id, contextSize: z.number().int().positive().optional() })).output(runtimeState),
  unload: base.output(z.void()),
  catalogue: base.output(z.array(catalogueEntry)),
  /** What the hub says about a file, asked only on a person's click: size, hash, and whether it fits here. */
  inspectDownload: base.input(z.object({ catalogueId: id.optional(), repo: z.string().optional(), file: z.string().optional() })).output(z.object({ url: z.string(), sizeBytes: z.number(), sha256: z.string().optional(), fit: modelFit.optional() })),
  download: base.input(z.object({ catalogueId: id.optional(), repo: z.string().optional(), file: z.string().optional(), revision: z.string().optional() })).output(download),
  downloads: base.output(z.array(download)),
  watchDownloads: base.output(eventIterator(z.array(download))),
  cancelDownload: base.input(z.object({ id, keepPartial: z.boolean().default(true) })).output(z.void()),
  resumeDownload: base.input(z.object({ id })).output(download),
};
