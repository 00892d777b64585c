import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Mutex } from "../base/mutex.ts";
import { pump } from "../base/pump.ts";
import { LorekeepError } from "../base/errors.ts";
import type { AnswerEvent, AnswerOptions, AssistantMessage, Conversation, UserMessage } from "../contract/answers.ts";
import { answerQuestion } from "./answer-question.ts";
import { condense } from "./question/condense.ts";
import { Conversations } from "./conversations/conversations.ts";
import { exportConversation, type Exported } from "./conversations/export.ts";
import { findMessage, parentFor, pathTo } from "./conversations/tree.ts";
import { SearchCache } from "./find/find.ts";
import type { AnswerMeans } from "./means.ts";
import { prefetch, search, type PrefetchInput, type SearchInput, type SearchOutput } from "./find/search.ts";

export interface AnswersOptions extends Omit<AnswerMeans, "turn" | "searches"> {
  /** The workspace folder; conversations lie in its folder `conversations`. */
  readonly workspace: string;
  readonly onChange: (topic: "conversations", id: string) => void;
  /** Told what a person should know: a conversation that could not be read. */
  readonly onNotice: (level: "warning", text: string) => void;
}

export interface AskInput {
  readonly conversationId?: string | undefined;
  readonly parentId?: string | null | undefined;
  readonly text: string;
  readonly options: AnswerOptions;
}

/** Questions, answers and the conversations they stand in. */
export interface Answers {
  readonly conversations: Conversations;
  /** What answers are made with: the evaluation asks with the very same. */
  readonly means: AnswerMeans;
  /** Asks; the stream ends when the answer is kept. Leaving it, or aborting, stops the model. @throws LorekeepError NOT_FOUND */
  ask(input: AskInput, signal?: AbortSignal): AsyncGenerator<AnswerEvent, void, void>;
  /** Another answer to a question that is there. @throws LorekeepError NOT_FOUND, INVALID */
  regenerate(input: { conversationId: string; userMessageId: string; options: AnswerOptions }, signal?: AbortSignal): AsyncGenerator<AnswerEvent, void, void>;
  /** @returns false where no such answer is being made */
  stop(assistantId: string): boolean;
  search(input: SearchInput, signal?: AbortSignal): Promise<SearchOutput>;
  /** Does a search's work ahead of it; what fails is left to the search itself to say. */
  prefetch(input: PrefetchInput & { readonly conversationId?: string | undefined }, signal?: AbortSignal): Promise<{ ms: number }>;
  /** Stops what is being answered in it, waits for that, and deletes it. @throws LorekeepError NOT_FOUND */
  removeConversation(id: string): Promise<void>;
  export(id: string, format: "markdown" | "json"): Promise<Exported>;
  /** Stops what runs and waits until it is kept. */
  dispose(): Promise<void>;
}

export async function createAnswers(options: AnswersOptions): Promise<Answers> {
  return new AnswersInWorkspace(options);
}

type Emit = (event: AnswerEvent) => void;

class AnswersInWorkspace implements Answers {
  readonly conversations: Conversations;
  readonly means: AnswerMeans;
  private readonly running = new Map<string, { conversationId: string; stop: AbortController; done: Promise<void> }>();
  private disposed = false;

  constructor(options: AnswersOptions) {
    this.means = { ...options, turn: new Mutex(), searches: new SearchCache() };
    this.conversations = new Conversations({
      folder: join(options.workspace, "conversations"),
      defaults: () => ({ mode: options.settings().answers.defaultMode, adapters: [], filter: {}, sampling: {} }),
      onChange: (id) => options.onChange("conversations", id),
      onNotice: (text) => options.onNotice("warning", text),
    });
  }

  ask(input: AskInput, signal?: AbortSignal): AsyncGenerator<AnswerEvent, void, void> {
    return pump(async (emit, stop) => {
      const conversation = await this.conversationFor(input);
      const user: UserMessage = { id: randomUUID(), parentId: parentFor(conversation, input.parentId), role: "user", text: input.text, created: new Date().toISOString() };
      await this.conversations.add(conversation.id, user);
      await this.answer({ conversation: await this.conversations.get(conversation.id), user, options: input.options }, emit, stop);
    }, signal);
  }

