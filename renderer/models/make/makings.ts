import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { ConvertEvent, EngineClient, MergeEvent, ShelfItem } from "../../../engine/contract/index.ts";
import { useEngine } from "../../engine/context.tsx";
import { failureOf, type Failure } from "../../engine/failure.ts";

type ConvertWish = Parameters<EngineClient["tune"]["convert"]>[0];
type MergeWish = Parameters<EngineClient["tune"]["merge"]>[0];
/** What a person asked to have made, and how it is spoken of while that lasts. */
export type Wish = { readonly what: "convert"; readonly name: string; readonly input: ConvertWish } | { readonly what: "merge"; readonly name: string; readonly input: MergeWish };

type Step = Extract<ConvertEvent | MergeEvent, { type: "progress" }>["step"];
export interface Making {
  readonly key: string; readonly wish: Wish; readonly step: Step; readonly done: number; readonly total: number; readonly stop: AbortController;
  readonly failure?: Failure | undefined;
  /** Remarks that came with a finished one: they stay until they are read. */
  readonly notes?: readonly string[] | undefined;
}

const KEY = ["makings"] as const;

/** Conversions and merges go on while other screens are shown. Cancelling closes the stream, and the engine leaves nothing of it. */
export function useMakings(onDone: (item: ShelfItem, wish: Wish) => void) {
  const engine = useEngine();
  const client = useQueryClient();
  const { data: makings } = useQuery<Making[]>({ queryKey: KEY, queryFn: () => [], enabled: false, initialData: [], staleTime: Infinity, gcTime: Infinity });
  const set = useCallback((change: (now: Making[]) => Making[]) => client.setQueryData<Making[]>(KEY, (now = []) => change(now)), [client]);
  const leave = (key: string) => set((now) => now.filter((other) => other.key !== key));

  const start = async (wish: Wish) => {
    const making: Making = { key: crypto.randomUUID(), wish, step: "checking", done: 0, total: 0, stop: new AbortController() };
    const { key, stop } = making;
    const patch = (change: Partial<Making>) => set((now) => now.map((other) => (other.key === key ? { ...other, ...change } : other)));
    set((now) => [...now, making]);
    try {
      const events = wish.what === "convert" ? await engine.tune.convert(wish.input, { signal: stop.signal }) : await engine.tune.merge(wish.input, { signal: stop.signal });
      for await (const event of events) {
        if (event.type === "progress") { patch(event); continue; }
        if (event.notes.length > 0) patch({ notes: event.notes, done: 1, total: 1 });
        else leave(key);
        if (event.item) onDone(await withBase(engine, event.item, wish), wish);
      }
    } catch (error) {
      if (stop.signal.aborted) leave(key);
      else patch({ failure: failureOf(error) });
    }
    if (stop.signal.aborted) leave(key);
  };
  return { makings, start, drop: (making: Making) => { making.stop.abort(); leave(making.key); } };
}

/** A converted adapter's file may not name its base in a way the shelf can find; the person chose it, so it need not be asked for again. */
async function withBase(engine: EngineClient, item: ShelfItem, wish: Wish): Promise<ShelfItem> {
  const baseId = wish.input.base?.id;
  return baseId === undefined || item.fineTuneOf?.id === baseId ? item : engine.models.setBase({ id: item.id, baseId });
}

export type Makings = ReturnType<typeof useMakings>;
