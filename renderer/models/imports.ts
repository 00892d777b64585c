import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import type { EngineClient, ShelfItem } from "../../engine/contract/index.ts";
import { useEngine } from "../engine/context.tsx";
import { failureOf, type Failure } from "../engine/failure.ts";
import { upload } from "../engine/files.ts";

/** A file on its way to the shelf. `fraction` absent: under way without an honest number. */
export interface ImportJob {
  readonly key: string; readonly name: string; readonly step: "uploading" | "checking" | "copying" | "failed"; readonly fraction?: number | undefined; readonly failure?: Failure | undefined;
  readonly origin: ImportOrigin; readonly stop: AbortController;
}

export interface ImportOrigin { readonly path?: string; readonly file?: File; readonly mode: "link" | "copy" }

const KEY = ["imports"] as const;

/** Imports go on while other screens are shown: they are kept beside the queries, not in the screen. */
export function useImports(onDone: (item: ShelfItem, existed: boolean) => void) {
  const engine = useEngine();
  const client = useQueryClient();
  const { data: jobs } = useQuery<ImportJob[]>({ queryKey: KEY, queryFn: () => [], enabled: false, initialData: [], staleTime: Infinity, gcTime: Infinity });
  const next = useRef(0);
  const set = useCallback((change: (now: ImportJob[]) => ImportJob[]) => client.setQueryData<ImportJob[]>(KEY, (now = []) => change(now)), [client]);

  const start = async (origin: ImportOrigin) => {
    const name = origin.file?.name ?? origin.path?.split(/[\\/]/).pop() ?? "model";
    const job: ImportJob = { key: `${Date.now()}-${next.current++}`, name, step: origin.file ? "uploading" : "checking", origin, stop: new AbortController() };
    const patch = (change: Partial<ImportJob>) => set((now) => now.map((other) => (other.key === job.key ? { ...other, ...change } : other)));
    const leave = () => set((now) => now.filter((other) => other.key !== job.key));
    set((now) => [...now, job]);
    try {
      const done = await run(engine, job, (step, fraction) => patch({ step, fraction }));
      leave();
      if (done) onDone(done.item, done.existed);
    } catch (error) {
      if (job.stop.signal.aborted) leave();
      else patch({ step: "failed", fraction: undefined, failure: failureOf(error) });
    }
  };
  return {
    jobs, start,
    /** Stops it, or takes a failed one off the list. */
    drop: (job: ImportJob) => { job.stop.abort(); if (job.step === "failed") set((now) => now.filter((other) => other.key !== job.key)); },
    retry: (job: ImportJob) => { set((now) => now.filter((other) => other.key !== job.key)); void start(job.origin); },
  };
}

async function run(engine: EngineClient, { origin, stop }: ImportJob, onProgress: (step: "checking" | "copying", fraction: number | undefined) => void): Promise<{ item: ShelfItem; existed: boolean } | undefined> {
  const { signal } = stop;
  const from = origin.file ? { uploadId: await upload(origin.file, signal) } : { path: origin.path ?? "" };
  for await (const event of await engine.models.import({ ...from, mode: origin.mode }, { signal })) {
    if (event.type === "done") return { item: event.item, existed: event.existed };
    onProgress(event.step, event.total > 0 ? event.done / event.total : undefined);
  }
  return undefined;
}

export type Imports = ReturnType<typeof useImports>;
