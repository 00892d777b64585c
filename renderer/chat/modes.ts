import type { AnswerMode, AnswerOptions, AssistantMessage, ShelfItem } from "../../engine/contract/index.ts";
import { chosenAdapters } from "./adapters.ts";

export interface ModeInfo { readonly mode: AnswerMode; readonly name: string; readonly line: string }

export const modes: readonly ModeInfo[] = [
  { mode: "quotes", name: "Quotes", line: "Shows the best passages of your documents, word for word. Needs no model." },
  { mode: "base", name: "Base", line: "The model alone, without your documents and without citations." },
  { mode: "documents", name: "Documents", line: "The model answers from your documents; every sentence is matched to its source." },
  { mode: "fine-tune", name: "Fine-tune", line: "The model with your fine-tune, without documents: its format, tone and language." },
  { mode: "hybrid", name: "Hybrid", line: "Your fine-tune and your documents together." },
];

export const modeName = (mode: AnswerMode): string => modes.find((info) => info.mode === mode)?.name ?? mode;
export const usesModel = (mode: AnswerMode): boolean => mode !== "quotes";
export const usesDocuments = (mode: AnswerMode): boolean => mode === "quotes" || mode === "documents" || mode === "hybrid";
export const usesTune = (mode: AnswerMode): boolean => mode === "fine-tune" || mode === "hybrid";

/** Why a mode cannot answer now, and where the next step is. `advice` still lets one try: a merged model carries its tune inside. */
export interface Obstacle { readonly reason: string; readonly screen: "models" | "library"; readonly action: string; readonly advice?: boolean }

export function obstacleOf(mode: AnswerMode, shelf: readonly ShelfItem[] | undefined, indexed: number | undefined): Obstacle | undefined {
  if (usesModel(mode) && shelf && !shelf.some((item) => item.kind === "model")) return { reason: "This mode needs a language model, and none is installed.", screen: "models", action: "Add a model" };
  if (usesDocuments(mode) && indexed === 0) return { reason: "There are no documents to answer from yet.", screen: "library", action: "Add documents" };
  if (usesTune(mode) && shelf && !shelf.some((item) => item.kind === "adapter" || item.isFineTune)) return { reason: "No adapter is installed. A merged fine-tune can be chosen as the model.", screen: "models", action: "Add an adapter", advice: true };
  return undefined;
}

/** What is sent: only what the mode uses, so that Base really is the control. */
export function effectiveOptions(options: AnswerOptions, shelf: readonly ShelfItem[] | undefined): AnswerOptions {
  const model = shelf?.find((item) => item.id === options.modelId);
  return { ...options, adapters: usesTune(options.mode) ? chosenAdapters(options, shelf ?? [], model) : [] };
}

/** What the answer was made with, so that "again" means the same; sampling is the conversation's, and so is the fine-tune where the answer's mode used none. */
export function optionsOf({ trace }: Pick<AssistantMessage, "trace">, now: AnswerOptions | undefined): AnswerOptions {
  const adapters = usesTune(trace.mode) ? trace.adapters.map(({ modelId, scale }) => ({ modelId, scale })) : now?.adapters ?? [];
  return { ...now, sampling: now?.sampling ?? {}, mode: trace.mode, filter: trace.filter, adapters, ...(trace.model ? { modelId: trace.model.id } : {}) };
}
