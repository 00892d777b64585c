import { LorekeepError } from "../../base/errors.ts";

/** How the model's context is shared out, in its own tokens. */
export interface Room {
  readonly context: number;
  /** Kept free for the answer. */
  readonly reserve: number;
  /** Hard limit for the framed sources. */
  readonly sources: number;
  /** What is left for history when the sources take `used`. */
  history(used: number): number;
}

export interface RoomNeeds {
  readonly context: number;
  /** Tokens of system prompt, question and template with no source and no history. */
  readonly fixed: number;
  /** Tokens the answer may have at most. */
  readonly maxTokens: number;
  readonly grounded: boolean;
  /** Share of the context that sources may fill. */
  readonly sourceShare: number;
  /** Size of the newest exchange, which a follow-up cannot do without. */
  readonly newestExchange: number;
}

/** At least this much for sources, or the question is too long to be answered from documents. */
const LEAST_SOURCES = 96;
/**
 * A model with a small context is a small model, and answers better from few words than from many: up to here sources get half their share.
 * (Toy world, 1024 tokens: see docs/decisions/0006, "How sources are framed".)
 */
const SMALL_CONTEXT = 2048;

/** @throws LorekeepError TOO_LONG where question and rules alone fill the context */
export function shareRoom(needs: RoomNeeds): Room {
  const { context, fixed, grounded } = needs;
  const reserve = Math.min(needs.maxTokens, Math.floor(context / 4));
  const free = context - reserve - fixed;
  if (free < (grounded ? LEAST_SOURCES : 0)) throw tooLong(context);
  const forFollowUp = Math.min(needs.newestExchange, Math.floor(context / 8), Math.floor(free / 3));
  const share = context <= SMALL_CONTEXT ? needs.sourceShare / 2 : needs.sourceShare;
  const sources = grounded ? Math.max(0, Math.min(Math.floor(context * share), free - forFollowUp)) : 0;
  return { context, reserve, sources, history: (used) => Math.max(0, free - used) };
}

export function tooLong(context: number): LorekeepError {
  return new LorekeepError("TOO_LONG", {
    reason: `The question is too long for this model, which reads ${context} tokens at once.`,
    next: "Shorten the question, add the long text as a document instead, or choose a model with a larger context.",
    field: "text",
  });
}
