import { useQuery, type UseQueryOptions } from "@tanstack/react-query";
import type { ChangeEvent, EngineClient } from "../../engine/contract/index.ts";
import { useEngine } from "./context.tsx";

type Topic = ChangeEvent["topic"] | "system";

/**
 * A call whose answer is kept until system.changes names its topic. The key after the topic must hold everything the call depends on:
 * `useEngineQuery(["documents", "get", id], (engine, signal) => engine.documents.get({ id }, { signal }))`.
 */
export function useEngineQuery<T>(key: readonly [Topic, ...unknown[]], call: (engine: EngineClient, signal: AbortSignal) => Promise<T>, options: Omit<UseQueryOptions<T>, "queryKey" | "queryFn"> = {}) {
  const engine = useEngine();
  return useQuery<T>({ ...options, queryKey: key, queryFn: ({ signal }) => call(engine, signal) });
}

export const useCollections = () => useEngineQuery(["collections", "list"], (engine, signal) => engine.collections.list(undefined, { signal }));
export const useModels = () => useEngineQuery(["models", "list"], (engine, signal) => engine.models.list(undefined, { signal }));
/** A reranker may also come as a folder, which no topic tells of: asked anew by each screen that shows them. */
export const useRerankers = () => useEngineQuery(["models", "rerankers"], (engine, signal) => engine.models.rerankers(undefined, { signal }), { staleTime: 0 });
/** Languages in which text in pictures is recognised; those in use are a setting, their data a download. */
export const useLanguages = () => useEngineQuery(["downloads", "languages"], (engine, signal) => engine.languages.list(undefined, { signal }));
export const useSettings = () => useEngineQuery(["settings", "get"], (engine, signal) => engine.settings.get(undefined, { signal }));
export const useDocument = (id: string | undefined) => useEngineQuery(["documents", "get", id], (engine, signal) => engine.documents.get({ id: id ?? "" }, { signal }), { enabled: id !== undefined });
/** How many documents there are by state, without listing them. */
export const useDocumentCounts = () => useEngineQuery(["documents", "counts"], async (engine, signal) => {
  const { total, byState } = await engine.documents.list({ limit: 1 }, { signal });
  return { total, indexed: byState.indexed ?? 0, failed: byState.failed ?? 0 };
});
