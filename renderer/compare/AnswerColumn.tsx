import { Check, CircleAlert, FileText, Info } from "lucide-react";
import { useMemo } from "react";
import type { AssistantMessage } from "../../engine/contract/index.ts";
import { count, milliseconds, plural } from "../app/words.ts";
import { AnswerText } from "../chat/AnswerText.tsx";
import { AnswerScopeContext, type AnswerScope } from "../chat/CitationChip.tsx";
import { usesDocuments } from "../chat/modes.ts";
import { QuotesAnswer } from "../chat/QuotesAnswer.tsx";
import { useChat } from "../chat/state.tsx";
import { stepWords } from "../chat/steps.ts";
import { Badge, Button, cx } from "../design/index.ts";
import { differences } from "./differences.ts";
import { letter } from "./contenders.ts";
import type { Column } from "./state.tsx";
import css from "./compare.module.css";

interface Props {
  place: number; column: Column;
  state: ShownState;
  /** The names are hidden, and so is everything that gives them away: sources, speeds. */
  hidden: boolean;
  /** Marked where it differs from this text. */
  against: string | undefined;
  chosen: boolean;
  /** Absent: nothing can be chosen now. */
  onChoose?: (() => void) | undefined;
}

export function AnswerColumn({ place, column, state, hidden, against, chosen, onChoose }: Props) {
  const name = hidden ? `Answer ${letter(place)}` : column.name;
  return (
    <section className={cx(css.column, chosen && css.chosen)} aria-label={name} data-contender={place} aria-busy={column.begun && !column.message}>
      <header className={css.columnHead}><span className={css.letter}>{letter(place)}</span><h2>{name}</h2>{chosen ? <Badge tone="good" icon={<Check />}>better</Badge> : null}</header>
      <div className={css.answer} tabIndex={0} role="region" aria-label={`Answer of ${name}`}><Words column={column} state={state} hidden={hidden} against={against} /></div>
      {column.message && !hidden ? <Figures message={column.message} /> : null}
      {onChoose ? <Button className={css.choose} onClick={onChoose} aria-pressed={chosen}>{chosen ? "Take the choice back" : "This one is better"}</Button> : null}
    </section>
  );
}

/** lost: kept, but its conversation was deleted. */
export type ShownState = "running" | "over" | "lost";

const markers = / ?\[\d+(?:, ?\d+)*\]/g;

function Words({ column, state, hidden, against }: Pick<Props, "column" | "state" | "hidden" | "against">) {
  const { message, text, sources, step, begun } = column;
  const scope = useMemo<AnswerScope>(() => ({
    messageId: message?.id ?? "", sources: message?.sources ?? sources, sentences: message?.sentences ?? [], grounded: message !== undefined && usesDocuments(message.trace.mode) && message.sources.length > 0,
  }), [message, sources]);
  if (message?.state === "failed") return <div className={css.failed} role="alert"><CircleAlert aria-hidden /><div>{message.error?.reason ?? "The answer could not be finished."}{message.error?.next ? <p>{message.error.next}</p> : null}</div></div>;
  if (text === "" && message) return <p className={css.hint}>{message.state === "stopped" ? "Stopped before the first word." : "An empty answer."}</p>;
  if (text === "" && state !== "running") return <p className={css.hint}>{begun ? (state === "lost" ? "Deleted with its conversation." : "Loading…") : "Not answered: the comparison ended before its turn."}</p>;
  if (text === "") return <p className={css.hint} data-waiting="">{begun ? (hidden ? "Answering…" : stepWords(step)) : "Waits for its turn."}</p>;
  const plain = text.replace(markers, "");
  if (against !== undefined) return <p className={css.plain}>{differences(against.replace(markers, ""), plain).map((piece, i) => (piece.own ? <mark key={i} data-own="">{piece.text}</mark> : piece.text))}</p>;
  if (hidden) return <p className={css.plain}>{plain}</p>;
  return <AnswerScopeContext value={scope}>{message?.trace.mode === "quotes" && message.sources.length > 0 ? <QuotesAnswer /> : <AnswerText text={text} writing={!message} />}</AnswerScopeContext>;
}

/** What is a sentence or a name, not a figure, gets the width of the column. */
const whole: ReadonlySet<string> = new Set(["Model", "Schema"]);

function Figures({ message }: { message: AssistantMessage }) {
  const { store } = useChat();
  const { trace, sources, sentences } = message;
  const unsupported = sentences.filter(({ flags }) => flags.includes("unsupported")).length;
  const rows: [string, string][] = [
    ["First word", trace.firstTokenMs === undefined ? "–" : milliseconds(trace.firstTokenMs)], ["In all", milliseconds(trace.totalMs)],
    ["Speed", trace.tokensPerSecond === undefined ? "–" : `${trace.tokensPerSecond.toFixed(1)} tokens/s`],
    ["Tokens", trace.tokens.prompt === undefined ? "–" : `${count(trace.tokens.prompt)} in, ${count(trace.tokens.completion ?? 0)} out`],
    ...(trace.model ? [["Model", [trace.model.name, ...trace.adapters.map(({ name, scale }) => `${name}${scale === 1 ? "" : ` × ${scale}`}`)].join(" + ")] as [string, string]] : []),
    ...(message.format ? [["Schema", message.format.valid ? "follows it" : `does not: ${message.format.problem ?? "another shape"}`] as [string, string]] : []),
    ...(unsupported > 0 ? [["Unsupported", plural(unsupported, "sentence")] as [string, string]] : []),
  ];
  return (
    <div className={css.figures}>
      <dl>{rows.map(([name, value]) => <div key={name} className={cx(whole.has(name) && css.wholeRow)}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <div className={css.links}>
        {sources.length > 0 ? <Button size="s" variant="ghost" icon={<FileText />} onClick={() => store.setState({ panel: { kind: "source", messageId: message.id, source: sources[0]?.number ?? 1 } })}>{plural(sources.length, "source")}</Button> : null}
        <Button size="s" variant="ghost" icon={<Info />} onClick={() => store.setState({ panel: { kind: "trace", messageId: message.id } })}>How it was made</Button>
      </div>
    </div>
  );
}
