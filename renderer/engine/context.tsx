import { QueryClient, QueryClientProvider, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import type { EngineClient } from "../../engine/contract/index.ts";
import type { Connection, ConnectionState } from "./connect.ts";
import { failureOf } from "./failure.ts";
import { useFollow } from "./follow.ts";

const EngineContext = createContext<Connection | undefined>(undefined);

function useConnection(): Connection {
  const connection = useContext(EngineContext);
  if (!connection) throw new Error("The engine is used outside EngineProvider");
  return connection;
}

/** The engine, as the contract describes it. */
export const useEngine = (): EngineClient => useConnection().client;

export function useConnectionState(): ConnectionState {
  const connection = useConnection();
  return useSyncExternalStore(connection.subscribe, connection.state);
}

/** Local engine: no network to wait for, nothing stale until the engine says so (system.changes), no blind retries of refused calls. */
const createQueries = () => new QueryClient({
  defaultOptions: {
    queries: { networkMode: "always", staleTime: Infinity, refetchOnWindowFocus: false, retry: (count, error) => failureOf(error).code === "CONNECTION_LOST" && count < 5 },
    mutations: { networkMode: "always" },
  },
});

export function EngineProvider({ connection, children }: { connection: Connection; children: ReactNode }) {
  const [queries] = useState(createQueries);
  return (
    <EngineContext.Provider value={connection}>
      <QueryClientProvider client={queries}><Changes />{children}</QueryClientProvider>
    </EngineContext.Provider>
  );
}

/** Asks again for exactly what changed. After a reconnection everything may have. */
function Changes() {
  const engine = useEngine();
  const queries = useQueryClient();
  const state = useConnectionState();
  const [refresh] = useState(() => refresher(queries));
  useEffect(() => { if (state === "online") void queries.invalidateQueries(); }, [state, queries]);
  useFollow((signal) => engine.system.changes(undefined, { signal }), (change) => {
    refresh(change.topic);
    if (change.topic === "documents") refresh("collections");
  });
  return null;
}

/** At once, and then at most this often, milliseconds: indexing a folder changes thousands of documents. */
const pause = 250;

function refresher(queries: QueryClient): (topic: string) => void {
  const waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    if (waiting.size === 0) return;
    for (const topic of waiting) void ask(queries, topic);
    waiting.clear();
    timer = setTimeout(flush, pause);
  };
  return (topic) => {
    waiting.add(topic);
    if (timer === undefined) flush();
  };
}

/** A first answer that is still on its way may be older than the change, and TanStack Query would keep it: it is asked for anew. */
async function ask(queries: QueryClient, topic: string): Promise<void> {
  await queries.cancelQueries({ queryKey: [topic], predicate: (query) => query.state.data === undefined && query.state.fetchStatus === "fetching" });
  await queries.invalidateQueries({ queryKey: [topic] });
}
