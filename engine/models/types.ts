import { z } from "zod";

/** Where an installed file came from. */
export const modelSource = z.discriminatedUnion("type", [
  z.object({ type: z.literal("import"), from: z.string() }),
  z.object({ type: z.literal("download"), repo: z.string(), revision: z.string(), file: z.string(), url: z.string() }),
]);
export type ModelSource = z.infer<typeof modelSource>;

/** An installed model or adapter as the shelf stores it. Facts come from the file's own header, and are absent where it has none. */
export const storedItem = z.object({
  id: z.string(),
  kind: z.enum(["model", "adapter", "reranker"]),
  name: z.string(),
  /** Absolute for linked files; for stored ones relative to the models folder, so that a workspace can be moved. */
  path: z.string(),
  /** linked: stays where it is; stored: lies in the workspace and goes when removed. */
  storage: z.enum(["linked", "stored"]),
  sizeBytes: z.number().int().nonnegative(),
  sha256: z.string(),
  architecture: z.string(),
  parameters: z.number().optional(),
  quantisation: z.string().optional(),
  /** Tokens, as trained. */
  contextLength: z.number().int().optional(),
  hasTemplate: z.boolean(),
  licence: z.string().optional(),
  baseModel: z.string().optional(),
  /** Adapters only. */
  rank: z.number().optional(),
  alpha: z.number().optional(),
  source: modelSource,
  /** ISO 8601. */
  added: z.string(),
});
export type StoredItem = z.infer<typeof storedItem>;

/** models.json in the workspace. `threads` remembers the thread measurement per model and machine (DESIGN §5). */
export const shelfContent = z.object({
  items: z.array(storedItem),
  threads: z.record(z.string(), z.object({ threads: z.number().int().positive(), machine: z.string() })),
});
export type ShelfContent = z.infer<typeof shelfContent>;

/** An item as it is now: with its absolute path, and whether its file is still what was added. */
export type ShelfItem = StoredItem & { readonly state: "ready" | "missing" };

export interface ImportProgress {
  readonly step: "checking" | "copying";
  /** Bytes. */
  readonly done: number;
  readonly total: number;
}
