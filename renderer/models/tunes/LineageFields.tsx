import { ChevronRight } from "lucide-react";
import { useState } from "react";
import type { FineTuneVersion } from "../../../engine/contract/index.ts";
import { TextArea, TextField } from "../../design/index.ts";
import css from "./tunes.module.css";

/** As typed. */
export interface LineageText { readonly trained: string; readonly data: string; readonly config: string }
export const emptyLineage: LineageText = { trained: "", data: "", config: "" };

function configFrom(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined; // Said under the field.
  }
}

/** undefined while the settings are no JSON object. */
export function lineageFrom({ trained, data, config }: LineageText): FineTuneVersion["lineage"] | undefined {
  const settings = config.trim() ? configFrom(config) : {};
  if (!settings) return undefined;
  return { ...(trained ? { trained: new Date(trained).toISOString() } : {}), ...(data.trim() ? { dataSha256: data.trim() } : {}), ...(config.trim() ? { config: settings } : {}) };
}

/** What a person knows of the training; the base's hash the shelf knows itself. */
export function LineageFields({ value, onChange }: { value: LineageText; onChange(value: LineageText): void }) {
  const [open, setOpen] = useState(false);
  const set = (change: Partial<LineageText>) => onChange({ ...value, ...change });
  return (
    <div>
      <button type="button" className={css.fold} aria-expanded={open} onClick={() => setOpen(!open)}><ChevronRight aria-hidden data-open={open} />Where it came from (optional)</button>
      {open ? (
        <div className={css.origin}>
          <TextField label="Trained on" type="date" value={value.trained} onChange={(event) => set({ trained: event.target.value })} />
          <TextField label="Hash of the training data" spellCheck={false} placeholder="SHA-256" value={value.data} onChange={(event) => set({ data: event.target.value })} />
          <TextArea label="Trainer’s settings, as JSON" rows={3} spellCheck={false} placeholder={'{"epochs": 3, "learning_rate": 0.0002}'} value={value.config} error={lineageFrom(value) ? undefined : "This is no JSON object."} onChange={(event) => set({ config: event.target.value })} />
        </div>
      ) : null}
    </div>
  );
}
