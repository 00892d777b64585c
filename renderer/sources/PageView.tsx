import { ChevronLeft, ChevronRight, ZoomIn, ZoomOut } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import type { CharRange, Rect } from "../../engine/contract/index.ts";
import { ErrorState, IconButton, Spinner } from "../design/index.ts";
import { useEngineQuery } from "../engine/queries.ts";
import css from "./SourcePanel.module.css";

interface PageInfo { page: number; width: number; height: number; hasText: boolean }
interface PageViewProps { documentId: string; pages: readonly PageInfo[]; ranges: readonly CharRange[]; page: number | undefined }

const zooms = [0.75, 1, 1.25, 1.6, 2, 3];

/** Pages as the document draws them, with the words of the ranges marked on top. */
export function PageView({ documentId, pages, ranges, page }: PageViewProps) {
  const marks = useEngineQuery(["documents", "highlight", documentId, ranges], (engine, signal) => engine.documents.highlight({ id: documentId, ranges: [...ranges] }, { signal }), { enabled: ranges.length > 0 });
  const first = marks.data?.[0]?.page ?? page ?? 1;
  const [chosen, setChosen] = useState<number>();
  const [zoom, setZoom] = useState(1);
  useEffect(() => setChosen(undefined), [ranges]);
  const shown = Math.max(1, Math.min(pages.length, chosen ?? first));
  const info = pages.find((candidate) => candidate.page === shown) ?? pages[0];
  const step = (by: number) => setChosen(Math.max(1, Math.min(pages.length, shown + by)));
  const zoomBy = (by: number) => setZoom((now) => zooms[Math.max(0, Math.min(zooms.length - 1, zooms.indexOf(now) + by))] ?? 1);
  const onKey = (event: KeyboardEvent) => {
    const acts: Record<string, () => void> = { PageDown: () => step(1), PageUp: () => step(-1), "+": () => zoomBy(1), "-": () => zoomBy(-1) };
    const act = acts[event.key];
    if (act) { event.preventDefault(); act(); }
  };
  if (!info || (marks.isPending && ranges.length > 0 && chosen === undefined)) return <div className={css.loading}><Spinner label="Finding the words" /></div>;
  const rects = marks.data?.find((mark) => mark.page === shown)?.rects ?? [];
  const elsewhere = (marks.data ?? []).map((mark) => mark.page).filter((other) => other !== shown);
  return (
    <div className={css.pages} onKeyDown={onKey} data-page={shown} data-pages={pages.length}>
      <div className={css.tools} role="toolbar" aria-label="Page">
        <IconButton size="s" label="Previous page" disabled={shown <= 1} onClick={() => step(-1)}><ChevronLeft /></IconButton>
        <PageField page={shown} count={pages.length} onGo={setChosen} />
        <IconButton size="s" label="Next page" disabled={shown >= pages.length} onClick={() => step(1)}><ChevronRight /></IconButton>
        {elsewhere.map((other) => <button key={other} type="button" className={css.jump} data-jump={other} onClick={() => setChosen(other)}>{rects.length > 0 ? "Also on" : "Marked words on"} page {other}</button>)}
        <span className={css.space} />
        <IconButton size="s" label="Zoom out" disabled={zoom === zooms[0]} onClick={() => zoomBy(-1)}><ZoomOut /></IconButton>
        <span className={css.zoom}>{Math.round(zoom * 100)}%</span>
        <IconButton size="s" label="Zoom in" disabled={zoom === zooms[zooms.length - 1]} onClick={() => zoomBy(1)}><ZoomIn /></IconButton>
      </div>
      {marks.isError ? <p className={css.note} role="alert">The quoted words could not be located on the page.</p> : null}
      {marks.data?.length === 0 ? <p className={css.note}>The quoted words are not drawn on a page of this document.</p> : null}
      <Sheet documentId={documentId} info={info} zoom={zoom} rects={rects} />
    </div>
  );
}

function PageField({ page, count, onGo }: { page: number; count: number; onGo(page: number): void }) {
  const [text, setText] = useState<string>();
  const commit = () => { const wanted = Number(text); setText(undefined); if (Number.isInteger(wanted) && wanted >= 1 && wanted <= count) onGo(wanted); };
  return <span className={css.pageField}><input aria-label="Page" inputMode="numeric" value={text ?? String(page)} onChange={(event) => setText(event.target.value)} onBlur={commit} onKeyDown={(event) => { if (event.key === "Enter") commit(); }} /> of {count}</span>;
}

function Sheet({ documentId, info, zoom, rects }: { documentId: string; info: PageInfo; zoom: number; rects: readonly Rect[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const paper = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(0);
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return undefined;
    const observer = new ResizeObserver(() => setRoom(box.clientWidth - 32));
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  const width = Math.max(80, room * zoom);
  // In steps, so that dragging the panel's edge does not draw the page anew for every pixel.
  const pixels = Math.min(4096, Math.ceil((width * Math.min(2, window.devicePixelRatio || 1)) / 256) * 256);
  const image = useEngineQuery(["documents", "page", documentId, info.page, pixels], (engine, signal) => engine.documents.pageImage({ id: documentId, page: info.page, width: pixels }, { signal }), { enabled: room > 0, placeholderData: (before, query) => (query?.queryKey[3] === info.page ? before : undefined), gcTime: 60_000 });
  const top = rects[0]?.[1];
  useEffect(() => {
    const box = scroller.current;
    if (!box || !paper.current || room <= 0) return;
    const scale = paper.current.clientHeight / info.height;
    box.scrollTo({ top: top === undefined ? 0 : Math.max(0, top * scale - box.clientHeight / 3) });
  }, [top, info.page, info.height, room > 0, zoom]);
  const percent = ([x, y, w, h]: Rect) => ({ left: `${(x / info.width) * 100}%`, top: `${(y / info.height) * 100}%`, width: `${(w / info.width) * 100}%`, height: `${(h / info.height) * 100}%` });
  return (
    <div ref={scroller} className={css.scroller} tabIndex={0} role="region" aria-label={`Page ${info.page}`}>
      <div ref={paper} className={css.paper} style={{ width, aspectRatio: `${info.width} / ${info.height}` }}>
        {image.data ? <img src={`data:image/png;base64,${image.data.png}`} alt={`Page ${info.page}`} draggable={false} /> : image.isError ? <ErrorState compact title="The page could not be drawn" error={image.error} onRetry={() => void image.refetch()} /> : <div className={css.loading}><Spinner label="Drawing the page" /></div>}
        {rects.map((rect, index) => <span key={index} className={css.mark} style={percent(rect)} data-highlight-rect={rect.join(" ")} />)}
      </div>
    </div>
  );
}
