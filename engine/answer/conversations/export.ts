import type { AssistantMessage, Conversation, Message } from "../../contract/answers.ts";
import { fileName } from "../write/frame.ts";
import { pathTo } from "./tree.ts";

export interface Exported { readonly name: string; readonly content: string }

/** Markdown holds the branch a person looked at last, as they read it; JSON holds everything. */
export function exportConversation(conversation: Conversation, format: "markdown" | "json"): Exported {
  const name = conversation.title.replace(/[^\p{L}\p{N} _-]+/gu, "").trim().slice(0, 80) || "conversation";
  if (format === "json") return { name: `${name}.json`, content: `${JSON.stringify(conversation, null, 2)}\n` };
  return { name: `${name}.md`, content: markdown(conversation) };
}

function markdown(conversation: Conversation): string {
  const path = pathTo(conversation.tree, conversation.head);
  const elsewhere = conversation.tree.length - path.length;
  const note = elsewhere > 0 ? [`*${elsewhere} message${elsewhere === 1 ? "" : "s"} on other branches: see the JSON export.*`] : [];
  return `${[`# ${conversation.title}`, `*${conversation.created.slice(0, 10)}*`, ...note, ...path.map(section)].join("\n\n")}\n`;
}

function section(message: Message): string {
  return message.role === "user" ? `## Question\n\n${message.text}` : answer(message);
}

function answer(message: AssistantMessage): string {
  const parts = [`## Answer`, `*${madeWith(message)}*`, ...(message.text === "" ? [] : [message.text])];
  if (message.state === "stopped") parts.push("*Stopped.*");
  if (message.error) parts.push(`*Failed: ${[message.error.reason, message.error.next].filter(Boolean).join(" ")}*`);
  const unsupported = message.sentences.filter((sentence) => sentence.flags.includes("unsupported"));
  if (unsupported.length > 0) parts.push(`Not supported by a source:\n\n${unsupported.map((sentence) => `- ${sentence.text}`).join("\n")}`);
  if (message.sources.length > 0) parts.push(`### Sources\n\n${message.sources.map((source) => sourceLines(source, message)).join("\n")}`);
  return parts.join("\n\n");
}

function madeWith({ trace }: AssistantMessage): string {
  const adapters = trace.adapters.map((adapter) => `adapter ${adapter.name} × ${adapter.scale}`);
  return [`Mode: ${trace.mode}`, ...(trace.model ? [trace.model.name] : []), ...adapters].join(" · ");
}

/** The source, and under it the words that sentences of the answer rest on. */
function sourceLines(source: AssistantMessage["sources"][number], message: AssistantMessage): string {
  const { path, page, headingPath } = source.passage;
  const place = [fileName(path), ...headingPath.slice(-1), ...(page === undefined ? [] : [`page ${page}`])].join(", ");
  const words = message.sentences.flatMap((sentence) => sentence.citations).filter((citation) => citation.source === source.number).map((citation) => citation.text.replace(/\s+/g, " "));
  return [`- [${source.number}] ${place} (${path})`, ...[...new Set(words)].map((text) => `  > ${text}`)].join("\n");
}
