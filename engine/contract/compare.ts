import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { answerEvent, answerOptions } from "./answers.ts";
import { errorMap } from "./errors.ts";
import { id } from "./library.ts";

const base = oc.errors(errorMap);

/** One way to answer: a corner, or any mode, model and adapters. The name is what stands above its column. */
export const contender = z.object({ name: z.string().min(1).max(200), options: answerOptions });
export type Contender = z.infer<typeof contender>;

/** Which answer is the better one: its place among the contenders, or that none is. */
export const verdict = z.object({
  winner: z.union([z.number().int().nonnegative(), z.literal("tie"), z.literal("none-good")]),
  /** The names were hidden when it was chosen. */
  blind: z.boolean(),
  time: z.string(),
});
export type Verdict = z.infer<typeof verdict>;

/** One message that was answered in several ways. The answers themselves stand side by side in their conversation. */
export const comparison = z.object({
  id, conversationId: id, userMessageId: id, question: z.string(), created: z.string(),
  /** `assistantId` is absent until the contender has begun to answer. */
  contenders: z.array(contender.extend({ assistantId: id.optional() })),
  /** The names are hidden until a choice is made. */
  blind: z.boolean(),
  verdict: verdict.optional(),
});
export type Comparison = z.infer<typeof comparison>;

/** What became of the choices so far, by the contenders' names. `chosen` of `judged` comparisons it stood in; ties count for nobody. */
export const standing = z.object({ name: z.string(), judged: z.number().int(), chosen: z.number().int(), tied: z.number().int(), blind: z.number().int() });
export type Standing = z.infer<typeof standing>;

/** `started` comes first; then the events of each contender's answer, one contender after the other; `done` last. */
export const compareEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("started"), comparison }),
  z.object({ type: z.literal("answer"), contender: z.number().int().nonnegative(), event: answerEvent }),
  z.object({ type: z.literal("done"), comparison }),
]);
export type CompareEvent = z.infer<typeof compareEvent>;

const compareInput = z.object({
  conversationId: id.optional(), parentId: id.nullable().optional(),
  text: z.string().min(1).max(100000),
  contenders: z.array(contender).min(2).max(4),
  /** Hides who answered until the choice; the contenders are best given in a random order. */
  blind: z.boolean().default(false),
});
export type CompareInput = z.input<typeof compareInput>;
export type CompareRequest = z.output<typeof compareInput>;

export const compareContract = {
  /** Asks every contender the same. Closing the stream stops the one that writes; those behind it do not begin. */
  ask: base.input(compareInput).output(eventIterator(compareEvent)),
  /** Latest first. */
  list: base.output(z.array(comparison)),
  get: base.input(z.object({ id })).output(comparison),
  /** Keeps which answer was the better one; the conversation goes on from it. Absent winner: takes the choice back. */
  choose: base.input(z.object({ id, winner: verdict.shape.winner.optional() })).output(comparison),
  /** Forgets the comparison and its choice; the conversation stays. */
  remove: base.input(z.object({ id })).output(z.void()),
  standings: base.output(z.array(standing)),
};
