import { randomUUID } from "node:crypto";
import type { Answers } from "../../answer/answers.ts";
import { LorekeepError } from "../../base/errors.ts";
import type { AnswerEvent } from "../../contract/answers.ts";
import type { CompareEvent, CompareRequest, Comparison, Contender, Verdict } from "../../contract/compare.ts";
import type { Comparisons } from "./comparisons.ts";

export interface CompareMeans {
  readonly answers: Pick<Answers, "ask" | "regenerate"> & { readonly conversations: Pick<Answers["conversations"], "update"> };
  readonly comparisons: Pick<Comparisons, "list" | "get" | "put" | "remove" | "standings">;
}

type Emit = (event: CompareEvent) => void;

/**
 * One message through several contenders, with the very answering that chats use: the first asks, the others answer the same message
 * again, so that they stand side by side in the conversation and it can go on from any of them. One after the other, those of one
 * model together: two models never share the memory. A contender that fails has a failed answer; the others go on.
 */
export async function compare(input: CompareRequest, { answers, comparisons }: CompareMeans, emit: Emit, signal: AbortSignal): Promise<void> {
  distinct(input.contenders);
  let current: Comparison | undefined;
  for (const place of runOrder(input.contenders)) {
    const { options } = at(input.contenders, place);
    const stream = current === undefined
      ? answers.ask({ text: input.text, options, conversationId: input.conversationId, parentId: input.parentId }, signal)
      : answers.regenerate({ conversationId: current.conversationId, userMessageId: current.userMessageId, options }, signal);
    for await (const event of stream) {
      if (event.type === "accepted") {
        const known = current;
        current = await comparisons.put(withAnswer(known ?? begun(input, event), place, event.assistantId));
        if (!known) emit({ type: "started", comparison: current });
      }
      emit({ type: "answer", contender: place, event });
    }
    signal.throwIfAborted();
  }
  if (current) emit({ type: "done", comparison: current });
}

/** Keeps a choice, or takes it back; the first one reveals the names, the chosen answer becomes the one the conversation goes on from. @throws LorekeepError NOT_FOUND, INVALID */
export async function choose(id: string, winner: Verdict["winner"] | undefined, { answers, comparisons }: CompareMeans): Promise<Comparison> {
  const { verdict: _before, ...known } = comparisons.get(id);
  if (winner === undefined) return comparisons.put(known);
  if (typeof winner === "number") {
    const assistantId = known.contenders[winner]?.assistantId;
    if (assistantId === undefined) throw new LorekeepError("INVALID", { reason: "That contender has not answered.", field: "winner" });
    await answers.conversations.update(known.conversationId, { head: assistantId }).catch(unlessGone);
  }
  return comparisons.put({ ...known, blind: false, verdict: { winner, blind: known.blind, time: new Date().toISOString() } });
}

/** Places in the order they answer: contenders of one model in a row, and within it those of the same adapters, else as they were given. */
export function runOrder(contenders: readonly Contender[]): number[] {
  const firstOf = new Map<string, number>();
  const rank = (key: string, place: number) => firstOf.get(key) ?? (firstOf.set(key, place), place);
  return contenders
    .map(({ options }, place) => ({ place, model: rank(`model ${options.modelId ?? ""}`, place), adapters: rank(`adapters ${options.modelId ?? ""} ${JSON.stringify(options.adapters)}`, place) }))
    .sort((a, b) => a.model - b.model || a.adapters - b.adapters || a.place - b.place)
    .map(({ place }) => place);
}

function begun({ text, contenders, blind }: CompareRequest, { conversationId, user }: Extract<AnswerEvent, { type: "accepted" }>): Comparison {
  return { id: randomUUID(), conversationId, userMessageId: user.id, question: text, created: user.created, blind, contenders };
}

function withAnswer(one: Comparison, place: number, assistantId: string): Comparison {
  return { ...one, contenders: one.contenders.map((known, i) => (i === place ? { ...known, assistantId } : known)) };
}

function distinct(contenders: readonly Contender[]): void {
  if (new Set(contenders.map(({ name }) => name)).size < contenders.length) throw new LorekeepError("INVALID", { reason: "Two contenders have the same name.", next: "Give each a name of its own.", field: "contenders" });
}

/** A conversation that was removed meanwhile takes nothing from the choice. */
function unlessGone(error: unknown): void {
  if (!(error instanceof LorekeepError && error.code === "NOT_FOUND")) throw error;
}

function at(contenders: readonly Contender[], place: number): Contender {
  const found = contenders[place];
  if (!found) throw new RangeError(`There is no contender ${place}`);
  return found;
}
