import { useQueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useMemo, useRef, useState } from "react";
import { settings as schema, type EngineClient, type Settings } from "../../engine/contract/index.ts";
import { useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { failureOf } from "../engine/failure.ts";

export type Patch = Parameters<EngineClient["settings"]["update"]>[0];

export interface Editor {
  readonly value: Settings;
  readonly defaults: Settings;
  /**
   * Saves, one change after the other: `make` is given the settings as they are when its turn comes, since a field may be part of a whole that
   * is replaced. `field` is the path whose error it would be ("answers.sources").
   */
  save(field: string, make: (now: Settings) => Patch): void;
  errorOf(field: string): string | undefined;
  setError(field: string, message: string | undefined): void;
}

/** Where engine/queries.ts keeps the settings. */
const KEY = ["settings", "get"] as const;

export const EditorContext = createContext<Editor | undefined>(undefined);

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error("A setting is shown outside SettingsScreen");
  return editor;
}

/** Every field saves on its own, as soon as it is changed. What the engine refuses is said under the field it names, and nothing is lost. */
export function useSettingsEditor(value: Settings): Editor {
  const engine = useEngine();
  const queries = useQueryClient();
  const toasts = useToasts();
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const defaults = useMemo(() => schema.parse({}), []);
  const setError = useCallback((field: string, message: string | undefined) => setErrors(({ [field]: _, ...rest }) => (message === undefined ? rest : { ...rest, [field]: message })), []);
  const turn = useRef<Promise<void>>(Promise.resolve());
  const save = useCallback((field: string, make: (now: Settings) => Patch) => {
    turn.current = turn.current.then(async () => {
      try {
        const saved = await engine.settings.update(make(queries.getQueryData<Settings>(KEY) ?? value));
        setError(field, undefined);
        queries.setQueryData(KEY, saved);
      } catch (error) {
        const failure = failureOf(error);
        if (failure.code === "INVALID") setError(field, readable(failure.reason, failure.field));
        else toasts.fail(error, "This was not saved");
      }
    });
  }, [engine, queries, setError, toasts, value]);
  return useMemo(() => ({ value, defaults, save, setError, errorOf: (field) => errors[field] }), [value, defaults, save, setError, errors]);
}

/** The contract's reason begins with the field's path, which stands beside it already. */
function readable(reason: string, field: string | undefined): string {
  return field && reason.startsWith(`${field}: `) ? reason.slice(field.length + 2) : reason;
}
