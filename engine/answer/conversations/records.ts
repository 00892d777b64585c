import { z } from "zod";
import { answerOptions, message, type AnswerOptions, type Conversation, type conversationSummary, type Message } from "../../contract/answers.ts";
import { id } from "../../contract/library.ts";

/** The lines of a conversation's file. The first is the header; of each change the last one wins; messages are never rewritten. */
export const header = z.object({ type: z.literal("conversation"), version: z.literal(1), id, created: z.string() });
export const record = z.discriminatedUnion("type", [
  header,
  z.object({ type: z.literal("message"), message }),
  z.object({ type: z.literal("title"), title: z.string(), time: z.string() }),
  z.object({ type: z.literal("options"), options: answerOptions, time: z.string() }),
  z.object({ type: z.literal("head"), head: id }),
  z.object({ type: z.literal("unlocked"), unlocked: z.boolean(), time: z.string() }),
]);
export type ConversationRecord = z.infer<typeof record>;

export type ConversationSummary = z.infer<typeof conversationSummary>;

export const UNTITLED = "New conversation";

/** A conversation as its lines tell it. `unreadable` counts lines that are none of the above. */
export interface ReadConversation {
  readonly conversation: Conversation;
  readonly unreadable: number;
}

/**
 * Replays the lines. A last line without its line break is one that a crash cut short: it is left out and not counted.
 * @returns undefined where the header cannot be read: then it is no conversation.
 */
export function replay(content: string, defaults: AnswerOptions): ReadConversation | undefined {
  const lines = content.split("\n");
  lines.pop();
  const records = lines.filter((line) => line.trim() !== "").map(parseLine);
  const first = records[0];
  if (first?.type !== "conversation") return undefined;
  const start: Conversation = { id: first.id, title: UNTITLED, created: first.created, updated: first.created, messages: 0, options: defaults, unlocked: false, head: null, tree: [] };
  const readable = records.filter((one) => one !== undefined);
  return { conversation: readable.reduce(apply, start), unreadable: records.length - readable.length };
}

function parseLine(line: string): ConversationRecord | undefined {
  try {
    return record.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined; // Counted by the caller and told to the person.
  }
}

/** The conversation after one more line. */
export function apply(before: Conversation, line: ConversationRecord): Conversation {
  switch (line.type) {
    case "conversation": return before;
    case "message": return withMessage(before, line.message);
    case "title": return { ...before, title: line.title, updated: line.time };
    case "options": return { ...before, options: line.options, updated: line.time };
    case "head": return { ...before, head: line.head };
    case "unlocked": return { ...before, unlocked: line.unlocked, updated: line.time };
  }
}

function withMessage(before: Conversation, added: Message): Conversation {
  return { ...before, tree: [...before.tree, added], messages: before.messages + 1, head: added.id, updated: added.created };
}

export function summaryOf({ id: conversationId, title, created, updated, messages }: Conversation): ConversationSummary {
  return { id: conversationId, title, created, updated, messages };
}
