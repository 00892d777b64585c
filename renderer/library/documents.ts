import { useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import type { Document, DocumentState, EngineClient } from "../../engine/contract/index.ts";
import { useEngine } from "../engine/context.tsx";

export type DocumentSort = NonNullable<Parameters<EngineClient["documents"]["list"]>[0]["sort"]>;

/** Which documents are listed, and in which order. */
export interface DocumentQuery {
  readonly collectionId?: string | undefined;
  readonly states?: DocumentState[] | undefined;
  readonly text?: string | undefined;
  readonly sort: DocumentSort;
  readonly descending: boolean;
}

/** Rows asked for at once. */
const PAGE = 100;

const scopeOf = ({ collectionId, text, states }: DocumentQuery) => ({ ...(collectionId ? { collectionId } : {}), ...(text ? { text } : {}), ...(states ? { states } : {}) });

/** How many documents the query finds, and how many there would be in each state, without listing them. The last answer stands until the next one comes. */
export function useDocumentHead(query: DocumentQuery) {
  const engine = useEngine();
  const scope = scopeOf(query);
  return useQuery({ queryKey: ["documents", "head", scope], queryFn: ({ signal }) => engine.documents.list({ ...scope, limit: 1 }, { signal }), placeholderData: (before) => before });
}

/**
 * Only the rows in sight are asked for, a page at a time, and only those are asked for again when documents change.
 * `at` gives undefined for a row that has not come yet; after a change of query it gives the old rows until the new ones are there.
 */
export function useDocumentRows(query: DocumentQuery, first: number, last: number): { at(index: number): Document | undefined; error: Error | null } {
  const engine = useEngine();
  const key = JSON.stringify(query);
  const pages: number[] = [];
  for (let page = Math.floor(first / PAGE); page <= Math.floor(Math.max(first, last) / PAGE); page++) pages.push(page);
  const results = useQueries({
    queries: pages.map((page) => ({
      queryKey: ["documents", "page", query, page], gcTime: 60_000,
      queryFn: ({ signal }: { signal: AbortSignal }) => engine.documents.list({ ...scopeOf(query), sort: query.sort, descending: query.descending, offset: page * PAGE, limit: PAGE }, { signal }),
    })),
  });
  const shown = useRef<{ key: string; rows: Map<number, Document> }>({ key, rows: new Map() });
  const arrived = results.some((result) => result.data);
  if (arrived && shown.current.key !== key) shown.current = { key, rows: new Map() };
  if (arrived) results.forEach((result, at) => result.data?.documents.forEach((document, index) => shown.current.rows.set((pages[at] ?? 0) * PAGE + index, document)));
  return { at: (index) => shown.current.rows.get(index), error: arrived ? null : (results.find((result) => result.error)?.error ?? null) };
}

/** The documents from one row to another, also where the rows in between were never in sight. */
export function useRowRange(query: DocumentQuery) {
  const engine = useEngine();
  return useCallback((from: number, to: number) => listRange(engine, query, { from: Math.min(from, to), to: Math.max(from, to) }), [engine, query]);
}

async function listRange(engine: EngineClient, query: DocumentQuery, range: { from: number; to: number }): Promise<Document[]> {
  const found: Document[] = [];
  while (range.from + found.length <= range.to) {
    const offset = range.from + found.length;
    const { documents } = await engine.documents.list({ ...scopeOf(query), sort: query.sort, descending: query.descending, offset, limit: Math.min(5000, range.to - offset + 1) });
    if (documents.length === 0) break;
    found.push(...documents);
  }
  return found;
}
