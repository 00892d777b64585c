import { ArrowDownWideNarrow, Box, ChevronRight, Copy, Ellipsis, FolderOpen, Layers, Pencil, Ruler, Star, Trash2, TriangleAlert } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { ShelfItem } from "../../engine/contract/index.ts";
import { hrefOf } from "../app/route.ts";
import { dateTime } from "../app/words.ts";
import { Badge, Button, cx, IconButton, Menu, MenuItem, MenuSeparator, Spinner, Tooltip, useToasts } from "../design/index.ts";
import { shell } from "../engine/shell.ts";
import type { Runtime } from "./runtime.ts";
import { summary } from "./words.ts";
import css from "./models.module.css";

export type ShelfEdit = "rename" | "remove" | "context";

interface ShelfCardProps { item: ShelfItem; runtime: Runtime; isDefault: boolean; onDefault(item: ShelfItem): void; onEdit(edit: ShelfEdit, item: ShelfItem): void }

const verdictTone = { fits: "good", "smaller-context": "warn", "partly-on-gpu": "warn", "will-not-fit": "danger" } as const;

export function ShelfCard({ item, runtime, isDefault, onDefault, onEdit }: ShelfCardProps) {
  const [open, setOpen] = useState(false);
  const mine = runtime.state?.modelId === item.id ? runtime.state.state : undefined;
  const missing = item.state === "missing";
  return (
    <article className={cx(css.card, mine === "ready" && css.cardOn)} aria-label={item.name} data-model={item.id}>
      <div className={css.cardMain}>
        <span className={css.cardIcon} aria-hidden>{item.kind === "adapter" ? <Layers /> : item.kind === "reranker" ? <ArrowDownWideNarrow /> : <Box />}</span>
        <div className={css.cardText}>
          <div className={css.cardTitle}>
            <h3 title={item.name}>{item.name}</h3>
            {isDefault ? <Badge tone="accent" icon={<Star />}>Default</Badge> : null}
            {mine === "ready" ? <Badge tone="good">Loaded</Badge> : null}
            {missing ? <Badge tone="danger" icon={<TriangleAlert />}>File missing</Badge> : null}
          </div>
          <div className={css.cardSummary}>{summary(item)}</div>
          <Advice item={item} />
        </div>
        {item.kind !== "model" ? null : mine === "loading" ? <Button size="s" icon={<Spinner size={13} />} onClick={runtime.unload}>Cancel loading</Button>
          : mine === "ready" ? <Button size="s" onClick={runtime.unload}>Unload</Button> : <Button size="s" disabled={missing} onClick={() => runtime.load(item.id)}>Load</Button>}
        <Menu trigger={<IconButton label={`Actions for ${item.name}`} size="s"><Ellipsis /></IconButton>}>
          <MenuItem icon={<Pencil />} onSelect={() => onEdit("rename", item)}>Rename…</MenuItem>
          {item.kind === "model" && !isDefault ? <MenuItem icon={<Star />} hint="Used when a conversation names no other" onSelect={() => onDefault(item)}>Make default</MenuItem> : null}
          {item.kind === "model" ? <MenuItem icon={<Ruler />} disabled={missing} onSelect={() => onEdit("context", item)}>Load with another context…</MenuItem> : null}
          {shell() && !missing ? <MenuItem icon={<FolderOpen />} onSelect={() => void shell()?.revealInFolder(item.path)}>Show in its folder</MenuItem> : null}
          <MenuSeparator />
          <MenuItem icon={<Trash2 />} danger onSelect={() => onEdit("remove", item)}>Remove…</MenuItem>
        </Menu>
      </div>
      <button type="button" className={css.more} aria-expanded={open} onClick={() => setOpen(!open)}><ChevronRight aria-hidden data-open={open} />Details</button>
      {open ? <Details item={item} /> : null}
    </article>
  );
}

/** What a person should know before using it: does it fit, does it have a template, is it there. */
function Advice({ item }: { item: ShelfItem }) {
  if (item.state === "missing") return <p className={css.adviceBad}>{item.storage === "linked" ? "The file is no longer where it was, or it has changed. Put it back, or import it again from its new place." : "The stored file is gone or damaged. Import or download it again."}</p>;
  return (
    <p className={css.advice}>
      {item.fit ? <Tooltip text={item.fit.text}><span tabIndex={0} className={css[`fit_${verdictTone[item.fit.verdict]}`]}>{item.fit.text}</span></Tooltip> : null}
      {item.kind === "adapter" ? <span>{item.baseModel ? `Made for ${item.baseModel}. ` : ""}Choose it in the chat, with its strength.</span> : null}
      {item.kind === "reranker" ? <span>Sorts found passages again. <a href={hrefOf("settings", "answers")}>Choose it in the settings</a>.</span> : null}
      {item.kind === "model" && !item.hasTemplate ? <span className={css.fit_warn}>No chat template in the file: the fallback from the settings is used.</span> : null}
    </p>
  );
}

function Details({ item }: { item: ShelfItem }) {
  const toasts = useToasts();
  const copy = (text: string) => { navigator.clipboard.writeText(text).then(() => toasts.show({ title: "Copied" }), (error: unknown) => toasts.fail(error)); };
  const facts: [string, ReactNode][] = [
    ["File", <span className={css.copyable}><span>{item.path}</span><IconButton label="Copy path" size="s" onClick={() => copy(item.path)}><Copy /></IconButton></span>],
    ["Kept", item.storage === "linked" ? "Linked: used where it is, and stays there when removed here." : "In the workspace: deleted when removed here."],
    ["SHA-256", <span className={css.copyable}><code>{item.sha256}</code><IconButton label="Copy SHA-256" size="s" onClick={() => copy(item.sha256)}><Copy /></IconButton></span>],
    ["Source", item.source.type === "import" ? `Imported from ${item.source.from}` : `${item.source.repo}, ${item.source.file}, revision ${item.source.revision}`],
    ["Licence", item.licence ?? "Not named in the file"],
    ["Chat template", item.kind !== "model" ? undefined : item.hasTemplate ? "In the file" : "None in the file"],
    ["Base model", item.baseModel], ["Rank", item.rank], ["Alpha", item.alpha], ["Added", dateTime(item.added)],
  ];
  return <dl className={css.details}>{facts.map(([name, value]) => (value === undefined ? null : <div key={name}><dt>{name}</dt><dd>{value}</dd></div>))}</dl>;
}
