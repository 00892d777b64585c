import { Download, MoreHorizontal, PanelLeftClose, Pencil, SquarePen, Trash2 } from "lucide-react";
import { useDeferredValue, useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import type { ConversationSummary } from "./dates.ts";
import { go, hrefOf } from "../app/route.ts";
import { shownKeys } from "../app/shortcuts.ts";
import { AlertDialog, cx, EmptyState, ErrorState, IconButton, Menu, MenuItem, MenuSeparator, SearchField, useToasts, VirtualList } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useEngineQuery } from "../engine/queries.ts";
import { groupByDate } from "./dates.ts";
import { save } from "./save.ts";
import { useChat } from "./state.tsx";
import css from "./ConversationList.module.css";

export function ConversationList({ current }: { current: string | undefined }) {
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const { store } = useChat();
  const query = useEngineQuery(["conversations", "list", wanted], (engine, signal) => engine.conversations.list(wanted ? { text: wanted } : {}, { signal }), { placeholderData: (before) => before });
  const rows = useMemo(() => groupByDate(query.data ?? [], new Date()), [query.data]);
  const [renaming, setRenaming] = useState<string>();
  const [deleting, setDeleting] = useState<ConversationSummary>();
  const engine = useEngine();
  const toasts = useToasts();

  const remove = (conversation: ConversationSummary) => {
    engine.conversations.remove({ id: conversation.id }).then(() => { if (conversation.id === current) go("chat"); }, (error: unknown) => toasts.fail(error, "The conversation could not be deleted"));
  };
  const rename = (id: string, title: string) => {
    setRenaming(undefined);
    if (title.trim()) engine.conversations.update({ id, title: title.trim() }).catch((error: unknown) => toasts.fail(error, "The name could not be kept"));
  };
  const exportAs = (id: string, format: "markdown" | "json") => {
    engine.conversations.export({ id, format }).then(save, (error: unknown) => toasts.fail(error, "The conversation could not be exported"));
  };
  return (
    <aside className={css.list} aria-label="Conversations">
      <div className={css.head}>
        <IconButton label="Hide conversations" keys={shownKeys("Mod B")} onClick={() => store.setState({ listOpen: false })}><PanelLeftClose /></IconButton>
        <a className={css.new} href={hrefOf("chat")} aria-keyshortcuts="Alt+N"><SquarePen aria-hidden />New conversation</a>
      </div>
      <div className={css.searchRow}><SearchField label="Search conversations" value={text} onChange={setText} data-search-conversations="" /></div>
      {query.isError ? <ErrorState compact error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data?.length === 0 ? <EmptyState compact title={wanted ? "Nothing found" : "No conversations yet"}>{wanted ? "No conversation contains these words." : "They will be kept here, on this machine."}</EmptyState> : null}
      <VirtualList items={rows} label="Conversations" className={css.rows} onKeyDown={moveFocus} keyOf={(row) => (row.kind === "group" ? `group ${row.name}` : row.conversation.id)} estimate={() => 34}
        render={(row) => row.kind === "group" ? <h2 className={css.group}>{row.name}</h2> : (
          <Row conversation={row.conversation} current={row.conversation.id === current} renaming={renaming === row.conversation.id} onRename={setRenaming} onRenamed={rename} onExport={exportAs} onDelete={setDeleting} />
        )} />
      <AlertDialog open={deleting !== undefined} onOpenChange={(open) => { if (!open) setDeleting(undefined); }} title="Delete this conversation?" confirm="Delete"
        description={<>“{deleting?.title}” and its answers are removed from this machine. Your documents stay.</>} onConfirm={() => { if (deleting) remove(deleting); }} />
    </aside>
  );
}

/** Up and down walk through the list. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>("a[data-conversation]")].sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
  const at = links.findIndex((link) => link === document.activeElement);
  const next = links[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}

interface RowProps { conversation: ConversationSummary; current: boolean; renaming: boolean; onRename(id: string | undefined): void; onRenamed(id: string, title: string): void; onExport(id: string, format: "markdown" | "json"): void; onDelete(conversation: ConversationSummary): void }

function Row({ conversation, current, renaming, onRename, onRenamed, onExport, onDelete }: RowProps) {
  const { id, title } = conversation;
  if (renaming) return <RenameField title={title} onDone={(next) => (next === undefined ? onRename(undefined) : onRenamed(id, next))} />;
  return (
    <div className={cx(css.row, current && css.current)}>
      <a href={hrefOf("chat", id)} data-conversation={id} aria-current={current ? "page" : undefined} className={css.link} title={title} onDoubleClick={() => onRename(id)}
        onKeyDown={(event) => { if (event.key === "F2") { event.preventDefault(); onRename(id); } if (event.key === "Delete") { event.preventDefault(); onDelete(conversation); } }}>{title}</a>
      <Menu trigger={<IconButton size="s" label={`Actions for “${title}”`} className={css.more}><MoreHorizontal /></IconButton>}>
        <MenuItem icon={<Pencil />} keys="F2" onSelect={() => onRename(id)}>Rename</MenuItem>
        <MenuItem icon={<Download />} onSelect={() => onExport(id, "markdown")}>Export as Markdown</MenuItem>
        <MenuItem icon={<Download />} onSelect={() => onExport(id, "json")}>Export as JSON</MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Trash2 />} danger onSelect={() => onDelete(conversation)}>Delete…</MenuItem>
      </Menu>
    </div>
  );
}

function RenameField({ title, onDone }: { title: string; onDone(title: string | undefined): void }) {
  const field = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  // A menu that closes gives the focus back to its button; the field takes it afterwards.
  useEffect(() => { const timer = setTimeout(() => { field.current?.focus(); field.current?.select(); }, 30); return () => clearTimeout(timer); }, []);
  const finish = (value: string | undefined) => { if (done.current) return; done.current = true; onDone(value); };
  return (
    <input ref={field} className={css.rename} aria-label="Name of the conversation" defaultValue={title} maxLength={300} onBlur={(event) => finish(event.target.value)}
      onKeyDown={(event) => { if (event.key === "Enter") finish(event.currentTarget.value); if (event.key === "Escape") { event.stopPropagation(); finish(undefined); } }} />
  );
}
