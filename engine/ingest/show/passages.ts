import type { z } from "zod";
import type { documentPassage } from "../../contract/library.ts";
import type { Embedder } from "../../knowledge/store.ts";
import type { LibraryParts } from "../parts.ts";

/** Passages of a document from one on, as they were cut and are searched, with the tokens that the embedder counts in their text (its own marks included). */
export async function passages({ registry, store }: Pick<LibraryParts, "registry" | "store">, embedder: Pick<Embedder, "countTokens">, input: { id: string; from: number; limit: number }, signal?: AbortSignal): Promise<{ passages: z.infer<typeof documentPassage>[]; total: number }> {
  const { passages: total } = registry.get(input.id);
  const found = await store.neighbours(input.id, input.from, input.from + input.limit - 1);
  const tokens = await embedder.countTokens(found.map(({ text }) => text), signal);
  return {
    total,
    passages: found.map(({ position, range, headingPath, text, page }, i) => ({ position, range, headingPath, text, tokens: tokens[i] ?? 0, ...(page === undefined ? {} : { page }) })),
  };
}
