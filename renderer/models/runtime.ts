import type { EngineClient, RuntimeState } from "../../engine/contract/index.ts";
import { useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useLatest } from "../engine/follow.ts";

/** What the generator does now. Loading and its failure are shown where this state is; a call's own failure is told only when it is another one. */
export function useRuntime() {
  const engine = useEngine();
  const toasts = useToasts();
  const state = useLatest((client, signal) => client.models.watchRuntime(undefined, { signal }));
  const load = (id: string, contextSize?: number) => {
    engine.models.load({ id, ...(contextSize ? { contextSize } : {}) }).catch(async (error: unknown) => {
      // Where that cannot be asked either, the line is cut: then it is told here.
      const isShown = await showsFailure(engine, id).catch(() => false);
      if (!isShown) toasts.fail(error, "The model was not loaded");
    });
  };
  const unload = () => { engine.models.unload().catch((error: unknown) => toasts.fail(error)); };
  return { state, load, unload };
}

async function showsFailure(engine: EngineClient, id: string): Promise<boolean> {
  const now = await engine.models.runtime();
  return now.state === "failed" && now.modelId === id;
}

export interface Runtime { readonly state: RuntimeState | undefined; load(id: string, contextSize?: number): void; unload(): void }
