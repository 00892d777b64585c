import { X } from "lucide-react";
import { useRef, type KeyboardEvent, type PointerEvent } from "react";
import type { AssistantMessage } from "../../engine/contract/index.ts";
import { useSearchAgain } from "../chat/again.ts";
import { TracePanel } from "../chat/TracePanel.tsx";
import { useChat, useChatState, type Panel } from "../chat/state.tsx";
import { IconButton, TabPanel, Tabs } from "../design/index.ts";
import { SourcePanel } from "./SourcePanel.tsx";
import css from "./SidePanel.module.css";

/** The panel on the right: the sources of one answer, and how that answer was made. */
export function SidePanel({ panel, message, conversationId }: { panel: Panel; message: AssistantMessage; /** Absent where the answer stands in none, and cannot be asked again. */ conversationId?: string | undefined }) {
  const again = useSearchAgain(conversationId, message);
  const { store } = useChat();
  const width = useChatState((state) => state.panelWidth);
  const close = () => {
    store.setState({ panel: undefined });
    document.querySelector<HTMLElement>("[data-composer]")?.focus();
  };
  const firstCitation = () => {
    const index = message.sentences.findIndex((sentence) => sentence.citations.length > 0);
    const source = message.sentences[index]?.citations[0]?.source ?? message.sources[0]?.number ?? 1;
    return { kind: "source" as const, messageId: message.id, source, citation: index < 0 ? undefined : `${index}.${source}` };
  };
  const tabs = [...(message.sources.length > 0 ? [{ value: "source" as const, label: "Sources" }] : []), { value: "trace" as const, label: "How this answer was made" }];
  return (
    <aside className={css.panel} style={{ width }} aria-label="Sources and trace" data-panel={panel.kind} onKeyDown={(event) => { if (event.key === "Escape" && !event.defaultPrevented) { event.preventDefault(); close(); } }}>
      <Resizer width={width} onChange={(panelWidth) => store.setState({ panelWidth })} />
      <IconButton label="Close panel" keys="Esc" className={css.close} onClick={close}><X /></IconButton>
      <Tabs label="About this answer" value={panel.kind} tabs={tabs} onChange={(kind) => store.setState({ panel: kind === "trace" ? { kind, messageId: message.id } : firstCitation() })}>
        <TabPanel value="source">{panel.kind === "source" ? <SourcePanel panel={panel} message={message} /> : null}</TabPanel>
        <TabPanel value="trace">{panel.kind === "trace" ? <TracePanel key={message.id} trace={message.trace} onAgain={again} /> : null}</TabPanel>
      </Tabs>
    </aside>
  );
}

const least = 360;
const most = () => Math.max(least, Math.min(1100, window.innerWidth - 520));

function Resizer({ width, onChange }: { width: number; onChange(width: number): void }) {
  const start = useRef<{ x: number; width: number }>(undefined);
  const set = (value: number) => onChange(Math.round(Math.max(least, Math.min(most(), value))));
  const down = (event: PointerEvent<HTMLDivElement>) => { event.currentTarget.setPointerCapture(event.pointerId); start.current = { x: event.clientX, width }; };
  const move = (event: PointerEvent) => { if (start.current) set(start.current.width + start.current.x - event.clientX); };
  const key = (event: KeyboardEvent) => {
    if (event.key === "ArrowLeft") set(width + 32);
    if (event.key === "ArrowRight") set(width - 32);
  };
  return <div className={css.resizer} role="separator" aria-orientation="vertical" aria-label="Width of the panel" aria-valuenow={width} aria-valuemin={least} aria-valuemax={most()} tabIndex={0} onPointerDown={down} onPointerMove={move} onPointerUp={() => { start.current = undefined; }} onKeyDown={key} />;
}
