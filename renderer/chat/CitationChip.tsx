import { FileText } from "lucide-react";
import { HoverCard } from "radix-ui";
import { createContext, useContext, useState } from "react";
import type { AnswerSentence, Source } from "../../engine/contract/index.ts";
import { cx } from "../design/index.ts";
import { findGroup, pageOf, placeOf, quoteOf, sourceName } from "./citations.ts";
import { useChat, useChatState } from "./state.tsx";
import css from "./Citation.module.css";

/** The message that chips and sentences belong to. */
export interface AnswerScope { readonly messageId: string; readonly sources: readonly Source[]; readonly sentences: readonly AnswerSentence[]; readonly grounded: boolean }
export const AnswerScopeContext = createContext<AnswerScope>({ messageId: "", sources: [], sentences: [], grounded: false });

/** A numbered chip: hover or focus previews the quoted words, a click opens them in their document. */
export function CitationChip({ number, citation }: { number: number; citation?: string | undefined }) {
  const scope = useContext(AnswerScopeContext);
  const { store } = useChat();
  const open = useChatState(({ panel }) => panel?.kind === "source" && panel.messageId === scope.messageId && panel.source === number && panel.citation === citation);
  const [preview, setPreview] = useState(false);
  const source = scope.sources.find((candidate) => candidate.number === number);
  if (!source) return null;
  const group = findGroup(scope.sentences, citation);
  const quote = group ? quoteOf(group) : undefined;
  return (
    <HoverCard.Root openDelay={250} closeDelay={120} open={preview} onOpenChange={(next) => setPreview(next && !open)}>
      <HoverCard.Trigger asChild>
        <button type="button" className={cx(css.chip, open && css.chipOn)} data-citation={citation ?? ""} data-source={number} data-quote={quote} aria-pressed={open}
          aria-label={`Source ${number}: ${sourceName(source)}${source.passage.page ? `, ${pageOf(source)}` : ""}${quote ? `. “${quote}”` : ""}`}
          onClick={() => { setPreview(false); store.setState({ panel: { kind: "source", messageId: scope.messageId, source: number, citation } }); }}>{number}</button>
      </HoverCard.Trigger>
      <HoverCard.Portal>
        <HoverCard.Content className={css.card} side="top" sideOffset={6} collisionPadding={12}>
          <div className={css.cardHead}><FileText aria-hidden /><span className={css.cardName}>{sourceName(source)}</span></div>
          <blockquote className={css.quote}>{quote ?? source.text}</blockquote>
          <div className={css.cardPlace}>{placeOf(source) || source.passage.path}</div>
        </HoverCard.Content>
      </HoverCard.Portal>
    </HoverCard.Root>
  );
}
