import { useContext, type ReactNode } from "react";
import type { Source } from "../../engine/contract/index.ts";
import { AnswerScopeContext, CitationChip } from "./CitationChip.tsx";
import { allGroups, placeOf, sourceName, within } from "./citations.ts";
import { useChat } from "./state.tsx";
import css from "./Citation.module.css";

/** Letters shown around the best words of a long passage. */
const around = 320;

/** Quotes mode: the passages themselves, each with its best sentences marked. */
export function QuotesAnswer() {
  const { sources } = useContext(AnswerScopeContext);
  return <ol className={css.quotes}>{sources.map((source) => <li key={source.number}><PassageCard source={source} /></li>)}</ol>;
}

function PassageCard({ source }: { source: Source }) {
  const { messageId, sentences } = useContext(AnswerScopeContext);
  const { store } = useChat();
  const marks = allGroups(sentences).filter((group) => group.source === source.number)
    .flatMap((group) => group.citations.flatMap((citation) => { const range = within(source, citation); return range ? [{ ...range, key: group.key }] : []; }))
    .sort((a, b) => a.start - b.start);
  const from = Math.max(0, (marks[0]?.start ?? 0) - around);
  const to = Math.min(source.text.length, (marks[marks.length - 1]?.end ?? 0) + around);
  const parts: ReactNode[] = [from > 0 ? "… " : ""];
  let at = from;
  for (const mark of marks) {
    if (mark.start < at) continue;
    parts.push(source.text.slice(at, mark.start), <mark key={mark.key} className={css.mark}>{source.text.slice(mark.start, mark.end)}</mark>, <CitationChip key={`${mark.key}-chip`} number={source.number} citation={mark.key} />);
    at = mark.end;
  }
  parts.push(source.text.slice(at, to), to < source.text.length ? " …" : "");
  return (
    <article className={css.passage} data-passage={source.number}>
      <header className={css.passageHead}>
        <button type="button" className={css.passageName} onClick={() => store.setState({ panel: { kind: "source", messageId, source: source.number, citation: marks[0]?.key } })}>{sourceName(source)}</button>
        <span className={css.passagePlace}>{placeOf(source)}</span>
      </header>
      <div className={css.passageText}>{parts}</div>
    </article>
  );
}
