import type { AssistantMessage, Message } from "../../contract/answers.ts";
import type { ChatTurn } from "../../workers/generator/contract.ts";
import { stripMarkers } from "../evidence/markers.ts";
import { modeParts } from "../modes.ts";

/** A question and its answer. History comes and goes in whole exchanges, so that roles always alternate. */
export type Exchange = readonly [user: ChatTurn, assistant: ChatTurn];

/** What an answer said, without its citation marks: [2] meant another source then. Without documents, brackets are no marks. */
export function saidIn({ text, trace }: Pick<AssistantMessage, "text" | "trace">): string {
  return modeParts[trace.mode].documents ? stripMarkers(text) : text;
}

/** The exchanges on the way to a message, oldest first. Questions without an answer are left out. */
export function exchanges(path: readonly Message[]): Exchange[] {
  const found: Exchange[] = [];
  path.forEach((message, i) => {
    const before = path[i - 1];
    if (message.role !== "assistant" || before?.role !== "user" || message.text.trim() === "") return;
    found.push([{ role: "user", text: before.text }, { role: "assistant", text: saidIn(message) }]);
  });
  return found;
}

/** The newest exchanges whose sizes fit the room together; the oldest are dropped first. */
export function trimHistory(all: readonly Exchange[], sizes: readonly number[], room: number): Exchange[] {
  let left = room;
  let from = all.length;
  while (from > 0 && (sizes[from - 1] ?? Infinity) <= left) {
    left -= sizes[from - 1] ?? 0;
    from--;
  }
  return all.slice(from);
}
