import { go } from "../app/route.ts";

/** Where one is on the screen: `#/models`, `#/models/fine-tunes`, `#/models/catalogue`, and beside the shelf one item's details: `#/models/item:ID`. */
export type ModelsTab = "shelf" | "fine-tunes" | "catalogue";
export interface ModelsPlace { readonly tab: ModelsTab; readonly itemId?: string | undefined }

export function parseModelsPlace(id: string | undefined): ModelsPlace {
  if (id === "fine-tunes" || id === "catalogue") return { tab: id };
  return { tab: "shelf", itemId: id?.startsWith("item:") ? id.slice("item:".length) : undefined };
}

export const goModels = ({ tab, itemId }: ModelsPlace): void => go("models", itemId ? `item:${itemId}` : tab === "shelf" ? undefined : tab);
