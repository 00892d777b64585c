import type { z } from "zod";
import { documentStates, type Collection, type Document, type documentsContract } from "../../contract/library.ts";
import type { CollectionRecord, DocumentRecord } from "./records.ts";
import type { Registry } from "./registry.ts";

/** A record as the contract shows it. */
export function documentView(record: DocumentRecord): Document {
  const { folderId: _f, owned: _o, modifiedMs, contentHash: _c, relabel: _r, ...shown } = record;
  return { ...shown, ...(modifiedMs === undefined ? {} : { modified: new Date(modifiedMs).toISOString() }) };
}

export type ListInput = z.output<NonNullable<(typeof documentsContract.list)["~orpc"]["inputSchema"]>>;

type Key = (record: DocumentRecord) => string | number;
const stateOrder = new Map(documentStates.map((state, i) => [state, i]));
const keys: Record<ListInput["sort"], Key> = {
  added: ({ added }) => added,
  name: ({ name }) => name.toLowerCase(),
  state: ({ state }) => stateOrder.get(state) ?? 0,
  format: ({ format }) => format ?? "",
  passages: ({ passages }) => passages,
  pages: ({ pages }) => pages ?? 0,
  modified: ({ modifiedMs }) => modifiedMs ?? 0,
  size: ({ sizeBytes }) => sizeBytes ?? 0,
};

/** One page of the library. `byState` counts what the collection and the text leave, whatever states were asked for. */
export function listDocuments(registry: Registry, input: ListInput): { documents: Document[]; total: number; byState: Record<DocumentRecord["state"], number> } {
  const byState = { queued: 0, reading: 0, embedding: 0, indexed: 0, recognising: 0, failed: 0, cancelled: 0 };
  const wanted = input.text?.trim().toLowerCase();
  const states = input.states && new Set(input.states);
  const key = keys[input.sort];
  const chosen: { record: DocumentRecord; key: string | number; order: number }[] = [];
  for (const record of registry.all()) {
    if (input.collectionId !== undefined && record.collectionId !== input.collectionId) continue;
    if (wanted && !`${record.path}\n${record.title ?? ""}\n${record.tags.join("\n")}`.toLowerCase().includes(wanted)) continue;
    byState[record.state]++;
    if (!states || states.has(record.state)) chosen.push({ record, key: key(record), order: chosen.length });
  }
  const sign = input.descending ? -1 : 1;
  chosen.sort((a, b) => sign * (a.key < b.key ? -1 : a.key > b.key ? 1 : a.order - b.order));
  return { documents: chosen.slice(input.offset, input.offset + input.limit).map(({ record }) => documentView(record)), total: chosen.length, byState };
}

export function collectionViews(registry: Registry): Collection[] {
  const counts = new Map<string, { documents: number; passages: number }>();
  for (const { collectionId, passages } of registry.all()) {
    const count = counts.get(collectionId) ?? { documents: 0, passages: 0 };
    counts.set(collectionId, { documents: count.documents + 1, passages: count.passages + passages });
  }
  return registry.allCollections().map((record: CollectionRecord) => ({ ...record, ...(counts.get(record.id) ?? { documents: 0, passages: 0 }) }));
}
