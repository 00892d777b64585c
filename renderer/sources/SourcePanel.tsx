import { ChevronLeft, ChevronRight, FolderSearch } from "lucide-react";
import { useMemo } from "react";
import type { AssistantMessage, CharRange } from "../../engine/contract/index.ts";
import { allGroups, findGroup, placeOf, quoteOf, sourceName } from "../chat/citations.ts";
import { useChat, type Panel } from "../chat/state.tsx";
import { useShortcuts } from "../app/shortcuts.ts";
import { cx, EmptyState, IconButton, Tooltip } from "../design/index.ts";
import { useEngineQuery } from "../engine/queries.ts";
import { shell } from "../engine/shell.ts";
import { DocumentView } from "./DocumentView.tsx";
import { RecognisedWords } from "./RecognisedMark.tsx";
import css from "./SourcePanel.module.css";

type SourceSelection = Extract<Panel, { kind: "source" }>;

/** One source of an answer in its document, with the quoted words marked; and the way to the answer's other citations. */
export function SourcePanel({ panel, message }: { panel: SourceSelection; message: AssistantMessage }) {
  const { store } = useChat();
  const source = message.sources.find((candidate) => candidate.number === panel.source);
  const group = findGroup(message.sentences, panel.citation);
  const groups = useMemo(() => allGroups(message.sentences), [message.sentences]);
  const at = groups.findIndex((candidate) => candidate.key === panel.citation);
  const ranges = useMemo<CharRange[]>(() => group?.citations.map((citation) => citation.range) ?? (source ? [source.range] : []), [group, source]);
  const confidence = useConfidence(source?.passage.documentId, ranges);
  const go = (step: number) => {
    const next = groups[at < 0 ? (step > 0 ? 0 : groups.length - 1) : at + step];
    if (next) store.setState({ panel: { kind: "source", messageId: message.id, source: next.source, citation: next.key } });
  };
  useShortcuts({ "]": () => go(1), "[": () => go(-1) });
  if (!source) return <EmptyState title="This source is not part of the answer">The model wrote a number that belongs to no source.</EmptyState>;
  const words = group ? quoteOf(group) : source.text;
  return (
    <section className={css.source} aria-label={`Source ${source.number}`} data-source-panel={source.number} data-citation={panel.citation ?? ""} data-highlight-text={words}>
      <div className={css.strip} role="group" aria-label="Sources of this answer">
        {message.sources.map((other) => (
          <Tooltip key={other.number} text={<>{sourceName(other)}{placeOf(other) ? ` · ${placeOf(other)}` : ""}</>}>
            <button type="button" className={cx(css.number, other.number === source.number && css.numberOn, !groups.some((candidate) => candidate.source === other.number) && css.numberUncited)} aria-label={`Source ${other.number}: ${sourceName(other)}`} aria-pressed={other.number === source.number}
              onClick={() => store.setState({ panel: { kind: "source", messageId: message.id, source: other.number, citation: groups.find((candidate) => candidate.source === other.number)?.key } })}>{other.number}</button>
          </Tooltip>
        ))}
        {groups.length > 1 ? (
          <span className={css.stepper}>
            <IconButton size="s" label="Previous citation" keys="[" disabled={at <= 0} onClick={() => go(-1)}><ChevronLeft /></IconButton>
            <span>{at < 0 ? "–" : at + 1} of {groups.length}</span>
            <IconButton size="s" label="Next citation" keys="]" disabled={at >= groups.length - 1} onClick={() => go(1)}><ChevronRight /></IconButton>
          </span>
        ) : null}
      </div>
      <header className={css.head}>
        <div className={css.titles}>
          <h2 className={css.title} title={source.passage.path}>{sourceName(source)}</h2>
          <div className={css.place}>{placeOf(source) || source.passage.path}</div>
          {confidence === undefined ? null : <RecognisedWords confidence={confidence} />}
        </div>
        {shell() && !/^https?:/.test(source.passage.path) ? <IconButton size="s" label="Show in folder" onClick={() => void shell()?.revealInFolder(source.passage.path)}><FolderSearch /></IconButton> : null}
      </header>
      {source.summary === undefined ? null : <details className={css.summary}><summary>The model saw its own summary of this source</summary><p>{source.summary}</p></details>}
      <DocumentView key={source.passage.documentId} documentId={source.passage.documentId} ranges={ranges} page={source.passage.page} />
    </section>
  );
}

/** How surely the least sure of the marked words were recognised; undefined where they are the document's own text. */
function useConfidence(documentId: string | undefined, ranges: readonly CharRange[]): number | undefined {
  const { data } = useEngineQuery(["documents", "recognised", documentId, ranges], (engine, signal) => engine.documents.recognised({ id: documentId ?? "", ranges: [...ranges] }, { signal }), { enabled: documentId !== undefined && ranges.length > 0 });
  const known = (data ?? []).filter((one) => one !== null);
  return known.length === 0 ? undefined : Math.min(...known);
}
