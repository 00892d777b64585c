import { ArrowUp, Square } from "lucide-react";
import { useEffect, useMemo, type KeyboardEvent } from "react";
import { go } from "../app/route.ts";
import { Button, SegmentedControl, Tooltip } from "../design/index.ts";
import { useDocumentCounts, useModels } from "../engine/queries.ts";
import { useAutosize } from "./autosize.ts";
import { useOptions } from "./conversation.ts";
import { AdapterPicker } from "./AdapterPicker.tsx";
import { CollectionPicker } from "./CollectionPicker.tsx";
import { modes, obstacleOf, usesDocuments, usesModel, usesTune } from "./modes.ts";
import { ModelPicker } from "./ModelPickers.tsx";
import { OptionsPopover } from "./OptionsPopover.tsx";
import { usePrefetch } from "./prefetch.ts";
import { useChat, useChatState } from "./state.tsx";
import css from "./Composer.module.css";

interface ComposerProps { conversationId: string | undefined; busy: boolean; onSend(text: string): void; onStop(): void; onEditLast(): void }

export function Composer({ conversationId, busy, onSend, onStop, onEditLast }: ComposerProps) {
  const { store } = useChat();
  const text = useChatState((state) => state.drafts[conversationId ?? ""] ?? "");
  const setText = (value: string) => store.setState(({ drafts }) => ({ drafts: { ...drafts, [conversationId ?? ""]: value } }));
  const box = useAutosize(text, 260);
  const { options, change } = useOptions(conversationId);
  const { data: shelf } = useModels();
  const { data: counts } = useDocumentCounts();
  const obstacle = obstacleOf(options.mode, shelf, counts?.indexed);
  const blocked = obstacle !== undefined && !obstacle.advice;
  const ready = text.trim() !== "" && !busy && !blocked;
  const segments = useMemo(() => modes.map(({ mode, name, line }) => {
    const why = obstacleOf(mode, shelf, counts?.indexed);
    return { value: mode, label: name, hint: why ? `${line} ${why.reason}` : line, unavailable: why !== undefined && !why.advice };
  }), [shelf, counts?.indexed]);
  usePrefetch({ text, options, conversationId, blocked: busy || obstacle !== undefined });
  useEffect(() => { if (window.matchMedia("(pointer: fine)").matches) box.current?.focus(); }, [box]);

  const send = () => {
    if (!ready) return;
    onSend(text.trim());
    setText("");
  };
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); send(); }
    if (event.key === "ArrowUp" && text === "") { event.preventDefault(); onEditLast(); }
  };

  return (
    <form className={css.composer} aria-label="Ask" onSubmit={(event) => { event.preventDefault(); send(); }}>
      {obstacle ? (
        <div className={css.obstacle} role="status" data-obstacle={options.mode}>
          <span>{obstacle.reason}</span>
          <Button size="s" onClick={() => go(obstacle.screen)}>{obstacle.action}</Button>
          {blocked && options.mode !== "quotes" && counts && counts.indexed > 0 ? <Button size="s" variant="ghost" onClick={() => change({ mode: "quotes" })}>Use Quotes</Button> : null}
        </div>
      ) : null}
      <div className={css.box}>
        <textarea ref={box} className={css.text} rows={1} aria-label="Your question" data-composer="" placeholder={conversationId ? "Ask a follow-up…" : "Ask your documents…"} value={text} onChange={(event) => setText(event.target.value)} onKeyDown={onKey} />
        <div className={css.bar}>
          <SegmentedControl label="Answer mode" size="s" value={options.mode} onChange={(mode) => change({ mode })} segments={segments} />
          <div className={css.right}>
            <div className={css.choices}>
              {usesDocuments(options.mode) ? <CollectionPicker options={options} onChange={change} conversationId={conversationId} /> : null}
              {usesModel(options.mode) ? <ModelPicker options={options} onChange={change} /> : null}
              {usesTune(options.mode) ? <AdapterPicker options={options} onChange={change} /> : null}
              <OptionsPopover options={options} onChange={change} />
            </div>
            {busy
              ? <Tooltip text="Stop" keys="Esc"><button type="button" className={css.stop} aria-label="Stop" onClick={onStop}><Square /></button></Tooltip>
              : <Tooltip text="Ask" keys="Enter"><button type="submit" className={css.send} aria-label="Ask" aria-disabled={!ready}><ArrowUp /></button></Tooltip>}
          </div>
        </div>
      </div>
      <p className={css.line}>{modes.find((info) => info.mode === options.mode)?.line}</p>
    </form>
  );
}
