import type { KnowledgeStore } from "../knowledge/store.ts";
import type { ExtractionShelf } from "./steps/extractions.ts";
import type { OwnedFiles } from "./sources/owned-files.ts";
import { discard, pushLabels } from "./parts.ts";
import type { DocumentChange, Registry } from "./registry/registry.ts";

export interface Starting {
  readonly registry: Registry;
  readonly store: KnowledgeStore;
  readonly shelf: ExtractionShelf;
  readonly owned: OwnedFiles;
}

/**
 * Makes journal, store, shelf and owned files agree after whatever ended the last session. The journal says what there is; the store says
 * what is indexed; where they differ a document is queued again or its leftovers are taken away. Returns what the store holds.
 */
export async function reconcile({ registry, store, shelf, owned }: Starting): Promise<Set<string>> {
  await store.recover();
  const committed = await store.committed();
  const stored = new Set(committed.keys());
  const isKnown = (id: string) => registry.find(id) !== undefined;
  const kept = await shelf.sweep(isKnown);
  await owned.sweep(isKnown);

  const again: [string, DocumentChange][] = [];
  for (const { id, state, contentHash } of registry.all()) {
    const isWhole = kept.has(id) && committed.get(id)?.contentHash === contentHash;
    if (state === "indexed" && !isWhole) again.push([id, { state: "queued" }]);
  }
  if (again.length > 0) await registry.updateAll(again);
  await discard({ store, stored, shelf }, [...stored].filter((id) => { const state = registry.find(id)?.state; return state === undefined || state === "failed" || state === "cancelled"; }));

  for (const record of [...registry.all()]) {
    if (record.owned?.from !== undefined) {
      await owned.adopt(record);
      await registry.update(record.id, { owned: owned.settled(record.owned) });
    }
    if (record.relabel) await pushLabels({ registry, store, stored }, record.id);
  }
  return stored;
}
