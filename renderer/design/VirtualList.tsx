import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, type ComponentProps, type ReactNode } from "react";

interface VirtualListProps<T> extends Omit<ComponentProps<"div">, "children"> {
  items: readonly T[];
  keyOf(item: T): string;
  /** Height in CSS pixels before it is measured. */
  estimate: (item: T) => number;
  render(item: T, index: number): ReactNode;
  label: string;
  role?: "list" | "listbox" | "grid" | "rowgroup";
  itemRole?: "listitem" | "none" | "row";
  /** Scrolled into view whenever it changes. */
  reveal?: number | undefined;
  /** Called when the end comes near, to load more. */
  onNearEnd?: (() => void) | undefined;
}

/** Only what is in sight is in the page: 5,000 rows scroll like 50. Heights are measured, so rows may differ. */
export function VirtualList<T>({ items, keyOf, estimate, render, label, role = "list", itemRole = "listitem", reveal, onNearEnd, style, ...rest }: VirtualListProps<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length, getScrollElement: () => scroller.current, overscan: 8,
    estimateSize: (index) => { const item = items[index]; return item === undefined ? 40 : estimate(item); },
    getItemKey: (index) => { const item = items[index]; return item === undefined ? index : keyOf(item); },
  });
  const rows = virtual.getVirtualItems();
  const last = rows[rows.length - 1]?.index ?? 0;
  useEffect(() => { if (reveal !== undefined && reveal >= 0) virtual.scrollToIndex(reveal, { align: "auto" }); }, [reveal, virtual]);
  useEffect(() => { if (onNearEnd && items.length > 0 && last >= items.length - 10) onNearEnd(); }, [last, items.length, onNearEnd]);
  return (
    <div {...rest} ref={scroller} style={{ overflow: "auto", ...style }}>
      <div role={role} aria-label={label} style={{ height: virtual.getTotalSize(), position: "relative", width: "100%" }}>
        {rows.map((row) => {
          const item = items[row.index];
          return item === undefined ? null : (
            <div key={row.key} role={itemRole} data-index={row.index} ref={virtual.measureElement} aria-setsize={itemRole === "listitem" ? items.length : undefined} aria-posinset={itemRole === "listitem" ? row.index + 1 : undefined}
              style={{ position: "absolute", top: 0, left: 0, right: 0, transform: `translateY(${row.start}px)` }}>
              {render(item, row.index)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
