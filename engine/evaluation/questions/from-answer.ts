import { findMessage, pathTo } from "../../answer/conversations/tree.ts";
import { saidIn } from "../../answer/context/history.ts";
import { LorekeepError } from "../../base/errors.ts";
import type { AssistantMessage, Conversation, Message } from "../../contract/answers.ts";
import type { KnownQuestion } from "../../contract/questions.ts";
import { claimsAnything, saidBy } from "../score/facts.ts";

/** A longer answer is no fact to look for; the words it cites are. */
const LONGEST_ANSWER = 300;

/**
 * The known question of an answer that a person found right: the question with the exchanges before it; of the answer what can be checked:
 * its text where it is short, the document and the words it cites first, "cannot be answered" where it said so.
 * @param answer in place of the answer's text. @throws LorekeepError NOT_FOUND, INVALID
 */
export function questionFromAnswer(conversation: Conversation, messageId: string, answer?: string): KnownQuestion {
  const message = findMessage(conversation, messageId, "messageId");
  if (message.role !== "assistant" || message.state !== "complete") throw new LorekeepError("INVALID", { reason: "Only an answer that came to its end can become a known question.", field: "messageId" });
  const path = pathTo(conversation.tree, message.parentId);
  const asked = path.at(-1);
  if (asked?.role !== "user") throw new LorekeepError("INVALID", { reason: "The answer's question is not there any more.", field: "messageId" });
  const history = exchangesOf(path.slice(0, -1));
  return { id: message.id, question: asked.text, ...(history.length > 0 ? { history } : {}), ...expectationsOf(message, answer) };
}

function expectationsOf(message: AssistantMessage, answer: string | undefined): Partial<KnownQuestion> {
  if (message.text.trim() !== "" && answer === undefined && !claimsAnything(message.text, message.sentences)) return { unanswerable: true };
  const said = answer ?? saidBy(message.text).trim();
  const citation = message.sentences.flatMap(({ citations }) => citations)[0];
  const source = citation && message.sources.find(({ number }) => number === citation.source);
  const expected: Partial<KnownQuestion> = {
    ...(said.length > 0 && said.length <= LONGEST_ANSWER ? { expectAnswers: [said] } : {}),
    ...(source ? { expectDocument: source.passage.path, expectPhrase: citation.text } : {}),
  };
  if (Object.keys(expected).length === 0) throw new LorekeepError("INVALID", { reason: said === "" ? "This answer is empty." : "This answer is too long to be looked for, and cites nothing.", next: "Say in a few words what a right answer must hold.", field: "answer" });
  return expected;
}

function exchangesOf(path: readonly Message[]): NonNullable<KnownQuestion["history"]> {
  return path.flatMap((message, i) => {
    const next = path[i + 1];
    return message.role === "user" && next?.role === "assistant" && next.text.trim() !== "" ? [{ question: message.text, answer: saidIn(next) }] : [];
  }).slice(-20);
}
