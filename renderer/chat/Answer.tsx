import { Check, CircleAlert, CircleStop, Copy, History, Info, RefreshCw } from "lucide-react";
import { memo, useMemo } from "react";
import type { AnswerMode, AssistantMessage } from "../../engine/contract/index.ts";
import { Badge, IconButton, Menu, MenuItem, MenuLabel } from "../design/index.ts";
import { milliseconds } from "../app/words.ts";
import { useCopy } from "../markdown/copy.ts";
import { AnswerScopeContext, type AnswerScope } from "./CitationChip.tsx";
import { AnswerText } from "./AnswerText.tsx";
import { pageOf, sourceName } from "./citations.ts";
import { VersionSwitch, type Versions } from "./Message.tsx";
import { FormatBadge } from "./FormatBadge.tsx";
import { modeName, modes, usesDocuments } from "./modes.ts";
import { NextStep } from "./NextStep.tsx";
import { QuotesAnswer } from "./QuotesAnswer.tsx";
import { KeepQuestion } from "../runs/KeepQuestion.tsx";
import { useChat, useChatState } from "./state.tsx";
import css from "./Message.module.css";

interface AnswerProps { conversationId: string | undefined; message: AssistantMessage; versions: Versions; onRegenerate(mode?: AnswerMode): void; busy: boolean }

export const Answer = memo(function Answer({ conversationId, message, versions, onRegenerate, busy }: AnswerProps) {
  const { trace } = message;
  const scope = useMemo<AnswerScope>(() => ({ messageId: message.id, sources: message.sources, sentences: message.sentences, grounded: usesDocuments(trace.mode) && message.sources.length > 0 }), [message, trace.mode]);
  return (
    <AnswerScopeContext value={scope}>
      <article className={css.answer} data-message={message.id} data-role="assistant" data-state={message.state} aria-label={`Answer, ${modeName(trace.mode)} mode`}>
        {trace.mode === "quotes" && message.sources.length > 0 ? <QuotesAnswer /> : message.text ? <AnswerText text={message.text} /> : null}
        {trace.withdrawn ? <Withdrawn withdrawn={trace.withdrawn} /> : null}
        {message.state === "stopped" ? <div className={css.stateLine}><CircleStop aria-hidden />Stopped{message.text ? " here." : " before the first word."}</div> : null}
        {message.state === "failed" ? <Failed message={message} onRetry={() => onRegenerate()} busy={busy} /> : null}
        {trace.mode === "quotes" ? null : <CitedSources message={message} />}
        {message.format ? <div className={css.stateLine} data-format={message.format.valid ? "valid" : "invalid"}><FormatBadge format={message.format} />{message.format.problem}</div> : null}
        <Footer conversationId={conversationId} message={message} versions={versions} onRegenerate={onRegenerate} busy={busy} />
      </article>
    </AnswerScopeContext>
  );
});

/** A person has seen it being written: what it was, and why it is gone. */
function Withdrawn({ withdrawn: { text, sources } }: { withdrawn: NonNullable<AssistantMessage["trace"]["withdrawn"]> }) {
  return (
    <details className={css.withdrawn}>
      <summary><History aria-hidden />Asked again: nothing of what was written first stood in the {sources} sources.</summary>
      <p>{text}</p>
    </details>
  );
}

function Failed({ message, onRetry, busy }: { message: AssistantMessage; onRetry(): void; busy: boolean }) {
  const error = message.error ?? { code: "INTERNAL", reason: "The answer could not be finished." };
  return (
    <div className={css.failed} role="alert">
      <CircleAlert aria-hidden />
      <div><div className={css.failedReason}>{error.reason}</div>{error.next ? <div>{error.next}</div> : null}</div>
      <NextStep code={error.code} onRetry={onRetry} busy={busy} />
    </div>
  );
}

function CitedSources({ message }: { message: AssistantMessage }) {
  const { store } = useChat();
  const cited = message.sources.filter((source) => message.sentences.some((sentence) => sentence.citations.some((citation) => citation.source === source.number)));
  if (cited.length === 0) return null;
  return (
    <ul className={css.sources} aria-label="Sources of this answer">
      {cited.map((source) => {
        const index = message.sentences.findIndex((sentence) => sentence.citations.some((citation) => citation.source === source.number));
        return (
          <li key={source.number}>
            <button type="button" className={css.source} onClick={() => store.setState({ panel: { kind: "source", messageId: message.id, source: source.number, citation: `${index}.${source.number}` } })}>
              <span className={css.sourceNumber}>{source.number}</span><span className={css.sourceName}>{sourceName(source)}</span>{source.passage.page ? <span className={css.sourcePage}>{pageOf(source)}</span> : null}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Footer({ conversationId, message, versions, onRegenerate, busy }: AnswerProps) {
  const { store } = useChat();
  const { copied, copy } = useCopy();
  const shown = useChatState(({ panel }) => panel?.kind === "trace" && panel.messageId === message.id);
  const { trace } = message;
  const adapters = trace.adapters.map((adapter) => `${adapter.name}${adapter.scale === 1 ? "" : ` × ${adapter.scale}`}`).join(", ");
  return (
    <footer className={css.footer}>
      <IconButton size="s" label={copied ? "Copied" : "Copy answer"} onClick={() => copy(message.text)}>{copied ? <Check /> : <Copy />}</IconButton>
      <Menu align="start" trigger={<IconButton size="s" label="Answer again" disabled={busy}><RefreshCw /></IconButton>}>
        <MenuItem icon={<RefreshCw />} onSelect={() => onRegenerate()}>Answer again</MenuItem>
        <MenuLabel>In another mode</MenuLabel>
        {modes.filter(({ mode }) => mode !== trace.mode).map((info) => <MenuItem key={info.mode} hint={info.line} onSelect={() => onRegenerate(info.mode)}>{info.name}</MenuItem>)}
      </Menu>
      <IconButton size="s" label="How this answer was made" active={shown} onClick={() => store.setState({ panel: shown ? undefined : { kind: "trace", messageId: message.id } })}><Info /></IconButton>
      {conversationId && message.state === "complete" ? <KeepQuestion conversationId={conversationId} message={message} /> : null}
      <VersionSwitch versions={versions} what="answer" />
      <span className={css.meta}>
        <Badge>{modeName(trace.mode)}</Badge>
        <span>{[trace.model?.name, adapters, milliseconds(trace.totalMs)].filter(Boolean).join(" · ")}</span>
      </span>
    </footer>
  );
}
