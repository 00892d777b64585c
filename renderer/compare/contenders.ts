import type { AnswerMode, AnswerOptions, Contender, ShelfItem } from "../../engine/contract/index.ts";
import { effectiveOptions, modeName, usesModel, usesTune } from "../chat/modes.ts";
import { answerOptionsOf } from "../chat/options.ts";

/** One way to answer, as it is set up here. `own`: chosen by hand, beyond the plain corners. */
export interface Entry { readonly key: string; readonly options: AnswerOptions; readonly own: boolean }

export const corners: readonly AnswerMode[] = ["base", "documents", "fine-tune", "hybrid", "quotes"];
export const MOST = 4;
export const LEAST = 2;

/** What the plain corners share: the model, and the fine-tune that two of them lay over it. */
export type Shared = Pick<AnswerOptions, "adapters"> & { readonly modelId?: string | undefined };

export function cornerEntry(mode: AnswerMode, { modelId, adapters }: Shared): Entry {
  return { key: mode, own: false, options: { ...answerOptionsOf(mode), ...(modelId === undefined ? {} : { modelId }), adapters: usesTune(mode) ? adapters : [] } };
}

/** How likely an adapter is to answer well here: found to fit, of a base that is there, of an unknown one, found not to. */
function promise({ checks = [], fineTuneOf }: ShelfItem, shelf: readonly ShelfItem[]): number {
  const fresh = checks.filter(({ stale }) => !stale);
  if (fresh.some(({ verdict }) => verdict === "fits")) return 3;
  if (fresh.length > 0) return 0;
  return shelf.some((item) => item.kind === "model" && item.id === fineTuneOf?.id) ? 2 : 1;
}

/** What the entries share now; where no corner says, the most promising adapter that is there, the newest of its like. */
export function sharedOf(entries: readonly Entry[], shelf: readonly ShelfItem[]): Shared {
  const plain = entries.filter(({ own }) => !own);
  const [first] = shelf.filter((item) => item.kind === "adapter" && item.state === "ready").sort((a, b) => promise(b, shelf) - promise(a, shelf));
  const adapters = plain.find(({ options }) => options.adapters.length > 0)?.options.adapters ?? (first ? [{ modelId: first.id, scale: 1 }] : []);
  return { modelId: plain.find(({ options }) => options.modelId !== undefined)?.options.modelId, adapters };
}

/** The four corners, less those that need what is not installed. */
export function usualEntries(shelf: readonly ShelfItem[]): Entry[] {
  const model = shelf.some((item) => item.kind === "model");
  const shared = sharedOf([], shelf);
  if (!model) return [cornerEntry("quotes", shared)];
  return (shared.adapters.length > 0 ? ["base", "documents", "fine-tune", "hybrid"] as const : ["base", "documents"] as const).map((mode) => cornerEntry(mode, shared));
}

/** "Documents", "Hybrid · Qwen3 4B + notary v2 × 0.5": only what was chosen by hand is named. */
export function nameOf({ options, own }: Entry, shelf: readonly ShelfItem[]): string {
  const item = (id: string) => shelf.find((one) => one.id === id)?.name ?? "missing";
  const model = own && options.modelId !== undefined && usesModel(options.mode) ? item(options.modelId) : "";
  const adapters = own && usesTune(options.mode) ? options.adapters.map(({ modelId, scale }) => `${item(modelId)}${scale === 1 ? "" : ` × ${scale}`}`) : [];
  const made = [model, ...adapters].filter(Boolean).join(" + ");
  return made ? `${modeName(options.mode)} · ${made}` : modeName(options.mode);
}

/** Letters of a contender's name: the contract takes 100, of which a number and ", enforced" may want some. */
const LONGEST = 80;

/** What is sent, each with a name of its own. */
export function contendersOf(entries: readonly Entry[], shelf: readonly ShelfItem[]): Contender[] {
  const seen = new Map<string, number>();
  return entries.map((entry) => {
    const whole = nameOf(entry, shelf);
    const name = whole.length > LONGEST ? `${whole.slice(0, LONGEST - 1)}…` : whole;
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
