import { z } from "zod";
import { LorekeepError } from "../base/errors.ts";
import { checkReport, type KeptCheck } from "../contract/check.ts";
import { fineTune, madeFrom, type MadeFrom } from "../contract/fine-tunes.ts";
import { modelSource, type FineTuneOf, type ModelSource } from "../contract/models.ts";

/** An installed model or adapter as the shelf stores it. Facts come from the file's own header, and are absent where it has none. */
const storedItem = z.object({
  id: z.string(),
  kind: z.enum(["model", "adapter", "reranker"]),
  name: z.string(),
  /** Absolute for linked files; for stored ones relative to the models folder, so that a workspace can be moved. */
  path: z.string(),
  /** linked: stays where it is; stored: lies in the workspace and goes when removed. */
  storage: z.enum(["linked", "stored"]),
  sizeBytes: z.number().int().nonnegative(),
  sha256: z.string(),
  /** When the file was last changed as it was hashed, in milliseconds since 1970; absent: not known. */
  changedMs: z.number().optional(),
  architecture: z.string(),
  parameters: z.number().optional(),
  quantisation: z.string().optional(),
  /** Tokens, as trained. */
  contextLength: z.number().int().optional(),
  hasTemplate: z.boolean(),
  licence: z.string().optional(),
  baseModel: z.string().optional(),
  /** What the file records of its base, and what a person said: an id of the shelf. */
  baseSha256: z.string().optional(),
  baseId: z.string().optional(),
  /** A model that Lorekeep merged. */
  merged: z.boolean().optional(),
  /** What it was converted or merged from. */
  madeFrom: z.array(madeFrom).optional(),
  family: z.string().optional(),
  /** Name of the chat template's form. */
  template: z.string().optional(),
  /** Adapters only. */
  rank: z.number().optional(),
  alpha: z.number().optional(),
  source: modelSource,
  /** ISO 8601. */
  added: z.string(),
  /** The newest health check against each base. */
  checks: z.array(checkReport).default([]),
});
export type StoredItem = z.infer<typeof storedItem>;

/** models.json in the workspace. `threads` remembers the thread measurement per model and machine (DESIGN §5). */
export const shelfContent = z.object({
  items: z.array(storedItem),
  threads: z.record(z.string(), z.object({ threads: z.number().int().positive(), machine: z.string() })),
  fineTunes: z.array(fineTune).default([]),
});
export type ShelfContent = z.infer<typeof shelfContent>;

/** An item as it is now: with its absolute path, whether its file is still what was added, what it was made from, and which checks still hold. */
export type ShelfItem = Omit<StoredItem, "checks"> & {
  readonly state: "ready" | "missing";
  readonly fineTuneOf?: FineTuneOf;
  readonly isFineTune: boolean;
  readonly checks: KeptCheck[];
};

export interface ImportOptions {
  /** link: stays where it is. copy: into the workspace. move: into the workspace and gone from there (uploads, downloads). */
  readonly mode: "link" | "copy" | "move";
  readonly name?: string;
  readonly source?: ModelSource;
  /** What it was made from, where its maker knows more than the file says. */
  readonly lineage?: { readonly madeFrom: readonly MadeFrom[]; readonly baseSha256?: string | undefined };
  /** The file's hash where the caller has just computed it; saves reading the file once more. */
  readonly sha256?: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: ImportProgress) => void;
}

export interface ImportProgress {
  readonly step: "checking" | "copying";
  /** Bytes. */
  readonly done: number;
  readonly total: number;
}

/** A model or an adapter, which a fine-tune can be. @throws LorekeepError INVALID for a reranker. */
export function tunable<T extends Pick<StoredItem, "kind" | "name">>(item: T): T & { readonly kind: "model" | "adapter" } {
  const { kind } = item;
  if (kind === "reranker") throw new LorekeepError("INVALID", { reason: `${item.name} is a reranker, not a fine-tune.`, next: "Choose an adapter or a merged model." });
  return { ...item, kind };
}
