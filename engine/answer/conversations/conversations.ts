import { randomUUID } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fromFileSystem, LorekeepError } from "../../base/errors.ts";
import type { AnswerOptions, Conversation, Message } from "../../contract/answers.ts";
import { fold } from "../words/terms.ts";
import { ConversationFile } from "./conversation-file.ts";
import { apply, replay, summaryOf, UNTITLED, type ConversationRecord, type ConversationSummary } from "./records.ts";
import { titleFrom } from "./tree.ts";

export interface ConversationsOptions {
  /** The folder of the files; made when the first conversation is. */
  readonly folder: string;
  /** Options of a conversation that was given none. */
  readonly defaults: () => AnswerOptions;
  readonly onChange: (id: string) => void;
  /** Told what a person should know about files that could not be read. */
  readonly onNotice: (text: string) => void;
}

export interface ConversationChange {
  readonly title?: string | undefined;
  readonly options?: AnswerOptions | undefined;
  readonly head?: string | undefined;
  readonly unlocked?: boolean | undefined;
}

interface Entry { readonly file: ConversationFile; summary: ConversationSummary; searchable: string }

/** All conversations, one file each. Lists and searches stand in memory; the messages are read when they are asked for. */
export class Conversations {
  private readonly options: ConversationsOptions;
  private loading: Promise<Map<string, Entry>> | undefined;

  constructor(options: ConversationsOptions) {
    this.options = options;
  }

  /** Latest first. `text` must stand, in any case and accents, in the title or a message. */
  async list(text?: string): Promise<ConversationSummary[]> {
    const wanted = fold(text?.trim() ?? "");
    const all = [...(await this.entries()).values()].filter((entry) => wanted === "" || entry.searchable.includes(wanted));
    return all.map((entry) => entry.summary).sort((a, b) => (a.updated < b.updated ? 1 : a.updated > b.updated ? -1 : a.id < b.id ? -1 : 1));
  }

  /** @throws LorekeepError NOT_FOUND */
  async get(id: string): Promise<Conversation> {
    const { file } = await this.entry(id);
    const content = await file.read();
    const read = content === undefined ? undefined : replay(content, this.options.defaults());
    if (!read) throw notFound();
    return read.conversation;
  }

  async create(given: { title?: string | undefined; options?: AnswerOptions | undefined } = {}): Promise<Conversation> {
    const id = randomUUID();
    const time = now();
    const file = new ConversationFile(this.pathOf(id));
    const lines: ConversationRecord[] = [
      { type: "conversation", version: 1, id, created: time },
      { type: "options", options: given.options ?? this.options.defaults(), time },
      ...(given.title === undefined ? [] : [{ type: "title" as const, title: given.title, time }]),
    ];
    const entries = await this.entries();
    await file.append(...lines);
    const read = replay(`${lines.map((line) => JSON.stringify(line)).join("\n")}\n`, this.options.defaults());
    if (!read) throw new LorekeepError("INTERNAL", "A new conversation could not be read back.");
    entries.set(id, { file, summary: summaryOf(read.conversation), searchable: fold(read.conversation.title) });
    this.options.onChange(id);
    return read.conversation;
  }

  /** @throws LorekeepError NOT_FOUND */
  async update(id: string, change: ConversationChange): Promise<ConversationSummary> {
    const time = now();
    if (change.head !== undefined && !(await this.get(id)).tree.some((message) => message.id === change.head)) {
      throw new LorekeepError("NOT_FOUND", { reason: "There is no such message in this conversation.", field: "head" });
    }
    const lines: ConversationRecord[] = [];
    if (change.title !== undefined) lines.push({ type: "title", title: change.title, time });
    if (change.options !== undefined) lines.push({ type: "options", options: change.options, time });
    if (change.unlocked !== undefined) lines.push({ type: "unlocked", unlocked: change.unlocked, time });
    if (change.head !== undefined) lines.push({ type: "head", head: change.head });
    return this.append(id, lines);
  }

  /** Adds a message; it becomes the head. The first question gives the conversation its title, unless it has one. */
  async add(id: string, message: Message): Promise<void> {
    const entry = await this.entry(id);
    const titled = entry.summary.messages > 0 || message.role !== "user" || entry.summary.title !== UNTITLED;
    await this.append(id, [{ type: "message", message }, ...(titled ? [] : [{ type: "title" as const, title: titleFrom(message.text), time: message.created }])]);
  }

  async remove(id: string): Promise<void> {
    const { file } = await this.entry(id);
    await file.remove();
    (await this.entries()).delete(id);
    this.options.onChange(id);
  }

  private async append(id: string, lines: readonly ConversationRecord[]): Promise<ConversationSummary> {
    const entry = await this.entry(id);
    if (lines.length > 0) await entry.file.append(...lines);
    const before = { ...entry.summary, options: this.options.defaults(), unlocked: false, head: null, tree: [] };
    entry.summary = summaryOf(lines.reduce(apply, before));
    for (const line of lines) entry.searchable += `\n${searchable(line)}`;
    if (lines.length > 0) this.options.onChange(id);
    return entry.summary;
  }

  private async entry(id: string): Promise<Entry> {
    const entry = (await this.entries()).get(id);
    if (!entry) throw notFound();
    return entry;
  }

  private entries(): Promise<Map<string, Entry>> {
    this.loading ??= this.load().catch((error: unknown) => {
      this.loading = undefined;
      throw error;
    });
    return this.loading;
  }

  private async load(): Promise<Map<string, Entry>> {
    const { folder } = this.options;
    const entries = new Map<string, Entry>();
    try {
      await mkdir(folder, { recursive: true });
      for (const name of (await readdir(folder)).filter((one) => one.endsWith(".jsonl")).sort()) {
        const entry = await this.open(new ConversationFile(join(folder, name)));
        if (entry) entries.set(entry.summary.id, entry);
      }
    } catch (error) {
      throw fromFileSystem(error, folder);
    }
    return entries;
  }

  private async open(file: ConversationFile): Promise<Entry | undefined> {
    const content = (await file.read()) ?? "";
    const read = replay(content, this.options.defaults());
    if (!read || this.pathOf(read.conversation.id) !== file.path) {
      this.options.onNotice(`A conversation could not be read and was set aside: ${await file.setAside()}`);
      return undefined;
    }
    const { conversation, unreadable } = read;
    if (unreadable > 0) this.options.onNotice(`${unreadable} line${unreadable === 1 ? "" : "s"} of the conversation “${conversation.title}” could not be read and ${unreadable === 1 ? "is" : "are"} left out; the file is as it was: ${file.path}`);
    return { file, summary: summaryOf(conversation), searchable: fold([conversation.title, ...conversation.tree.map((message) => message.text)].join("\n")) };
  }

  private pathOf(id: string): string {
    return join(this.options.folder, `${id}.jsonl`);
  }
}

function searchable(line: ConversationRecord): string {
  if (line.type === "message") return fold(line.message.text);
  return line.type === "title" ? fold(line.title) : "";
}

function notFound(): LorekeepError {
  return new LorekeepError("NOT_FOUND", { reason: "There is no such conversation.", field: "id" });
}

function now(): string {
  return new Date().toISOString();
}
