import { ArrowUp, MessagesSquare, Scale, Square } from "lucide-react";
import { useEffect, useMemo, type KeyboardEvent } from "react";
import type { AssistantMessage, Comparison, Preference } from "../../engine/contract/index.ts";
import { go } from "../app/route.ts";
import { useShortcuts } from "../app/shortcuts.ts";
import { useAutosize } from "../chat/autosize.ts";
import { useConversation } from "../chat/conversation.ts";
import { useChat, useChatState } from "../chat/state.tsx";
import { Button, EmptyState, ErrorState, Switch, Tooltip, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useDocumentCounts, useEngineQuery, useModels } from "../engine/queries.ts";
import { SidePanel } from "../sources/SidePanel.tsx";
import { AnswerColumn, type ShownState } from "./AnswerColumn.tsx";
import { ContenderBar } from "./ContenderBar.tsx";
import { contendersOf, LEAST, letter, shuffled, usualEntries } from "./contenders.ts";
import { History } from "./History.tsx";
import { useCompare, useCompareState, type Column } from "./state.tsx";
import css from "./compare.module.css";

/** One message, several answers side by side. `id`: a comparison that was made before. */
export function CompareScreen({ id }: { id: string | undefined }) {
  const { store } = useChat();
  const panel = useChatState((state) => state.panel);
  const shown = useShown(id);
  const message = shown?.columns.flatMap((column) => (column.message ? [column.message] : [])).find((one) => one.id === panel?.messageId);
  useEffect(() => { store.setState({ panel: undefined }); }, [id, store]);
  useShortcuts(useMemo(() => ({ Escape: () => store.setState({ panel: undefined }) }), [store]));
  return (
    <>
      <div className={css.screen}>
        <header className={css.header}><div><h1>Compare</h1><p>One message to several corners, models or versions, side by side.</p></div><History current={id} /></header>
        <Ask />
        {shown ? <Answers key={shown.comparison?.id ?? "new"} shown={shown} /> : id === undefined ? <Empty /> : <Lost id={id} />}
      </div>
      {panel && message ? <SidePanel panel={panel} message={message} /> : null}
    </>
  );
}

interface Shown { readonly question: string; readonly columns: readonly Column[]; readonly comparison: Comparison | undefined; readonly blind: boolean; readonly state: ShownState; readonly failure: unknown }

/** The run of this window, else the comparison as it was kept. */
function useShown(id: string | undefined): Shown | undefined {
  const run = useCompareState((state) => state.run);
  const kept = useKept(id);
  const { data: conversation, isError } = useConversation(kept?.conversationId);
  const live = run && (id === undefined ? run.comparison === undefined : run.comparison?.id === id) ? run : undefined;
  return useMemo<Shown | undefined>(() => {
    if (live?.running) return { ...live, state: "running" };
    if (!kept) return live && { ...live, state: "over" };
    const answer = (assistantId: string | undefined) => conversation?.tree.find((one): one is AssistantMessage => one.role === "assistant" && one.id === assistantId);
    const columns = kept.contenders.map(({ name, assistantId }, place): Column => {
      // What came in this window stands until the kept conversation is asked for again.
      const seen = live?.columns[place];
      const message = answer(assistantId) ?? seen?.message;
      return { name, begun: assistantId !== undefined || seen?.begun === true, step: undefined, sources: message?.sources ?? [], text: message?.text ?? seen?.text ?? "", message };
    });
    return { question: kept.question, columns, comparison: kept, blind: kept.blind, state: isError ? "lost" : "over", failure: live?.failure };
  }, [live, kept, conversation, isError]);
}

function useKept(id: string | undefined): Comparison | undefined {
  return useEngineQuery<Comparison>(["comparisons", "get", id], (engine, signal) => engine.compare.get({ id: id ?? "" }, { signal }), { enabled: id !== undefined }).data;
}

