import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import type { CharRange, Rect } from "../../engine/contract/index.ts";
import { ErrorState, Spinner } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useEngineQuery } from "../engine/queries.ts";
import css from "./viewer.module.css";

export interface PageSize { readonly page: number; readonly width: number; readonly height: number; readonly hasText: boolean }

interface PagesViewProps { documentId: string; pages: readonly PageSize[]; ranges: readonly CharRange[]; /** Where to open when no words are marked. */ page?: number | undefined }

/** The pages as they look, with the cited words marked on them. A page is drawn when it comes into sight. */
export function PagesView({ documentId, pages, ranges, page }: PagesViewProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(Math.max(0, element.clientWidth - 32)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const marks = useEngineQuery(["documents", "highlight", documentId, ranges], (engine, signal) => engine.documents.highlight({ id: documentId, ranges: ranges.slice(0, 100) }, { signal }), { enabled: ranges.length > 0 });
  const virtual = useVirtualizer({ count: pages.length, getScrollElement: () => scroller.current, overscan: 1, gap: 14, paddingStart: 14, paddingEnd: 14, estimateSize: (index) => { const size = pages[index]; return size ? (size.height / size.width) * width : 0; } });
  useEffect(() => { virtual.measure(); }, [width, virtual]);
  const first = marks.data?.[0];
  const open = first?.page ?? (ranges.length === 0 ? page : undefined);
  useEffect(() => {
    const index = pages.findIndex((candidate) => candidate.page === open);
    const size = pages[index];
    if (width === 0 || !size) return;
    const top = first?.rects[0]?.[1] ?? 0;
    const place = virtual.getOffsetForIndex(index, "start");
    if (place) scroller.current?.scrollTo({ top: Math.max(0, place[0] + (top / size.width) * width - 120) });
  }, [open, first, width, pages, virtual]);
  return (
    <div ref={scroller} className={css.pages} tabIndex={0} role="document" aria-label="Pages">
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {width > 0 ? virtual.getVirtualItems().map((item) => {
          const size = pages[item.index];
          return size ? <div key={item.key} className={css.pagePlace} style={{ transform: `translateY(${item.start}px)` }}><Page documentId={documentId} size={size} width={width} rects={marks.data?.find((mark) => mark.page === size.page)?.rects ?? []} /></div> : null;
        }) : null}
      </div>
    </div>
  );
}

function Page({ documentId, size, width, rects }: { documentId: string; size: PageSize; width: number; rects: readonly Rect[] }) {
  const engine = useEngine();
  // In steps, so that dragging a divider does not draw the page anew at every pixel.
  const drawn = Math.min(2400, Math.max(320, Math.ceil((width * Math.min(2, window.devicePixelRatio)) / 160) * 160));
  const image = useQuery({ queryKey: ["documents", "page", documentId, size.page, drawn], gcTime: 30_000, queryFn: ({ signal }) => engine.documents.pageImage({ id: documentId, page: size.page, width: drawn }, { signal }), placeholderData: (before, query) => (query?.queryKey[2] === documentId && query.queryKey[3] === size.page ? before : undefined) });
  const percent = (value: number, of: number): string => `${(value / of) * 100}%`;
  return (
    <figure className={css.page} style={{ width, height: (size.height / size.width) * width }} aria-label={`Page ${size.page}`} data-page={size.page}>
      {image.data ? <img alt={`Page ${size.page}`} src={`data:image/png;base64,${image.data.png}`} draggable={false} /> : image.error ? <ErrorState compact error={image.error} title="This page cannot be drawn" onRetry={() => void image.refetch()} /> : <Spinner label={`Drawing page ${size.page}`} />}
      {rects.map(([x, y, w, h], index) => <span key={index} className={css.pageMarked} data-highlight style={{ left: percent(x, size.width), top: percent(y, size.height), width: percent(w, size.width), height: percent(h, size.height) }} />)}
    </figure>
  );
}
