import { readFile } from "node:fs/promises";
import { z } from "zod";
import { LorekeepError } from "../base/errors.ts";

const repoFile = z.string().regex(/^[\w.-]+(\/[\w.-]+)*$/).refine((file) => !file.split("/").includes(".."), "leaves the repository");

/**
 * A model worth proposing. Names, licence and where each fact is from; no size and no hash: those are asked of the hub when a person
 * downloads, and pinned on the shelf then.
 */
export const catalogueEntry = z.strictObject({
  id: z.string().regex(/^[a-z0-9.-]+$/),
  name: z.string().min(1),
  kind: z.enum(["chat", "embedder", "reranker"]),
  description: z.string().min(1),
  /** owner/name on the hub. */
  repo: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
  revision: z.string().min(1),
  /** The weights. */
  file: repoFile,
  /** Everything that is needed, `file` first. */
  files: z.array(repoFile).min(1),
  parameters: z.string().regex(/^\d+(\.\d+)?[MB]$/),
  /** ISO 639 codes, or "multilingual" where the model's page names dozens. */
  languages: z.array(z.string()).min(1),
  /** SPDX id, or the hub's id of a licence of its own. */
  licence: z.string().min(1),
  licenceUrl: z.url(),
  sourceUrl: z.url(),
});
export type CatalogueEntry = z.infer<typeof catalogueEntry>;

const catalogueFile = z.strictObject({ version: z.literal(1), entries: z.array(catalogueEntry) });

/** models/catalogue.json as it was shipped. @throws LorekeepError INVALID when someone changed it into something unreadable. */
export async function readCatalogue(path: string): Promise<CatalogueEntry[]> {
  try {
    return catalogueFile.parse(JSON.parse(await readFile(path, "utf8"))).entries;
  } catch (error) {
    const detail = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new LorekeepError("INVALID", { reason: "The model catalogue cannot be read.", next: "Reinstall Lorekeep, or add models from disk.", detail }, { cause: error });
  }
}
