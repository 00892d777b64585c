import { ArrowDown } from "lucide-react";
import { useEffect, useRef } from "react";
import type { AnswerMode, AssistantMessage, Message, UserMessage } from "../../engine/contract/index.ts";
import { cx, ErrorState, Spinner } from "../design/index.ts";
import { Answer } from "./Answer.tsx";
import { Composer } from "./Composer.tsx";
import { useThread } from "./conversation.ts";
import { LiveMessage, RefusedMessage } from "./LiveMessage.tsx";
import { optionsOf } from "./modes.ts";
import { UserBubble, type Versions } from "./Message.tsx";
import { useChat, useChatState } from "./state.tsx";
import { useStickToEnd } from "./stick.ts";
import { siblingsOf } from "./tree.ts";
import { Welcome } from "./Welcome.tsx";
import css from "./Thread.module.css";

export function Thread({ conversationId }: { conversationId: string | undefined }) {
  const thread = useThread(conversationId);
  const { store } = useChat();
  const editing = useChatState((state) => state.editing);
  const { query, messages, running } = thread;
  const { scroller, content, away, toEnd } = useStickToEnd(conversationId);
  const busy = running !== undefined && !running.refused;
  const empty = messages.length === 0 && !running;

  const last = messages[messages.length - 1];
  const pinned = last?.role === "assistant" && last.trace.mode === "quotes" ? last.parentId : undefined;
  const versionsOf = (message: Message): Versions => {
    const siblings = siblingsOf(thread.conversation?.tree ?? [], message);
    return { at: Math.max(0, siblings.findIndex((sibling) => sibling.id === message.id)), ids: siblings.map((sibling) => sibling.id), go: thread.show };
  };
  const ask = (text: string, parentId?: string | null) => { thread.ask(text, parentId); toEnd(); };
  const editLast = () => {
    const last = messages.filter((message) => message.role === "user").pop();
    if (last && !busy) store.setState({ editing: last.id });
  };
  const userView = (message: UserMessage) => (
    <UserBubble message={message} versions={versionsOf(message)} editing={editing === message.id} busy={busy}
      onEdit={() => store.setState({ editing: message.id })} onCancel={() => store.setState({ editing: undefined })}
      onSubmit={(text) => { store.setState({ editing: undefined }); ask(text, message.parentId); }} />
  );
  const answerView = (message: AssistantMessage) => {
    const user = messages.find((other): other is UserMessage => other.id === message.parentId && other.role === "user");
    const again = (mode?: AnswerMode) => { if (user) { thread.regenerate(user, optionsOf(message, thread.conversation?.options), mode); toEnd(); } };
    return <Answer conversationId={conversationId} message={message} versions={versionsOf(message)} onRegenerate={again} busy={busy} />;
  };

  return (
    <section className={css.thread} aria-label="Conversation">
      <div ref={scroller} className={css.scroller} tabIndex={-1}>
        <div ref={content} className={cx(css.column, empty && css.columnEmpty)}>
          {query.isError ? <ErrorState title="This conversation could not be opened" error={query.error} onRetry={() => void query.refetch()} /> : null}
          {conversationId && query.isPending && messages.length === 0 ? <div className={css.loading}><Spinner label="Opening the conversation" /></div> : null}
          {!conversationId && empty ? <Welcome onAsk={ask} /> : null}
          {messages.map((message) => <div key={message.id} className={css.message} data-pin={message.id === pinned ? "" : undefined}>{message.role === "user" ? userView(message) : answerView(message)}</div>)}
          {running && !running.refused && !messages.some((message) => message.id === running.assistantId) ? (
            <>
              {running.user ? null : <div className={css.message}><Pending text={running.request.kind === "ask" ? running.request.text : ""} /></div>}
              <div className={css.message}><LiveMessage answer={running} /></div>
            </>
          ) : null}
          {running?.refused ? (
            <div className={css.message}>
              {running.request.kind === "ask" ? <Pending text={running.request.text} /> : null}
              <RefusedMessage answer={running} onDismiss={thread.dismiss} onRetry={() => { const { request } = running; thread.dismiss(); if (request.kind === "ask") ask(request.text, request.parentId); else thread.regenerate(request.user, request.options); }} />
            </div>
          ) : null}
        </div>
      </div>
      <div className={css.bottom}>
        {away ? <button type="button" className={css.toEnd} aria-label="To the latest message" onClick={() => toEnd(true)}><ArrowDown /></button> : null}
        <Composer key={conversationId ?? ""} conversationId={conversationId} busy={busy} onSend={(text) => ask(text)} onStop={thread.stop} onEditLast={editLast} />
      </div>
      <Announcer messages={messages} busy={busy} />
    </section>
  );
}

const Pending = ({ text }: { text: string }) => <div className={css.pending}>{text}</div>;

/** Tells a screen reader when writing begins, and reads the answer once it is whole: word by word would be noise. */
function Announcer({ messages, busy }: { messages: readonly Message[]; busy: boolean }) {
  const was = useRef(busy);
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!line.current || was.current === busy) return;
    was.current = busy;
    const last = messages[messages.length - 1];
    line.current.textContent = busy ? "The answer is being written." : last?.role === "assistant" ? `Answer: ${last.text}` : "";
  }, [busy, messages]);
  return <div ref={line} role="log" aria-live="polite" className={css.announcer} />;
}
