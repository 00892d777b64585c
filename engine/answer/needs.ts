import { LorekeepError } from "../base/errors.ts";
import type { AnswerOptions } from "../contract/answers.ts";
import type { ChatModelReady } from "./write/chat-model.ts";
import type { AnswerMeans } from "./means.ts";
import { modeParts } from "./modes.ts";

/** What can be known before anything is started. @throws LorekeepError NEEDS_DOCUMENTS */
export function requireDocuments(options: AnswerOptions, means: Pick<AnswerMeans, "hasDocuments">): void {
  if (!modeParts[options.mode].documents || means.hasDocuments() > 0) return;
  throw new LorekeepError("NEEDS_DOCUMENTS", { reason: "There is nothing to look in yet: the library holds no documents.", next: "Add a file or a folder, then ask again." });
}

/**
 * A mode with a fine-tune needs one: an adapter, or a model that has it inside. A model that a person named for such a mode is taken at their
 * word. @returns a note for the trace where it is @throws LorekeepError NEEDS_ADAPTER
 */
export function requireFineTune(options: AnswerOptions, model: ChatModelReady): string | undefined {
  if (!modeParts[options.mode].fineTune || options.adapters.length > 0 || model.isFineTune === true) return undefined;
  if (options.modelId !== undefined) return `No adapter was chosen: ${model.name} is taken as a model with its fine-tune merged in.`;
  throw new LorekeepError("NEEDS_ADAPTER", {
    reason: "This mode answers with a fine-tune, and none is chosen.",
    next: "Choose an adapter or a fine-tuned model, or use the mode Base or Documents.",
  });
}

/** Without a model there still is a mode that answers: every NEEDS_MODEL says so. */
export function withQuotesHint(error: unknown): unknown {
  if (!(error instanceof LorekeepError) || error.code !== "NEEDS_MODEL") return error;
  const hint = "Quotes mode works without a model.";
  const next = error.details.next?.includes(hint) ? error.details.next : [error.details.next, hint].filter((part) => part !== undefined).join(" ");
  return new LorekeepError("NEEDS_MODEL", { ...error.details, next }, { cause: error });
}
