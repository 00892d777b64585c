import { LorekeepError } from "../../base/errors.ts";
import type { Conversation, Message } from "../../contract/answers.ts";

/** The messages from the beginning to this one, it included. A parent that is not there ends the way. */
export function pathTo(tree: readonly Message[], messageId: string | null): Message[] {
  const byId = new Map(tree.map((message) => [message.id, message]));
  const path: Message[] = [];
  let at = messageId === null ? undefined : byId.get(messageId);
  while (at && path.length < tree.length) {
    path.push(at);
    at = at.parentId === null ? undefined : byId.get(at.parentId);
  }
  return path.reverse();
}

/** The message a new question follows. @throws LorekeepError NOT_FOUND */
export function parentFor(conversation: Conversation, parentId: string | null | undefined): string | null {
  if (parentId === undefined) return conversation.head;
  if (parentId !== null) findMessage(conversation, parentId, "parentId");
  return parentId;
}

/** @throws LorekeepError NOT_FOUND naming the field */
export function findMessage(conversation: Conversation, messageId: string, field: string): Message {
  const found = conversation.tree.find((message) => message.id === messageId);
  if (!found) throw new LorekeepError("NOT_FOUND", { reason: "There is no such message in this conversation.", field });
  return found;
}

const TITLE_LENGTH = 60;

/** The first line of the first question, cut at a word. */
export function titleFrom(question: string): string {
  const line = question.split("\n").map((one) => one.trim()).find((one) => one !== "") ?? "";
  if (line.length <= TITLE_LENGTH) return line;
  const cut = line.slice(0, TITLE_LENGTH);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), TITLE_LENGTH / 2)).trimEnd()}…`;
}
