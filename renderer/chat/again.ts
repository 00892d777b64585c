import type { AssistantMessage, UserMessage } from "../../engine/contract/index.ts";
import { useThread } from "./conversation.ts";
import { optionsOf } from "./modes.ts";
import type { SearchAgain } from "./SearchedFor.tsx";
import { useChat } from "./state.tsx";

/** Answers the message's question again, searched for differently; undefined while an answer is written. */
export function useSearchAgain(conversationId: string | undefined, message: AssistantMessage): SearchAgain | undefined {
  const { store } = useChat();
  const { conversation, regenerate, running } = useThread(conversationId);
  const user = conversation?.tree.find((other): other is UserMessage => other.role === "user" && other.id === message.parentId);
  if (!user || (running && !running.refused)) return undefined;
  return (change) => {
    store.setState({ panel: undefined });
    regenerate(user, { ...optionsOf(message, conversation?.options), ...change });
  };
}
