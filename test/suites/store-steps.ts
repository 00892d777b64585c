import { mulberry32 } from "../../engine/base/random.ts";
import type { DocumentWithPassages, KnowledgeStore } from "../../engine/knowledge/store.ts";
import { documentWith } from "./store-documents.ts";

/** One change of the store, as the writer announces it and the reader understands it. */
export type Step = { put: Record<string, number> } | { remove: string[] } | { relabel: string; collectionId: string };

/** `random(seed)(n)` is an integer below n. */
export function random(seed: number): (below: number) => number {
  const next = mulberry32(seed);
  return (below) => Math.floor(next() * below);
}

/** Content follows from id and version alone; the number of passages changes with the version. */
export function versionOf(id: string, version: number): DocumentWithPassages {
  const texts = Array.from({ length: 1 + (version % 5) }, (_, i) => `${id} version${version} passage${i} heron`);
  return documentWith(id, texts, { contentHash: `${id}@${version}` });
}

export async function act(store: KnowledgeStore, step: Step): Promise<void> {
  if ("put" in step) await store.put(Object.entries(step.put).map(([id, version]) => versionOf(id, version)));
  else if ("remove" in step) await store.remove(step.remove);
  else await store.relabel(step.relabel, { collectionId: step.collectionId });
}
