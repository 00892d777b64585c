import { HeartPulse, Plus } from "lucide-react";
import { useEffect, useRef } from "react";
import type { KeptCheck, ShelfItem } from "../../../engine/contract/index.ts";
import { dateTime } from "../../app/words.ts";
import { Badge, Button, Drawer, EmptyState } from "../../design/index.ts";
import { standingWords } from "../../chat/adapters.ts";
import { canBeChecked } from "../health/standing.ts";
import { fitWords } from "../words.ts";
import { BaseOfItem } from "./BaseOfItem.tsx";
import { ItemFacts } from "./ItemFacts.tsx";
import css from "./item.module.css";

interface ItemDrawerProps { item: ShelfItem | undefined; shelf: readonly ShelfItem[]; onCheck(item: ShelfItem): void; onTune(item: ShelfItem): void; onClose(): void }

/** Everything the shelf knows of one model or adapter. Opened from its card; Escape closes it and gives the focus back. */
export function ItemDrawer({ item, shelf, onCheck, onTune, onClose }: ItemDrawerProps) {
  const top = useRef<HTMLDivElement>(null);
  const id = item?.id;
  useEffect(() => top.current?.focus(), [id]);
  if (!item) return <Drawer label="Details" title="Details" onClose={onClose}><EmptyState compact title="It is not on the shelf any more" /></Drawer>;
  const fineTune = canBeChecked(item);
  return (
    <Drawer label={`Details of ${item.name}`} title={item.name} onClose={onClose}>
      <div ref={top} tabIndex={-1} className={css.body}>
        {item.fit ? <section aria-label="Does it fit this machine"><Badge tone={fitWords[item.fit.verdict][0]}>{fitWords[item.fit.verdict][1]}</Badge><p className={css.note}>{item.fit.text}</p></section> : null}
        {item.kind === "reranker" ? null : <BaseOfItem key={item.id} item={item} shelf={shelf} />}
        {fineTune ? <Checks item={item} shelf={shelf} onCheck={() => onCheck(item)} /> : null}
        {fineTune ? <Button size="s" className={css.own} icon={<Plus />} onClick={() => onTune(item)}>Keep as a version of a fine-tune…</Button> : null}
        <section aria-label="Facts"><h3>Facts</h3><ItemFacts item={item} /></section>
      </div>
    </Drawer>
  );
}

function Checks({ item, shelf, onCheck }: { item: ShelfItem; shelf: readonly ShelfItem[]; onCheck(): void }) {
  const checks = item.checks ?? [];
  return (
    <section aria-label="Health checks">
      <h3>Health check</h3>
      {checks.length === 0 ? <p className={css.note}>Not checked yet: whether it fits its model, does anything, and leaves the answers whole.</p> : <ul className={css.checks}>{checks.map((report) => <li key={report.baseId}><CheckLine report={report} shelf={shelf} /></li>)}</ul>}
      <Button size="s" icon={<HeartPulse />} disabled={item.state === "missing"} onClick={onCheck}>{checks.length === 0 ? "Check…" : "Open the check…"}</Button>
    </section>
  );
}

function CheckLine({ report, shelf }: { report: KeptCheck; shelf: readonly ShelfItem[] }) {
  const [tone, word] = standingWords[report.verdict];
  return <><Badge tone={report.stale ? "warn" : tone}>{report.stale ? "Check again" : word}</Badge><span className={css.note}>on {shelf.find(({ id }) => id === report.baseId)?.name ?? "a model that is gone"}, {dateTime(report.checked)}{report.stale ? `: then “${word}”` : ""}</span></>;
}
