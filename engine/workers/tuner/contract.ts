import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { convertTypes, mergeTypes } from "../../contract/tune.ts";

/** See OutputPlace: who asks takes care of the temporary file when this process is killed. */
const place = z.object({ temporary: z.string(), final: z.string() });
const written = { sizeBytes: z.number(), sha256: z.string(), notes: z.array(z.string()) };
/** Bytes read (checking) or written. */
const progress = z.object({ type: z.literal("progress"), step: z.enum(["checking", "writing"]), done: z.number(), total: z.number() });

/** A file; its hash where it is known. */
const file = z.object({ path: z.string(), sha256: z.string().optional() });

export const convertJob = z.object({
  folder: z.string(),
  /** A GGUF (only of such a hash is taken), a folder with config.json, or that file. */
  base: file.optional(),
  type: z.enum(convertTypes), name: z.string(), place,
});
export type ConvertJob = z.infer<typeof convertJob>;
export const convertDone = z.object({
  ...written, architecture: z.string(), rank: z.number(), alpha: z.number(), targets: z.number().int(),
  /** The files of the folder that were read, and the base where it is a GGUF. */
  sources: z.array(z.object({ name: z.string(), sha256: z.string() })), baseSha256: z.string().optional(),
});
export type ConvertDone = z.infer<typeof convertDone>;

export const mergeJob = z.object({ base: file, adapters: z.array(file.extend({ scale: z.number() })).min(1), type: z.enum(mergeTypes), name: z.string(), place });
export type MergeJob = z.infer<typeof mergeJob>;
export const mergeDone = z.object({ ...written, baseSha256: z.string(), tensors: z.number().int(), changed: z.number().int() });
export type MergeDone = z.infer<typeof mergeDone>;

const events = <D extends z.ZodRawShape>(done: z.ZodObject<D>) => eventIterator(z.discriminatedUnion("type", [progress, z.object({ type: z.literal("done"), result: done })]));

/** Reads models and adapters that others made and does arithmetic on all their weights: in a process of its own, within a cap of memory. */
export const tunerContract = {
  convert: oc.input(convertJob).output(events(convertDone)),
  merge: oc.input(mergeJob).output(events(mergeDone)),
};
