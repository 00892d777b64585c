import { useQueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useMemo, useState } from "react";
import { settings as schema, type EngineClient, type Settings } from "../../engine/contract/index.ts";
import { useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { failureOf } from "../engine/failure.ts";

export type Patch = Parameters<EngineClient["settings"]["update"]>[0];

export interface Editor {
  readonly value: Settings;
  readonly defaults: Settings;
  /** Saves at once. `field` is the path whose error it would be ("answers.sources"). */
  save(field: string, patch: Patch): void;
  errorOf(field: string): string | undefined;
  setError(field: string, message: string | undefined): void;
}

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
  const save = useCallback((field: string, patch: Patch) => {
    engine.settings.update(patch).then(
      (saved) => { setError(field, undefined); queries.setQueryData(["settings", "get"], saved); },
      (error: unknown) => {
        const failure = failureOf(error);
        if (failure.code === "INVALID") setError(field, readable(failure.reason, failure.field));
        else toasts.fail(error, "This was not saved");
      });
  }, [engine, queries, setError, toasts]);
  return useMemo(() => ({ value, defaults, save, setError, errorOf: (field) => errors[field] }), [value, defaults, save, setError, errors]);
}

/** The contract's reason begins with the field's path, which stands beside it already. */
function readable(reason: string, field: string | undefined): string {
  return field && reason.startsWith(`${field}: `) ? reason.slice(field.length + 2) : reason;
}
