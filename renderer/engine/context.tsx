import { QueryClient, QueryClientProvider, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
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

/** Milliseconds in which changes are gathered: while documents are read they come many times a second, and each would begin every list anew. */
const GATHER = 250;

/** Asks again for exactly what changed. After a reconnection everything may have. */
function Changes() {
  const engine = useEngine();
  const queries = useQueryClient();
  const state = useConnectionState();
  const gathered = useRef<{ topics: Set<string>; timer: ReturnType<typeof setTimeout> | undefined }>({ topics: new Set(), timer: undefined });
  useEffect(() => { if (state === "online") void queries.invalidateQueries(); }, [state, queries]);
  useEffect(() => { const now = gathered.current; return () => clearTimeout(now.timer); }, []);
  const ask = () => {
    const now = gathered.current;
    now.timer = undefined;
    if (now.topics.size === 0) return;
    for (const topic of now.topics) void queries.invalidateQueries({ queryKey: [topic] });
    now.topics.clear();
    now.timer = setTimeout(ask, GATHER);
  };
  useFollow((signal) => engine.system.changes(undefined, { signal }), (change) => {
    const now = gathered.current;
    now.topics.add(change.topic);
    if (change.topic === "documents") now.topics.add("collections");
    // The first change is answered at once, those that follow closely together.
    if (now.timer === undefined) ask();
  });
  return null;
}
