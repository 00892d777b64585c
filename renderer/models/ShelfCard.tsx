import { ArrowDownWideNarrow, Box, Ellipsis, FolderOpen, HeartPulse, Info, Layers, Pencil, Plus, Ruler, Star, Trash2, TriangleAlert } from "lucide-react";
import type { ShelfItem } from "../../engine/contract/index.ts";
import { hrefOf } from "../app/route.ts";
import { baseName } from "../app/words.ts";
import { Badge, Button, cx, IconButton, Menu, MenuItem, MenuSeparator, Spinner, Tooltip } from "../design/index.ts";
import { shell } from "../engine/shell.ts";
import { canBeChecked, standingOnShelf } from "./health/standing.ts";
import type { Runtime } from "./runtime.ts";
import { fitWords, summary } from "./words.ts";
import css from "./models.module.css";

export type ShelfEdit = "rename" | "remove" | "context" | "details" | "check" | "tune" | "merge" | "default";

interface ShelfCardProps { item: ShelfItem; shelf: readonly ShelfItem[]; runtime: Runtime; isDefault: boolean; shown: boolean; onEdit(edit: ShelfEdit, item: ShelfItem): void }

export function ShelfCard({ item, shelf, runtime, isDefault, shown, onEdit }: ShelfCardProps) {
  const mine = runtime.state?.modelId === item.id ? runtime.state.state : undefined;
  const missing = item.state === "missing";
  const edit = (kind: ShelfEdit) => () => onEdit(kind, item);
  return (
    <article className={cx(css.card, mine === "ready" && css.cardOn, shown && css.cardShown)} aria-label={item.name} data-model={item.id}>
      <div className={css.cardMain}>
        <span className={css.cardIcon} aria-hidden>{item.kind === "adapter" ? <Layers /> : item.kind === "reranker" ? <ArrowDownWideNarrow /> : <Box />}</span>
        <div className={css.cardText}>
          <div className={css.cardTitle}>
            <h3 title={item.name}>{item.name}</h3>
            {isDefault ? <Badge tone="accent" icon={<Star />}>Default</Badge> : null}
            {mine === "ready" ? <Badge tone="good">Loaded</Badge> : null}
            {missing ? <Badge tone="danger" icon={<TriangleAlert />}>File missing</Badge> : canBeChecked(item) ? <Health item={item} shelf={shelf} onOpen={edit("check")} /> : null}
          </div>
          <div className={css.cardSummary}>{summary(item)}{shelf.some((other) => other.id !== item.id && other.name === item.name) ? ` · ${baseName(item.path)}` : ""}</div>
          <Advice item={item} onDetails={edit("details")} />
        </div>
        {item.kind !== "model" ? null : mine === "loading" ? <Button size="s" icon={<Spinner size={13} />} onClick={runtime.unload}>Cancel loading</Button>
          : mine === "ready" ? <Button size="s" onClick={runtime.unload}>Unload</Button> : <Button size="s" disabled={missing} onClick={() => runtime.load(item.id)}>Load</Button>}
        {canBeChecked(item) ? <Button size="s" disabled={missing} icon={<HeartPulse />} onClick={edit("check")}>Check</Button> : null}
        <Menu trigger={<IconButton label={`Actions for ${item.name}`} size="s"><Ellipsis /></IconButton>}>
          <MenuItem icon={<Info />} onSelect={edit("details")}>Details</MenuItem>
          <MenuItem icon={<Pencil />} onSelect={edit("rename")}>Rename…</MenuItem>
          {item.kind === "model" && !isDefault ? <MenuItem icon={<Star />} hint="Used when a conversation names no other" onSelect={edit("default")}>Make default</MenuItem> : null}
          {item.kind === "model" ? <MenuItem icon={<Ruler />} disabled={missing} onSelect={edit("context")}>Load with another context…</MenuItem> : null}
          {canBeChecked(item) ? <MenuItem icon={<Plus />} onSelect={edit("tune")}>Keep as a version of a fine-tune…</MenuItem> : null}
          {item.kind === "reranker" ? null : <MenuItem icon={<Layers />} disabled={missing} onSelect={edit("merge")}>{item.kind === "adapter" ? "Merge into its base…" : "Merge adapters into it…"}</MenuItem>}
          {shell() && !missing ? <MenuItem icon={<FolderOpen />} onSelect={() => void shell()?.revealInFolder(item.path)}>Show in its folder</MenuItem> : null}
          <MenuSeparator />
          <MenuItem icon={<Trash2 />} danger onSelect={edit("remove")}>Remove…</MenuItem>
        </Menu>
      </div>
      <button type="button" className={css.more} aria-expanded={shown} onClick={edit("details")}><Info aria-hidden />Details</button>
    </article>
  );
}

/** The verdict of the newest check as a mark, which opens it. */
function Health({ item, shelf, onOpen }: { item: ShelfItem; shelf: readonly ShelfItem[]; onOpen(): void }) {
  const standing = standingOnShelf(item, shelf);
  return <Tooltip text={standing.text}><button type="button" className={css.mark} data-standing={standing.word} aria-label={`Health: ${standing.word}`} onClick={onOpen}><Badge tone={standing.tone}>{standing.word}</Badge></button></Tooltip>;
}

/** What a person should know before using it: does it fit, does it have a template, is it there. */
function Advice({ item, onDetails }: { item: ShelfItem; onDetails(): void }) {
  if (item.state === "missing") return <p className={css.adviceBad}>{item.storage === "linked" ? "The file is no longer where it was, or it has changed. Put it back, or import it again from its new place." : "The stored file is gone or damaged. Import or download it again."}</p>;
  const of = item.fineTuneOf;
  const unknownBase = item.kind === "adapter" && of?.id === undefined;
  return (
    <p className={css.advice}>
      {item.fit ? <Tooltip text={item.fit.text}><span tabIndex={0} className={css[`fit_${fitWords[item.fit.verdict][0]}`]}>{fitWords[item.fit.verdict][1]}</span></Tooltip> : null}
      {of ? <span>{item.kind === "adapter" || item.isFineTune ? `Made from ${of.name ?? item.baseModel ?? "a model on the shelf"}` : `Its file names ${of.name ?? "a base"}`}{unknownBase ? ", which is not on the shelf." : "."}</span> : item.baseModel ? <span>Made for {item.baseModel}.</span> : null}
      {unknownBase ? <button type="button" className={css.ask} onClick={onDetails}>Which model was it made from?</button> : null}
      {item.kind === "reranker" ? <span>Sorts found passages again. <a href={hrefOf("settings", "answers")}>Choose it in the settings</a>.</span> : null}
      {item.kind === "model" && !item.hasTemplate ? <span className={css.fit_warn}>No chat template in the file: the fallback from the settings is used.</span> : null}
    </p>
  );
}
