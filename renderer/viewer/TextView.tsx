import { useQueries } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import type { Block, CharRange } from "../../engine/contract/index.ts";
import { EmptyState, ErrorState, Spinner } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useEngineQuery } from "../engine/queries.ts";
import { BlockView } from "./BlockView.tsx";
import css from "./viewer.module.css";

/** Blocks asked for at once. */
const PIECE = 200;

interface TextViewProps { documentId: string; /** Words to mark; the first is scrolled to. */ ranges: readonly CharRange[]; pageWord: string }

/** What was read, as text. Only the blocks in sight are loaded, so that a book opens like a note. */
export function TextView({ documentId, ranges, pageWord }: TextViewProps) {
  const [first] = ranges;
  const head = useEngineQuery(["documents", "content", documentId, "head", first ?? null], (engine, signal) => engine.documents.content({ id: documentId, limit: 1, ...(first ? { around: first } : {}) }, { signal }));
  if (head.error) return <ErrorState compact error={head.error} title="The text cannot be shown" onRetry={() => void head.refetch()} />;
  if (!head.data) return <div className={css.loading}><Spinner label="Loading the text" /></div>;
  if (head.data.totalBlocks === 0) return <EmptyState compact title="No text was found in it" />;
  return <Blocks key={documentId} documentId={documentId} ranges={ranges} pageWord={pageWord} total={head.data.totalBlocks} target={first ? head.data.firstBlock : undefined} />;
}

function Blocks({ documentId, ranges, pageWord, total, target }: TextViewProps & { total: number; target: number | undefined }) {
  const engine = useEngine();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: total, getScrollElement: () => scroller.current, estimateSize: () => 72, overscan: 6 });
  const items = virtual.getVirtualItems();
  const from = Math.floor((items[0]?.index ?? target ?? 0) / PIECE);
  const to = Math.floor((items[items.length - 1]?.index ?? target ?? 0) / PIECE);
  const pieces = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const results = useQueries({
    queries: pieces.map((piece) => ({
      queryKey: ["documents", "content", documentId, piece], gcTime: 60_000,
      queryFn: ({ signal }: { signal: AbortSignal }) => engine.documents.content({ id: documentId, fromBlock: piece * PIECE, limit: PIECE }, { signal }),
    })),
  });
  const at = (index: number): Block | undefined => results[Math.floor(index / PIECE) - from]?.data?.blocks[index % PIECE];
  useReveal(virtual, scroller, { target, ready: target !== undefined && at(target) !== undefined, start: ranges[0]?.start });
  return (
    <div ref={scroller} className={css.scroller} tabIndex={0} role="document" aria-label="What was read">
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {items.map((item) => {
          const block = at(item.index);
          return (
            <div key={item.key} ref={virtual.measureElement} data-index={item.index} className={css.place} style={{ transform: `translateY(${item.start}px)` }}>
              {block ? <BlockView block={block} ranges={ranges} pageWord={pageWord} firstOfPage={block.page !== undefined && (item.index === 0 || at(item.index - 1)?.page !== block.page)} /> : <div className={css.blank} />}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Brings the marked words into sight: first the block by its estimated place, then, once it is drawn, the words themselves. */
function useReveal(virtual: { scrollToIndex(index: number, options: { align: "center" }): void }, scroller: React.RefObject<HTMLDivElement | null>, { target, ready, start }: { target: number | undefined; ready: boolean; start: number | undefined }) {
  useEffect(() => { if (target !== undefined) virtual.scrollToIndex(target, { align: "center" }); }, [target, virtual]);
  useEffect(() => {
    if (!ready) return;
    const timer = setTimeout(() => scroller.current?.querySelector("mark")?.scrollIntoView({ block: "center" }), 60);
    return () => clearTimeout(timer);
  }, [ready, start, scroller]);
}
