import { sha256 } from "../../engine/base/hash.ts";
import { dot } from "../../engine/base/vectors.ts";
import type { DocumentWithPassages, SearchScope, StoredDocument } from "../../engine/knowledge/store.ts";

export const DIMENSIONS = 16;
export const everything: SearchScope = { filter: {}, excludeDocumentIds: [], excludeCollectionIds: [] };
export const scoped = (filter: SearchScope["filter"]): SearchScope => ({ ...everything, filter });

/** A vector that depends on nothing but the text, near for equal beginnings. */
export function vectorFor(text: string): Float32Array {
  const bytes = Buffer.from(sha256(text), "hex");
  const vector = Float32Array.from({ length: DIMENSIONS }, (_, i) => (bytes[i] ?? 0) - 127.5);
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((value) => value / length);
}

export function documentWith(id: string, texts: readonly string[], more: Partial<StoredDocument> = {}): DocumentWithPassages {
  let start = 0;
  return {
    document: { id, collectionId: "c1", path: `/files/${id}.md`, format: "markdown", contentHash: sha256(texts.join("\n")), tags: [], language: "en", ...more },
    passages: texts.map((text, position) => {
      const passage = { position, start, end: start + text.length, headingPath: [], text, textHash: sha256(text), vector: vectorFor(text) };
      start = passage.end + 1;
      return passage;
    }),
  };
}
