import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useEffect, useId, useRef, type DragEvent, type KeyboardEvent, type MouseEvent, type ReactNode } from "react";
import type { Document } from "../../engine/contract/index.ts";
import { Checkbox, cx, ErrorState, type Point } from "../design/index.ts";
import { useSettings } from "../engine/queries.ts";
import { DocumentRow, type RowHandlers } from "./DocumentRow.tsx";
import { useDocumentRows, useRowRange, type DocumentQuery, type DocumentSort } from "./documents.ts";
import { moveBy, nothingSelected, selectOnly, selectRange, toggle, type Selection } from "./selection.ts";
import type { Step } from "./reasons.ts";
import { useStable } from "./stable.ts";
import css from "./table.module.css";

/** Heights in CSS pixels at the text size they were drawn for (15 px); they grow with it. */
const ROW = 46;
const HEAD = 34;
const DRAWN_FOR = 15;

export interface TableProps {
  query: DocumentQuery; total: number;
  selection: Selection; onSelection(next: Selection): void;
  onSort(sort: DocumentSort, descending: boolean): void;
  onOpen(document: Document): void; onStep(document: Document, step: Step): void; onRemove(ids: readonly string[]): void;
  onContext(at: Point): void;
  openId: string | undefined;
  collectionName(id: string): string | undefined;
  /** The scrolling grid, so that the focus can come back to it. */
  gridRef: React.RefObject<HTMLDivElement | null>;
  empty: ReactNode;
}

/** A grid that stays light at any length: one focus stop, the arrows move inside it, rows outside the window do not exist. */
export function DocumentTable(props: TableProps) {
  const { query, total, selection, gridRef } = props;
  const base = useId();
  const scale = (useSettings().data?.appearance.textSize ?? DRAWN_FOR) / DRAWN_FOR;
  const row = Math.round(ROW * scale);
  const head = Math.round(HEAD * scale);
  const virtual = useVirtualizer({ count: total, getScrollElement: () => gridRef.current, estimateSize: () => row, overscan: 12, scrollMargin: head, scrollPaddingStart: head });
  useEffect(() => { virtual.measure(); }, [row, virtual]);
  const items = virtual.getVirtualItems();
  const rows = useDocumentRows(query, items[0]?.index ?? 0, items[items.length - 1]?.index ?? 0);
  const { onKey, onContextMenu, rowHandlers } = useRowInput(props, rows.at, { row, reveal: (index) => virtual.scrollToIndex(index, { align: "auto" }) });
  const order = `${query.sort} ${String(query.descending)} ${query.collectionId ?? ""} ${query.text ?? ""} ${query.states?.join() ?? ""}`;
  useEffect(() => { gridRef.current?.scrollTo({ top: 0 }); }, [order, gridRef]);
  const all = selection.ids.size === 0 ? false : selection.ids.size >= total ? true : "some";

  return (
    <div ref={gridRef} className={cx(css.grid, selection.ids.size > 1 && css.choosing)} role="grid" aria-label="Documents" aria-rowcount={total + 1} aria-multiselectable tabIndex={0} data-testid="documents"
      aria-activedescendant={selection.active >= 0 && selection.active < total ? `${base}-${selection.active}` : undefined} onKeyDown={onKey} onContextMenu={onContextMenu}>
      <div role="rowgroup" className={css.head} style={{ height: head }}>
        <div role="row" aria-rowindex={1} className={css.columns}>
          <div role="columnheader" className={css.tick}><Checkbox label="Select all" tabIndex={-1} checked={all} onChange={(on) => { if (on) onKey(selectAllKey); else props.onSelection(nothingSelected); }} /></div>
          <SortHead {...props} sort="name">Name</SortHead>
          <SortHead {...props} sort="state">State</SortHead>
          <SortHead {...props} sort="format" className={css.cFormat}>Format</SortHead>
          <SortHead {...props} sort="passages" number className={css.cPassages}>Passages</SortHead>
          <SortHead {...props} sort="pages" number className={css.cPages}>Pages</SortHead>
          <SortHead {...props} sort="size" number className={css.cSize}>Size</SortHead>
          <SortHead {...props} sort="modified" number className={css.cModified}>Modified</SortHead>
          <SortHead {...props} sort="added" number className={css.cAdded}>Added</SortHead>
        </div>
      </div>
      {rows.error ? <ErrorState error={rows.error} title="The documents could not be listed" /> : null}
      {total === 0 && !rows.error ? <div className={css.nothing}>{props.empty}</div> : null}
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {items.map((item) => {
          const document = rows.at(item.index);
          return document ? (
            <DocumentRow key={document.id} {...rowHandlers} document={document} id={`${base}-${item.index}`} index={item.index} top={item.start - head} height={row}
              selected={selection.ids.has(document.id)} active={item.index === selection.active} opened={document.id === props.openId}
              collection={query.collectionId ? undefined : props.collectionName(document.collectionId)} />
          ) : <div key={`empty-${item.index}`} role="row" aria-rowindex={item.index + 2} className={css.skeleton} style={{ height: row, transform: `translateY(${item.start - head}px)` }}><span /></div>;
        })}
      </div>
    </div>
  );
}

