import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { errorMap } from "./errors.ts";
import { id } from "./library.ts";
import { shelfItem } from "./models.ts";

const base = oc.errors(errorMap);

/** A model or adapter: on the shelf by its id, or a file by its path. Exactly one of the two. */
export const modelRef = z.object({ id: id.optional(), path: z.string().min(1).optional() })
  .refine((ref) => (ref.id === undefined) !== (ref.path === undefined), { message: "Give either an id of the shelf or a path." });
export type ModelRef = z.output<typeof modelRef>;

/** How the numbers of a converted adapter are kept: as the trainer stored them, or rounded. */
export const convertTypes = ["as-stored", "F32", "F16", "BF16"] as const;
/** How the weights of a merged model are kept: each tensor as the base has it, or all large ones alike. */
export const mergeTypes = ["as-base", "F32", "F16", "BF16", "Q8_0"] as const;
export type ConvertType = (typeof convertTypes)[number];
export type MergeType = (typeof mergeTypes)[number];

const result = {
  /** File to write; there must be none yet. Absent: into the workspace, onto the shelf. */
  output: z.string().min(1).optional(),
  /** What the file calls itself, and the shelf with it. Absent: made of its parts' names. */
  name: z.string().min(1).max(200).optional(),
  /** With `output`: also onto the shelf, linked. */
  addToShelf: z.boolean().default(false),
};

export const convertInput = z.object({
  /** A folder as PEFT saves it: adapter_config.json and adapter_model.safetensors. */
  folder: z.string().min(1),
  /** What it was trained for: a GGUF (by id or path), or a Hugging Face folder or its config.json (by path). Absent: config.json beside the adapter. */
  base: modelRef.optional(),
  type: z.enum(convertTypes).default("as-stored"),
  ...result,
});
export type ConvertInput = z.output<typeof convertInput>;

export const mergeInput = z.object({
  base: modelRef,
  /** All are added to the same weights. At scale 1 as trained. */
  adapters: z.array(z.object({ adapter: modelRef, scale: z.number().min(-4).max(4).default(1) })).min(1).max(16),
  type: z.enum(mergeTypes).default("as-base"),
  ...result,
});
export type MergeInput = z.output<typeof mergeInput>;

const made = {
  path: z.string(), sizeBytes: z.number(), sha256: z.string(),
  /** Remarks a person should read: what was left out, what was rounded. */
  notes: z.array(z.string()),
  /** On the shelf, where it was put there. */
  item: shelfItem.optional(),
};

/** checking: hashes and headers; done and total are bytes in every step. */
const progress = <S extends string>(steps: readonly [S, ...S[]]) => z.object({ type: z.literal("progress"), step: z.enum(steps), done: z.number(), total: z.number() });

export const convertEvent = z.discriminatedUnion("type", [
  progress(["checking", "converting", "adding"]),
  z.object({ type: z.literal("done"), ...made, architecture: z.string(), rank: z.number().int(), alpha: z.number(), /** Weights of the base that the adapter changes. */ targets: z.number().int(),
    /** Hashes of the folder's files, and of the base where it is a GGUF. */
    sources: z.array(z.object({ name: z.string(), sha256: z.string() })), baseSha256: z.string().optional(),
  }),
]);
export type ConvertEvent = z.infer<typeof convertEvent>;

export const mergeEvent = z.discriminatedUnion("type", [
  progress(["checking", "merging", "adding"]),
  z.object({ type: z.literal("done"), ...made, baseSha256: z.string(), tensors: z.number().int(), /** Tensors that an adapter changed. */ changed: z.number().int() }),
]);
export type MergeEvent = z.infer<typeof mergeEvent>;

/** From a trainer's adapter to a file that runs. Closing a stream stops the work, and nothing of it stays. */
export const tuneContract = {
  convert: base.input(convertInput).output(eventIterator(convertEvent)),
  merge: base.input(mergeInput).output(eventIterator(mergeEvent)),
};
