import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import type { AnswerMode, AnswerOptions, Conversation, Message, UserMessage } from "../../engine/contract/index.ts";
import { answerOptionsOf, defined, type OptionsPatch } from "./options.ts";
import { useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useEngineQuery, useModels, useSettings } from "../engine/queries.ts";
import { effectiveOptions } from "./modes.ts";
import { useChat, useChatState, useLiveAnswer } from "./state.tsx";
import { newestLeaf, pathTo } from "./tree.ts";

export const useConversation = (id: string | undefined) => useEngineQuery<Conversation>(["conversations", "get", id], (engine, signal) => engine.conversations.get({ id: id ?? "" }, { signal }), { enabled: id !== undefined });

/** What the next message is asked with: chosen here, else the conversation's own, else the settings' default. */
export function useOptions(conversationId: string | undefined): { options: AnswerOptions; change(patch: OptionsPatch): void } {
  const { store } = useChat();
  const engine = useEngine();
  const toasts = useToasts();
  const chosen = useChatState((state) => state.options[conversationId ?? ""]);
  const { data: conversation } = useConversation(conversationId);
  const { data: settings } = useSettings();
  const options = useMemo(() => chosen ?? conversation?.options ?? answerOptionsOf(settings?.answers.defaultMode ?? "quotes"), [chosen, conversation?.options, settings?.answers.defaultMode]);
  const change = useCallback((patch: OptionsPatch) => {
    const next = defined<AnswerOptions>({ ...options, ...patch, mode: patch.mode ?? options.mode });
    store.setState(({ options: all }) => ({ options: { ...all, [conversationId ?? ""]: next } }));
    if (conversationId) engine.conversations.update({ id: conversationId, options: next }).catch((error: unknown) => toasts.fail(error, "The choice could not be kept"));
  }, [options, conversationId, store, engine, toasts]);
  return { options, change };
}

/** The messages in sight, with the answer that is being written; and what can be done with them. */
export function useThread(conversationId: string | undefined) {
  const { live } = useChat();
  const engine = useEngine();
  const queries = useQueryClient();
  const toasts = useToasts();
  const query = useConversation(conversationId);
  const { data: shelf } = useModels();
  const { options } = useOptions(conversationId);
  const running = useLiveAnswer(conversationId);
  const conversation = query.data;

  const messages = useMemo<Message[]>(() => threadOf(conversation, running), [conversation, running]);
  const ask = useCallback((text: string, parentId?: string | null) => live.start({ kind: "ask", conversationId, parentId, text, options: effectiveOptions(options, shelf) }), [live, conversationId, options, shelf]);
  const regenerate = useCallback((user: UserMessage, base: AnswerOptions, mode?: AnswerMode) => {
    if (conversationId) live.start({ kind: "regenerate", conversationId, user, options: effectiveOptions(mode ? { ...base, mode } : base, shelf) });
  }, [live, conversationId, shelf]);
  const show = useCallback((id: string) => {
    if (!conversation) return;
    const head = newestLeaf(conversation.tree, id);
    queries.setQueryData<Conversation>(["conversations", "get", conversation.id], { ...conversation, head });
    engine.conversations.update({ id: conversation.id, head }).catch((error: unknown) => toasts.fail(error));
  }, [conversation, engine, queries, toasts]);
  return { query, conversation, messages, running, ask, regenerate, show, stop: () => { if (running) live.stop(running.key); }, dismiss: () => { if (running) live.dismiss(running.key); } };
}

function threadOf(conversation: Conversation | undefined, running: ReturnType<typeof useLiveAnswer>): Message[] {
  const tree = conversation?.tree ?? [];
  if (!running?.user || running.refused) return pathTo(tree, conversation?.head ?? null);
  const known = tree.find((message) => message.id === running.assistantId);
  return known ? pathTo(tree, known.id) : [...pathTo(tree, running.user.parentId), running.user];
}
