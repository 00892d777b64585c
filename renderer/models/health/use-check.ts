import { useEffect, useRef, useState } from "react";
import type { CheckFinding, CheckInput, CheckReport, CheckStage } from "../../../engine/contract/index.ts";
import { useEngine } from "../../engine/context.tsx";
import { failureOf, type Failure } from "../../engine/failure.ts";

export interface RunningCheck { readonly stage: CheckStage | undefined; readonly done: number; readonly total: number; readonly findings: readonly CheckFinding[] }
export type CheckState = { readonly is: "idle" } | ({ readonly is: "running" } & RunningCheck) | { readonly is: "failed"; readonly failure: Failure } | { readonly is: "done"; readonly report: CheckReport };

/** A health check while it runs. It stops with the component: nothing of a stopped one is kept. */
export function useCheck() {
  const engine = useEngine();
  const [state, setState] = useState<CheckState>({ is: "idle" });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const start = async (input: Pick<CheckInput, "id" | "scale" | "prompts"> & { baseId: string }) => {
    running.current?.abort();
    const stop = new AbortController();
    running.current = stop;
    let now: RunningCheck = { stage: undefined, done: 0, total: 0, findings: [] };
    const show = (change: Partial<RunningCheck>) => { now = { ...now, ...change }; setState({ is: "running", ...now }); };
    show({});
    try {
      for await (const event of await engine.models.check(input, { signal: stop.signal })) {
        if (stop.signal.aborted) break;
        if (event.type === "stage") show({ stage: event.stage, done: event.done, total: event.total });
        else if (event.type === "finding") show({ findings: [...now.findings, event.finding] });
        else setState({ is: "done", report: event.report });
      }
    } catch (error) {
      if (!stop.signal.aborted) setState({ is: "failed", failure: failureOf(error) });
    }
  };
  return { state, start, stop: () => { running.current?.abort(); setState({ is: "idle" }); } };
}
