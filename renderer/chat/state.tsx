import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useState, type ReactNode } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { AnswerOptions } from "../../engine/contract/index.ts";
import { go } from "../app/route.ts";
import { useEngine } from "../engine/context.tsx";
import { createLive, type Live } from "./live.ts";

/** What stands in the panel on the right: a source of a message (its number, and which of the sentence's quotes), or the message's trace. */
export type Panel =
  | { kind: "source"; messageId: string; source: number; /** `${sentence}.${source}`; absent: the source as a whole. */ citation?: string | undefined }
  | { kind: "trace"; messageId: string };

interface ChatState {
  readonly panel: Panel | undefined;
  readonly listOpen: boolean;
  readonly panelWidth: number;
  /** Unsent text by conversation; "" is the new one. */
  readonly drafts: Readonly<Record<string, string>>;
  /** Options chosen in this window, by conversation; "" is the new one. */
  readonly options: Readonly<Record<string, AnswerOptions>>;
  /** The user message that is being edited in place. */
  readonly editing: string | undefined;
}

interface Chat { readonly live: Live; readonly store: StoreApi<ChatState> }
const ChatContext = createContext<Chat | undefined>(undefined);

/** Above the screens, so that drafts and running answers survive a look at the library. */
export function ChatProvider({ children }: { children: ReactNode }) {
  const engine = useEngine();
  const queries = useQueryClient();
  const [chat] = useState<Chat>(() => {
    const store = createStore<ChatState>(() => ({ panel: undefined, listOpen: window.innerWidth > 1000, panelWidth: 520, drafts: {}, options: {}, editing: undefined }));
    const live = createLive(engine, queries, (id) => {
      const fresh = store.getState().options[""];
      if (fresh) store.setState(({ options }) => ({ options: { ...options, [id]: fresh, "": forAnother(fresh) } }));
      const { hash } = window.location;
      if (hash === "" || hash === "#/" || hash === "#/chat") go("chat", id, { replace: true });
    });
    return { live, store };
  });
  return <ChatContext.Provider value={chat}>{children}</ChatContext.Provider>;
}

/** What the next new conversation begins with: who answers, and from what. Instructions, sampling and schema were set for the one. */
function forAnother({ systemPrompt: _, jsonSchema: __, jsonSchemaUse: ___, ...options }: AnswerOptions): AnswerOptions {
  return { ...options, sampling: {} };
}

export function useChat(): Chat {
  const chat = useContext(ChatContext);
  if (!chat) throw new Error("useChat needs ChatProvider above it");
  return chat;
}

export function useChatState<T>(select: (state: ChatState) => T): T {
  return useStore(useChat().store, select);
}

/** The answer being written in a conversation (undefined: the new one), if any. */
export function useLiveAnswer(conversationId: string | undefined) {
  return useStore(useChat().live.store, (state) => state.answers.find((answer) => answer.conversationId === conversationId));
}
