import { PanelLeftOpen, SquarePen } from "lucide-react";
import { useEffect, useMemo } from "react";
import type { AssistantMessage } from "../../engine/contract/index.ts";
import { go } from "../app/route.ts";
import { shownKeys, useShortcuts } from "../app/shortcuts.ts";
import { IconButton } from "../design/index.ts";
import { SidePanel } from "../sources/SidePanel.tsx";
import { ConversationList } from "./ConversationList.tsx";
import { useConversation } from "./conversation.ts";
import { useChat, useChatState, useLiveAnswer } from "./state.tsx";
import { Thread } from "./Thread.tsx";
import css from "./ChatScreen.module.css";

/** Conversations, the conversation, and what its answers rest on. `id` is the conversation; none: a new one. */
export function ChatScreen({ id }: { id: string | undefined }) {
  const { store, live } = useChat();
  const listOpen = useChatState((state) => state.listOpen);
  const panel = useChatState((state) => state.panel);
  const { data: conversation } = useConversation(id);
  const running = useLiveAnswer(id);
  const message = conversation?.tree.find((candidate): candidate is AssistantMessage => candidate.role === "assistant" && candidate.id === panel?.messageId);
  useEffect(() => { store.setState({ panel: undefined, editing: undefined }); }, [id, store]);
  // In a narrow window the list lies over the conversation and has done its part.
  useEffect(() => { if (id && window.innerWidth <= 900) store.setState({ listOpen: false }); }, [id, store]);
  useEffect(() => { document.title = conversation ? `${conversation.title} - Lorekeep` : "Lorekeep"; }, [conversation]);
  useShortcuts(useMemo(() => ({
    "Mod B": () => store.setState(({ listOpen: open }) => ({ listOpen: !open })),
    "/": () => document.querySelector<HTMLElement>("[data-composer]")?.focus(),
    Escape: () => {
      if (running && !running.refused) live.stop(running.key);
      else store.setState({ panel: undefined });
    },
  }), [store, live, running]));
  return (
    <>
      {listOpen ? <ConversationList current={id} /> : null}
      <div className={css.middle}>
        <header className={css.head}>
          {listOpen ? null : <><IconButton label="Show conversations" keys={shownKeys("Mod B")} onClick={() => store.setState({ listOpen: true })}><PanelLeftOpen /></IconButton><IconButton label="New conversation" keys={shownKeys("Alt N")} onClick={() => go("chat")}><SquarePen /></IconButton></>}
          {conversation ? <h1 className={css.title}>{conversation.title}</h1> : null}
        </header>
        <Thread conversationId={id} />
      </div>
      {panel && message ? <SidePanel panel={panel} message={message} conversationId={id} /> : null}
    </>
  );
}
