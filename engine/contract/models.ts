import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { checkContract, keptCheck } from "./check.ts";
import { errorMap } from "./errors.ts";
import { fineTunesContract, madeFrom } from "./fine-tunes.ts";
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
  memory: z.object({ modelBytes: z.number(), contextBytes: z.number(), freeBytesBefore: z.number(), /** Free on a graphics card with a memory of its own, where there is one. */ gpuFreeBytesBefore: z.number().optional() }),
  loadMs: z.number(),
});
export type GeneratorLoaded = z.infer<typeof generatorLoaded>;

/** Where an installed file came from. */
export const modelSource = z.discriminatedUnion("type", [
  z.object({ type: z.literal("import"), from: z.string() }),
  z.object({ type: z.literal("download"), repo: z.string(), revision: z.string(), file: z.string(), url: z.string() }),
  /** Made here, when it was added: `from` is the trainer's folder, or the base that adapters were merged into. */
  z.object({ type: z.literal("made"), how: z.enum(["converted", "merged"]), from: z.string() }),
]);
export type ModelSource = z.infer<typeof modelSource>;

/** Does it fit this machine, from the GGUF's own numbers. partly-on-gpu: it runs, but only some of its layers fit the graphics card. */
export const modelFit = z.object({
  verdict: z.enum(["fits", "smaller-context", "partly-on-gpu", "will-not-fit"]),
  text: z.string(), modelBytes: z.number(), contextBytes: z.number(), freeBytes: z.number(), contextSize: z.number().int(),
});

/**
 * The model a fine-tune was made from: what its file records, and the shelf's item that is it, found by hash or name or said by a person.
 * A model that has this carries its fine-tune inside (merged).
 */
export const fineTuneOf = z.object({
  id: id.optional(), name: z.string().optional(), sha256: z.string().optional(),
  how: z.enum(["hash", "name", "person", "recorded"]),
});
export type FineTuneOf = z.infer<typeof fineTuneOf>;

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
  /** The files it was converted or merged from, with the strengths of merged adapters; the base has its hash in `fineTuneOf`. */
  madeFrom: z.array(madeFrom).optional(),
  /** The series a model belongs to (Llama 3.2, Qwen3), else its architecture; and the name of its chat template's form. */
  family: z.string().optional(), template: z.string().optional(),
  fineTuneOf: fineTuneOf.optional(),
  /** An adapter, or a model known to have a fine-tune inside: the mode Fine-tune takes it. A name recorded in a model's file is not enough, most have one. */
  isFineTune: z.boolean().optional(),
  /** Health checks, one per base it was held against. Only a fine-tune has any. */
  checks: z.array(keptCheck).optional(),
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
  z.object({ type: z.literal("done"), item: shelfItem, existed: z.boolean(), /** A known file that is another one now: its checks, and those of its adapters, are made again. */ updated: z.boolean().optional() }),
]);

export const modelsContract = {
  list: base.output(z.array(shelfItem)),
  /** From a path, or from a file already streamed to disk by the upload route. Closing the stream cancels cleanly. */
  import: base.input(z.object({ path: z.string().min(1).optional(), uploadId: id.optional(), mode: z.enum(["link", "copy"]).default("link") })).output(eventIterator(importEvent)),
  update: base.input(z.object({ id, name: z.string().min(1).max(200) })).output(shelfItem),
  remove: base.input(z.object({ id })).output(z.void()),
  /** Says which model of the shelf an adapter or merged model was made from; null: what its file records. */
  setBase: base.input(z.object({ id, baseId: id.nullable() })).output(shelfItem),
  check: checkContract,
  fineTunes: fineTunesContract,
  /** Those that are installed: on the shelf, or downloaded as a folder. */
  rerankers: base.output(z.array(reranker)),
  runtime: base.output(runtimeState),
  /** The state now, then every change. */
  watchRuntime: base.output(eventIterator(runtimeState)),
  load: base.input(z.object({ id, contextSize: z.number().int().positive().optional() })).output(runtimeState),
  unload: base.output(z.void()),
  catalogue: base.output(z.array(catalogueEntry)),
  /** What the hub says about a file, asked only on a person's click: size, hash, and whether it fits here. */
  inspectDownload: base.input(z.object({ catalogueId: id.optional(), repo: z.string().optional(), file: z.string().optional(), revision: z.string().optional() })).output(z.object({
    url: z.string(), sizeBytes: z.number(), sha256: z.string().optional(),
    /** The commit, where the hub names it. */
    revision: z.string(),
    /** From the file's own header, of which only the first bytes are fetched; absent where the hub does not give them out. */
    fit: modelFit.optional(),
    /** Why it could not be used if it were downloaded. */
    refused: z.string().optional(),
  })),
  download: base.input(z.object({ catalogueId: id.optional(), repo: z.string().optional(), file: z.string().optional(), revision: z.string().optional() })).output(download),
  downloads: base.output(z.array(download)),
  watchDownloads: base.output(eventIterator(z.array(download))),
  cancelDownload: base.input(z.object({ id, keepPartial: z.boolean().default(true) })).output(z.void()),
  resumeDownload: base.input(z.object({ id })).output(download),
};
