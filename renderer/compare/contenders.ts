import type { AnswerMode, AnswerOptions, Contender, ShelfItem } from "../../engine/contract/index.ts";
import { effectiveOptions, modeName, usesModel, usesTune } from "../chat/modes.ts";
import { answerOptionsOf } from "../chat/options.ts";

/** One way to answer, as it is set up here. `own`: chosen by hand, beyond the plain corners. */
export interface Entry { readonly key: string; readonly options: AnswerOptions; readonly own: boolean }

export const corners: readonly AnswerMode[] = ["base", "documents", "fine-tune", "hybrid", "quotes"];
export const MOST = 4;
export const LEAST = 2;

export const cornerEntry = (mode: AnswerMode): Entry => ({ key: mode, options: answerOptionsOf(mode), own: false });

/** The four corners, less those that need what is not installed. */
export function usualEntries(shelf: readonly ShelfItem[]): Entry[] {
  const model = shelf.some((item) => item.kind === "model");
  const tune = shelf.some((item) => item.kind === "adapter");
  if (!model) return [cornerEntry("quotes")];
  return (tune ? ["base", "documents", "fine-tune", "hybrid"] as const : ["base", "documents"] as const).map(cornerEntry);
}

/** "Documents", "Hybrid · Qwen3 4B + notary v2 × 0.5": only what was chosen by hand is named. */
export function nameOf({ options, own }: Entry, shelf: readonly ShelfItem[]): string {
  const item = (id: string) => shelf.find((one) => one.id === id)?.name ?? "missing";
  const model = own && options.modelId !== undefined && usesModel(options.mode) ? item(options.modelId) : "";
  const adapters = own && usesTune(options.mode) ? options.adapters.map(({ modelId, scale }) => `${item(modelId)}${scale === 1 ? "" : ` × ${scale}`}`) : [];
  const made = [model, ...adapters].filter(Boolean).join(" + ");
  return made ? `${modeName(options.mode)} · ${made}` : modeName(options.mode);
}

/** What is sent, each with a name of its own. */
export function contendersOf(entries: readonly Entry[], shelf: readonly ShelfItem[]): Contender[] {
  const seen = new Map<string, number>();
  return entries.map((entry) => {
    const name = nameOf(entry, shelf);
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return { name: times === 1 ? name : `${name} (${times})`, options: effectiveOptions(entry.options, shelf) };
  });
}

/** Fisher and Yates; so that the place says nothing where the names are hidden. */
export function shuffled<T>(list: readonly T[], random: () => number = Math.random): T[] {
  const all = [...list];
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [all[i], all[j]] = [all[j] as T, all[i] as T];
  }
  return all;
}

export const letter = (place: number): string => String.fromCharCode(65 + place);
