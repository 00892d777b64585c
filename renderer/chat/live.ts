import type { QueryClient } from "@tanstack/react-query";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { AnswerEvent, AnswerOptions, Conversation, EngineClient, Source, UserMessage } from "../../engine/contract/index.ts";
import { failureOf, type Failure } from "../engine/failure.ts";
import { withMessages } from "./tree.ts";

/** What was asked: a new message, or another answer to one that is there. */
export type Request =
  | { kind: "ask"; conversationId: string | undefined; parentId: string | null | undefined; text: string; options: AnswerOptions }
  | { kind: "regenerate"; conversationId: string; user: UserMessage; options: AnswerOptions };

/** An answer that is being written. `user` is absent until the engine has accepted the question. */
export interface LiveAnswer {
  readonly key: string;
  readonly request: Request;
  readonly conversationId: string | undefined;
  readonly user: UserMessage | undefined;
  readonly assistantId: string | undefined;
  readonly step: string | undefined;
  readonly sources: readonly Source[];
  readonly text: string;
  /** Refused before it began: nothing was stored; the question can be sent again. */
  readonly refused: Failure | undefined;
}

interface LiveState { readonly answers: readonly LiveAnswer[] }

/** Runs answers independently of what is on screen: one may look at the library while an answer is written. */
export interface Live {
  readonly store: StoreApi<LiveState>;
  start(request: Request): void;
  /** Closing the stream stops the model; what was written stays. */
  stop(key: string): void;
  dismiss(key: string): void;
}

export function createLive(engine: EngineClient, queries: QueryClient, onConversation: (id: string) => void): Live {
  const store = createStore<LiveState>(() => ({ answers: [] }));
  const running = new Map<string, AbortController>();
  let next = 0;
  const change = (key: string, patch: Partial<LiveAnswer>) => store.setState(({ answers }) => ({ answers: answers.map((answer) => (answer.key === key ? { ...answer, ...patch } : answer)) }));
  const dismiss = (key: string) => store.setState(({ answers }) => ({ answers: answers.filter((answer) => answer.key !== key) }));
  const get = (key: string) => store.getState().answers.find((answer) => answer.key === key);

  const run = async (key: string, request: Request, signal: AbortSignal) => {
    const text = batched((pending) => change(key, { text: (get(key)?.text ?? "") + pending, step: undefined }));
    const take = (event: AnswerEvent) => {
      if (event.type === "text") return text.add(event.text);
      text.flush();
      if (event.type === "accepted") {
        change(key, { conversationId: event.conversationId, user: event.user, assistantId: event.assistantId });
        if (request.conversationId === undefined) onConversation(event.conversationId);
      } else if (event.type === "again") change(key, { text: "" });
      else if (event.type === "step") change(key, { step: event.name });
      else if (event.type === "sources") change(key, { sources: event.sources });
      else {
        const user = get(key)?.user;
        const id = get(key)?.conversationId;
        queries.setQueryData<Conversation>(["conversations", "get", id], (now) => now && withMessages(now, user ? [user, event.message] : [event.message], event.message.id));
      }
    };
    for await (const event of await open(engine, request, signal)) take(event);
    text.flush();
  };

  return {
    store,
    dismiss,
    start(request) {
      const key = `live-${next++}`;
      const controller = new AbortController();
      running.set(key, controller);
      const user = request.kind === "regenerate" ? request.user : undefined;
      store.setState(({ answers }) => ({ answers: [...answers.filter((answer) => !(answer.refused && answer.conversationId === request.conversationId)), { key, request, conversationId: request.conversationId, user, assistantId: undefined, step: undefined, sources: [], text: "", refused: undefined }] }));
      run(key, request, controller.signal).then(() => undefined, (error: unknown) => failureOf(error)).then(async (failure) => {
        running.delete(key);
        const accepted = get(key)?.assistantId !== undefined;
        const id = get(key)?.conversationId;
        if (failure && failure.code !== "ABORTED" && !accepted) return change(key, { refused: failure });
        // Stopped, or cut off: the engine has what was written. Ask for it before the live text goes away.
        if (id && (failure || controller.signal.aborted)) await settle(queries, id, get(key)?.assistantId);
        dismiss(key);
      }).catch((error: unknown) => change(key, { refused: failureOf(error) }));
    },
    stop(key) {
      const id = get(key)?.assistantId;
      // Asking the engine lets the stream end in its own words; closing it works where that call cannot.
      if (id) engine.answers.stop({ assistantId: id }).catch(() => running.get(key)?.abort());
      else running.get(key)?.abort();
    },
  };
}

function open(engine: EngineClient, request: Request, signal: AbortSignal) {
  if (request.kind === "regenerate") return engine.answers.regenerate({ conversationId: request.conversationId, userMessageId: request.user.id, options: request.options }, { signal });
  return engine.answers.ask({
    text: request.text, options: request.options,
    ...(request.conversationId === undefined ? {} : { conversationId: request.conversationId }), ...(request.parentId === undefined ? {} : { parentId: request.parentId }),
  }, { signal });
}

/** The engine may need a moment to put a stopped answer away. */
async function settle(queries: QueryClient, conversationId: string, assistantId: string | undefined): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    await queries.refetchQueries({ queryKey: ["conversations", "get", conversationId] });
    const now = queries.getQueryData<Conversation>(["conversations", "get", conversationId]);
    if (!assistantId || now?.tree.some((message) => message.id === assistantId)) return;
    await new Promise((resolve) => setTimeout(resolve, 150 * 2 ** attempt));
  }
}

/** Tokens come faster than frames: hands them on once per frame. A hidden window draws no frames, hence the timer. */
function batched(hand: (text: string) => void) {
  let pending = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (pending) hand(pending);
    pending = "";
  };
  return { add: (text: string) => { pending += text; timer ??= setTimeout(flush, 33); }, flush };
}