  regenerate(input: { conversationId: string; userMessageId: string; options: AnswerOptions }, signal?: AbortSignal): AsyncGenerator<AnswerEvent, void, void> {
    return pump(async (emit, stop) => {
      const conversation = await this.conversations.get(input.conversationId);
      const user = findMessage(conversation, input.userMessageId, "userMessageId");
      if (user.role !== "user") throw new LorekeepError("INVALID", { reason: "Only a question can be answered again.", field: "userMessageId" });
      await this.answer({ conversation, user, options: input.options }, emit, stop);
    }, signal);
  }

  stop(assistantId: string): boolean {
    const run = this.running.get(assistantId);
    run?.stop.abort();
    return run !== undefined;
  }

  search(input: SearchInput, signal?: AbortSignal): Promise<SearchOutput> {
    return search(input, this.means, signal);
  }

  async prefetch({ conversationId, ...input }: PrefetchInput & { readonly conversationId?: string | undefined }, signal?: AbortSignal): Promise<{ ms: number }> {
    if (conversationId === undefined) return prefetch(input, this.means, signal);
    const { tree, head, unlocked } = await this.conversations.get(conversationId);
    return prefetch({ ...input, text: condense(input.text, pathTo(tree, head)).text, includePrivate: unlocked }, this.means, signal);
  }

  async export(id: string, format: "markdown" | "json"): Promise<Exported> {
    return exportConversation(await this.conversations.get(id), format);
  }

  async removeConversation(id: string): Promise<void> {
    await this.stopAll(({ conversationId }) => conversationId === id);
    await this.conversations.remove(id);
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await this.stopAll(() => true);
  }

  private async stopAll(which: (run: { conversationId: string }) => boolean): Promise<void> {
    const runs = [...this.running.values()].filter(which);
    for (const run of runs) run.stop.abort();
    await Promise.allSettled(runs.map((run) => run.done));
  }

  private conversationFor(input: AskInput): Promise<Conversation> {
    return input.conversationId === undefined ? this.conversations.create({ options: input.options }) : this.conversations.get(input.conversationId);
  }

  /** Registers the run, so that it can be stopped from elsewhere and waited for at the end. */
  private async answer(asked: Asked, emit: Emit, signal: AbortSignal): Promise<void> {
    if (this.disposed) throw new LorekeepError("BUSY", "Lorekeep is shutting down.");
    const assistantId = randomUUID();
    const stop = new AbortController();
    const done = this.run({ ...asked, assistantId }, emit, AbortSignal.any([signal, stop.signal]));
    this.running.set(assistantId, { conversationId: asked.conversation.id, stop, done });
    try {
      await done;
    } finally {
      this.running.delete(assistantId);
    }
  }

  private async run({ conversation, user, options, assistantId }: Asked & { assistantId: string }, emit: Emit, signal: AbortSignal): Promise<void> {
    emit({ type: "accepted", conversationId: conversation.id, user, assistantId });
    const question = { text: user.text, path: pathTo(conversation.tree, user.parentId), options, unlocked: conversation.unlocked };
    const answered = await answerQuestion(question, this.means, {
      step: (name) => emit({ type: "step", name }),
      sources: (sources, condensed) => emit({ type: "sources", sources: [...sources], ...(condensed === undefined ? {} : { condensed }) }),
      text: (text) => emit({ type: "text", text }),
      again: () => emit({ type: "again" }),
    }, signal);
    const message: AssistantMessage = { id: assistantId, parentId: user.id, role: "assistant", created: new Date().toISOString(), ...answered };
    await this.conversations.add(conversation.id, message);
    emit({ type: "done", message });
  }
}

interface Asked {
  readonly conversation: Conversation;
  readonly user: UserMessage;
  readonly options: AnswerOptions;
}
