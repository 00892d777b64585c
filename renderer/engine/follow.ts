import { useEffect, useRef, useState } from "react";
import { failureOf } from "./failure.ts";
import { useEngine } from "./context.tsx";
import type { EngineClient } from "../../engine/contract/index.ts";

/** Reads an event stream for as long as the component lives; begins again when it ends or breaks. The callback may change between renders. */
export function useFollow<T>(open: (signal: AbortSignal) => Promise<AsyncIterable<T>>, onEvent: (event: T) => void): void {
  const latest = useRef({ open, onEvent });
  useEffect(() => { latest.current = { open, onEvent }; });
  useEffect(() => {
    const stop = new AbortController();
    void follow(stop.signal, () => latest.current);
    return () => stop.abort();
  }, []);
}

async function follow<T>(signal: AbortSignal, now: () => { open: (signal: AbortSignal) => Promise<AsyncIterable<T>>; onEvent: (event: T) => void }): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      for await (const event of await now().open(signal)) {
        if (signal.aborted) return;
        attempt = 0;
        now().onEvent(event);
      }
    } catch (error) {
      if (signal.aborted) return;
      // The stream begins again below either way; only what nobody foresaw is worth a line in the console.
      const failure = failureOf(error);
      if (failure.code === "INTERNAL") console.warn("An event stream broke:", failure.detail ?? failure.reason);
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(5000, 200 * 2 ** attempt)));
  }
}

/** The latest event of a stream that starts with the present state. */
export function useLatest<T>(open: (engine: EngineClient, signal: AbortSignal) => Promise<AsyncIterable<T>>): T | undefined {
  const engine = useEngine();
  const [value, setValue] = useState<T>();
  useFollow((signal) => open(engine, signal), setValue);
  return value;
}
