import type { Document } from "../../engine/contract/index.ts";
import { useDocument } from "../engine/queries.ts";

/** The chosen document, where exactly one is chosen. */
export function useOneDocument(ids: ReadonlySet<string>): Document | undefined {
  const [first] = ids;
  const id = ids.size === 1 ? first : undefined;
  const { data } = useDocument(id);
  return data?.id === id ? data : undefined;
}
