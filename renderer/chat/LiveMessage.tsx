import { CircleAlert, X } from "lucide-react";
import { useDeferredValue, useMemo } from "react";
import { IconButton } from "../design/index.ts";
import { AnswerText } from "./AnswerText.tsx";
import { AnswerScopeContext, type AnswerScope } from "./CitationChip.tsx";
import type { LiveAnswer } from "./live.ts";
import { NextStep } from "./NextStep.tsx";
import { stepWords } from "./steps.ts";
import css from "./Message.module.css";

/** An answer on its way: what is being done, then the words as they come. */
export function LiveMessage({ answer }: { answer: LiveAnswer }) {
  // Drawing Markdown may lag behind the words; typing and scrolling may not.
  const text = useDeferredValue(answer.text);
  const scope = useMemo<AnswerScope>(() => ({ messageId: answer.assistantId ?? answer.key, sources: answer.sources, sentences: [], grounded: false }), [answer.assistantId, answer.key, answer.sources]);
  return (
    <AnswerScopeContext value={scope}>
      <article className={css.answer} data-live="" aria-busy aria-label="Answer being written">
        {text ? <div className={css.writing}><AnswerText text={text} writing /></div> : null}
        {!text || (answer.step !== undefined && answer.step !== "generate") ? <div className={css.step}><span className={css.pulse} aria-hidden />{stepWords(answer.step)}</div> : null}
      </article>
    </AnswerScopeContext>
  );
}

/** The question was not taken. Nothing is lost: it stands here and can be sent again. */
export function RefusedMessage({ answer, onRetry, onDismiss }: { answer: LiveAnswer; onRetry(): void; onDismiss(): void }) {
  if (!answer.refused) return null;
  return (
    <div className={css.failed} role="alert" data-refused={answer.refused.code}>
      <CircleAlert aria-hidden />
      <div><div className={css.failedReason}>{answer.refused.reason}</div>{answer.refused.next ? <div>{answer.refused.next}</div> : null}</div>
      <NextStep code={answer.refused.code} onRetry={onRetry} />
      <IconButton size="s" label="Dismiss" onClick={onDismiss}><X /></IconButton>
    </div>
  );
}