function Ask() {
  const { store, start, stop } = useCompare();
  const { data: shelf = [] } = useModels();
  const { text, entries: chosen, blind, run } = useCompareState((state) => state);
  const entries = useMemo(() => chosen ?? usualEntries(shelf), [chosen, shelf]);
  const box = useAutosize(text, 200);
  const busy = run?.running === true;
  const ready = text.trim() !== "" && entries.length >= LEAST && !busy;
  const send = () => {
    if (!ready) return;
    const contenders = contendersOf(entries, shelf);
    if (window.location.hash !== "#/compare") go("compare");
    start({ text: text.trim(), contenders: blind ? shuffled(contenders) : contenders, blind });
    store.setState({ text: "" });
  };
  const onKey = (event: KeyboardEvent) => { if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) { event.preventDefault(); send(); } };
  return (
    <form className={css.ask} aria-label="Ask all of them" onSubmit={(event) => { event.preventDefault(); send(); }}>
      <ContenderBar entries={entries} shelf={shelf} changed={chosen !== undefined} onChange={(next) => store.setState({ entries: next })} />
      <div className={css.box}>
        <textarea ref={box} rows={1} aria-label="Your message" data-composer="" placeholder="Ask all of them the same…" value={text} onChange={(event) => store.setState({ text: event.target.value })} onKeyDown={onKey} />
        {busy
          ? <Tooltip text="Stop"><button type="button" className={css.stop} aria-label="Stop" onClick={stop}><Square /></button></Tooltip>
          : <Tooltip text="Ask" keys="Enter"><button type="submit" className={css.send} aria-label="Ask" aria-disabled={!ready}><ArrowUp /></button></Tooltip>}
      </div>
      <div className={css.switches}><Switch label="Blind" hint="Hides who answered until you have chosen." checked={blind} onChange={(on) => store.setState({ blind: on })} /></div>
    </form>
  );
}

function Answers({ shown }: { shown: Shown }) {
  const engine = useEngine();
  const toasts = useToasts();
  const { store } = useCompare();
  const mark = useCompareState((state) => state.mark);
  const { comparison, columns, state } = shown;
  const preference = comparison?.preference;
  const hidden = shown.blind;
  const choosable = comparison !== undefined && state !== "running" && columns.filter(({ message }) => message?.state === "complete").length >= LEAST;
  const choose = (winner: Preference["winner"] | undefined) => {
    if (comparison) engine.compare.choose({ id: comparison.id, winner }).catch((error: unknown) => toasts.fail(error, "The choice could not be kept"));
  };
  return (
    <div className={css.answers}>
      <div className={css.question}><span>{shown.question}</span>{columns.filter(({ text }) => text !== "").length > 1 ? <Switch label={`Mark what is not in ${letter(0)}`} checked={mark} onChange={(on) => store.setState({ mark: on })} /> : null}</div>
      {shown.failure === undefined ? null : <ErrorState error={shown.failure} title="This could not be compared" compact />}
      <div className={css.columns} data-columns={columns.length}>
        {columns.map((column, place) => (
          <AnswerColumn key={place} place={place} column={column} state={state} hidden={hidden} against={mark && place > 0 ? columns[0]?.text : undefined} chosen={preference?.winner === place}
            onChoose={choosable && column.message?.state === "complete" ? () => choose(preference?.winner === place ? undefined : place) : undefined} />
        ))}
      </div>
      {choosable ? (
        <div className={css.preference} role="group" aria-label="Your choice">
          <Button size="s" aria-pressed={preference?.winner === "tie"} onClick={() => choose(preference?.winner === "tie" ? undefined : "tie")}>{preference?.winner === "tie" ? "✓ " : ""}Equally good</Button>
          <Button size="s" aria-pressed={preference?.winner === "none-good"} onClick={() => choose(preference?.winner === "none-good" ? undefined : "none-good")}>{preference?.winner === "none-good" ? "✓ " : ""}None is good</Button>
          <span className={css.hint}>{preference ? `Kept${preference.blind ? ", chosen blind" : ""}.` : hidden ? "The names are shown once you have chosen." : "Your choice is kept, and counts in the standings."}</span>
          {hidden ? null : <Button size="s" variant="ghost" icon={<MessagesSquare />} onClick={() => go("chat", comparison.conversationId)}>Go on in the chat</Button>}
        </div>
      ) : null}
    </div>
  );
}

/** Before the first comparison; without a model or documents, the way to them: Quotes alone has nobody to be held against. */
function Empty() {
  const { data: shelf } = useModels();
  const { data: counts } = useDocumentCounts();
  const model = !shelf || shelf.some(({ kind }) => kind === "model");
  const documents = counts?.indexed !== 0;
  const actions = model && documents ? undefined : <>{model ? null : <Button variant="primary" onClick={() => go("models")}>Add a model</Button>}{documents ? null : <Button onClick={() => go("library")}>Add documents</Button>}</>;
  return <EmptyState icon={<Scale />} title={model ? "Which way answers better?" : "Comparing needs a model"} actions={actions}>Ask once; every corner answers with the same question and the same documents. Choose the better answer, blind if you like, and the standings add up.</EmptyState>;
}

function Lost({ id }: { id: string }) {
  const { error, isLoading } = useEngineQuery<Comparison>(["comparisons", "get", id], (engine, signal) => engine.compare.get({ id }, { signal }));
  return error && !isLoading ? <ErrorState error={error} title="This comparison is not there any more" /> : null;
}
