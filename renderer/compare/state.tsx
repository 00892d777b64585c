import { createContext, useContext, useState, type ReactNode } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { AnswerEvent, AssistantMessage, CompareInput, Comparison, EngineClient, Source } from "../../engine/contract/index.ts";
import { go } from "../app/route.ts";
import { useEngine } from "../engine/context.tsx";
import { failureOf, type Failure } from "../engine/failure.ts";
import type { Entry } from "./contenders.ts";

/** One contender's answer: on its way, or whole. */
export interface Column { readonly name: string; readonly begun: boolean; readonly step: string | undefined; readonly sources: readonly Source[]; readonly text: string; readonly message: AssistantMessage | undefined }

export interface Run { readonly question: string; readonly blind: boolean; readonly columns: readonly Column[]; readonly comparison: Comparison | undefined; readonly running: boolean; readonly failure: Failure | undefined }

interface CompareState {
  readonly text: string;
  /** Undefined until a person changes them: then the usual ones for what is installed. */
  readonly entries: readonly Entry[] | undefined;
  readonly blind: boolean;
  readonly mark: boolean;
  readonly run: Run | undefined;
}

interface Compare { readonly store: StoreApi<CompareState>; start(input: CompareInput): void; stop(): void }
const CompareContext = createContext<Compare | undefined>(undefined);

/** Above the screens: a comparison goes on while one looks elsewhere. */
export function CompareProvider({ children }: { children: ReactNode }) {
  const engine = useEngine();
  const [compare] = useState(() => createCompare(engine));
  return <CompareContext.Provider value={compare}>{children}</CompareContext.Provider>;
}

export function useCompare(): Compare {
  const compare = useContext(CompareContext);
  if (!compare) throw new Error("useCompare needs CompareProvider above it");
  return compare;
}

export const useCompareState = <T,>(select: (state: CompareState) => T): T => useStore(useCompare().store, select);

function createCompare(engine: EngineClient): Compare {
  const store = createStore<CompareState>(() => ({ text: "", entries: undefined, blind: false, mark: false, run: undefined }));
  let controller: AbortController | undefined;
  const change = (patch: Partial<Run>) => store.setState(({ run }) => (run ? { run: { ...run, ...patch } } : {}));
  const changeColumn = (place: number, next: (column: Column) => Partial<Column>) =>
    store.setState(({ run }) => (run ? { run: { ...run, columns: run.columns.map((column, i) => (i === place ? { ...column, ...next(column) } : column)) } } : {}));

  const follow = async (input: CompareInput, signal: AbortSignal) => {
    for await (const event of await engine.compare.ask(input, { signal })) {
      if (event.type === "answer") changeColumn(event.contender, (column) => taken(column, event.event));
      else {
        change({ comparison: event.comparison });
        if (event.type === "started" && window.location.hash === "#/compare") go("compare", event.comparison.id, { replace: true });
      }
    }
  };

  return {
    store,
    start(input) {
      controller?.abort();
      const mine = controller = new AbortController();
      const columns = input.contenders.map(({ name }): Column => ({ name, begun: false, step: undefined, sources: [], text: "", message: undefined }));
      store.setState({ run: { question: input.text, blind: input.blind ?? false, columns, comparison: undefined, running: true, failure: undefined } });
      follow(input, mine.signal)
        .then(() => undefined, (error: unknown) => failureOf(error))
        .then((failure) => { if (controller === mine) change({ running: false, failure: failure?.code === "ABORTED" ? undefined : failure }); })
        .catch((error: unknown) => change({ running: false, failure: failureOf(error) }));
    },
    stop: () => controller?.abort(),
  };
}

function taken(column: Column, event: AnswerEvent): Partial<Column> {
  if (event.type === "accepted") return { begun: true };
  if (event.type === "step") return { step: event.name };
  if (event.type === "sources") return { sources: event.sources };
  if (event.type === "again") return { text: "" };
  if (event.type === "text") return { text: column.text + event.text, step: undefined };
  return { message: event.message, text: event.message.text, step: undefined };
}
