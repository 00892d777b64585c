import { useEffect, useRef, useState } from "react";
import type { GateMode, GateRecord, RunSummary } from "../../../engine/contract/index.ts";
import { useEngine } from "../../engine/context.tsx";
import { failureOf, type Failure } from "../../engine/failure.ts";

export type GateState = { readonly is: "idle" } | { readonly is: "running"; readonly progress: RunSummary["progress"] | undefined } | { readonly is: "failed"; readonly failure: Failure } | { readonly is: "done"; readonly gate: GateRecord };

/** The gate while it runs. Closing stops it; what was answered is kept, and the same call goes on with it. */
export function useGate() {
  const engine = useEngine();
  const [state, setState] = useState<GateState>({ is: "idle" });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const start = async (input: { id: string; versionId: string; setId: string; modes?: GateMode[] | undefined; most?: number | undefined }) => {
    running.current?.abort();
    const stop = new AbortController();
    running.current = stop;
    setState({ is: "running", progress: undefined });
    try {
      for await (const event of await engine.models.fineTunes.gate(input, { signal: stop.signal })) {
        if (stop.signal.aborted) break;
        setState(event.type === "done" ? { is: "done", gate: event.gate } : { is: "running", progress: event.run.progress });
      }
    } catch (error) {
      if (!stop.signal.aborted) setState({ is: "failed", failure: failureOf(error) });
    }
  };
  return { state, start, stop: () => { running.current?.abort(); setState({ is: "idle" }); } };
}