/** Marks a drag of documents from the table, apart from files dragged in from outside. */
export const rowDragType = "application/x-lorekeep-documents";

const selectAllKey = { key: "a", ctrlKey: true, metaKey: false, shiftKey: false, preventDefault: () => undefined };
type Key = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "preventDefault">;

/** Pointer and keyboard as in a file manager. */
function useRowInput({ query, total, selection, onSelection, onOpen, onStep, onRemove, onContext, gridRef }: TableProps, at: (index: number) => Document | undefined, { row: height, reveal }: { row: number; reveal(index: number): void }) {
  const range = useRowRange(query);
  const latest = useRef(selection);
  useEffect(() => { latest.current = selection; }, [selection]);

  const extend = async (to: number) => {
    const now = latest.current;
    const from = now.anchor < 0 ? to : now.anchor;
    const known: string[] = [];
    for (let index = Math.min(from, to); index <= Math.max(from, to); index++) { const row = at(index); if (row) known.push(row.id); }
    const complete = known.length === Math.abs(to - from) + 1;
    onSelection(selectRange(now, complete ? known : (await range(from, to)).map((document) => document.id), to));
  };

  const onKey = (event: Key) => {
    const command = event.ctrlKey || event.metaKey;
    const row = at(selection.active);
    const to = moveBy(event.key, selection.active, { total, page: Math.max(1, Math.floor((gridRef.current?.clientHeight ?? 400) / height) - 2) });
    if (to !== undefined) {
      event.preventDefault();
      reveal(to);
      if (event.shiftKey) void extend(to);
      else onSelection(command ? { ...selection, active: to } : selectOnly(at(to)?.id, to));
      return;
    }
    if (event.key === "a" && command) { event.preventDefault(); void range(0, total - 1).then((all) => onSelection({ ...latest.current, ids: new Set(all.map((document) => document.id)) })); }
    else if (event.key === "Enter" && row) { event.preventDefault(); onOpen(row); }
    else if (event.key === " " && row) { event.preventDefault(); onSelection(toggle(selection, row.id, selection.active)); }
    else if ((event.key === "Delete" || event.key === "Backspace") && selection.ids.size > 0) { event.preventDefault(); onRemove([...selection.ids]); }
    else if (event.key === "Escape" && selection.ids.size > 0) { event.preventDefault(); onSelection({ ...nothingSelected, active: selection.active }); }
  };
  const rowHandlers: RowHandlers = {
    onPointer: useStable((event: MouseEvent, document: Document, index: number) => {
      if (event.shiftKey) return void extend(index);
      onSelection(event.ctrlKey || event.metaKey ? toggle(selection, document.id, index) : selectOnly(document.id, index));
    }),
    onToggle: useStable((document: Document, index: number) => onSelection(toggle(selection, document.id, index))),
    onOpen: useStable(onOpen),
    onStep: useStable(onStep),
    onDrag: useStable((event: DragEvent, document: Document) => {
      event.dataTransfer.setData(rowDragType, (selection.ids.has(document.id) ? [...selection.ids] : [document.id]).join("\n"));
      event.dataTransfer.effectAllowed = "move";
    }),
  };
  const onContextMenu = (event: MouseEvent) => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-row]") : null;
    const index = row ? Number(row.dataset.row) : selection.active;
    const document = at(index);
    if (!document) return;
    event.preventDefault();
    if (!selection.ids.has(document.id)) onSelection(selectOnly(document.id, index));
    const box = row ? undefined : gridRef.current?.querySelector(`[data-row="${index}"]`)?.getBoundingClientRect();
    onContext(box ? { x: box.left + 60, y: box.bottom - 8 } : { x: event.clientX, y: event.clientY });
  };
  return { onKey, onContextMenu, rowHandlers };
}

interface SortHeadProps { sort: DocumentSort; query: DocumentQuery; onSort: TableProps["onSort"]; number?: boolean; className?: string | undefined; children: string }

function SortHead({ sort, query, onSort, number, className, children }: SortHeadProps) {
  const on = query.sort === sort;
  /** Names and states from A, numbers and dates from the largest. */
  const natural = sort !== "name" && sort !== "state" && sort !== "format";
  return (
    <div role="columnheader" aria-sort={on ? (query.descending ? "descending" : "ascending") : "none"} className={cx(number && css.number, className)}>
      <button type="button" className={cx(css.sort, on && css.sortOn)} onClick={() => onSort(sort, on ? !query.descending : natural)}>
        {children}{on ? query.descending ? <ArrowDown aria-hidden /> : <ArrowUp aria-hidden /> : null}
      </button>
    </div>
  );
}
