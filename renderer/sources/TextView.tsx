import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import type { CharRange, DocumentFormat } from "../../engine/contract/index.ts";
import { Button, ErrorState, Spinner } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { Blocks } from "./Blocks.tsx";
import css from "./SourcePanel.module.css";

/** Blocks fetched at a time. */
const portion = 120;

/** A document's text with its structure, opened where the range stands; more above and below on demand. */
export function TextView({ documentId, ranges, format }: { documentId: string; ranges: readonly CharRange[]; format: DocumentFormat }) {
  const engine = useEngine();
  const box = useRef<HTMLDivElement>(null);
  const around = ranges[0];
  const query = useInfiniteQuery({
    queryKey: ["documents", "content", documentId, around?.start],
    queryFn: ({ pageParam, signal }) => engine.documents.content({ id: documentId, limit: portion, ...(pageParam === undefined ? (around ? { around } : {}) : { fromBlock: Math.max(0, pageParam) }) }, { signal }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => { const next = last.firstBlock + last.blocks.length; return next < last.totalBlocks && last.blocks.length > 0 ? next : undefined; },
    getPreviousPageParam: (first) => (first.firstBlock > 0 ? Math.max(0, first.firstBlock - portion) : undefined),
  });
  const blocks = useMemo(() => {
    const byStart = new Map((query.data?.pages ?? []).flatMap((page) => page.blocks).map((block) => [block.start, block]));
    return [...byStart.values()].sort((a, b) => a.start - b.start);
  }, [query.data]);
  const ready = blocks.length > 0;
  useEffect(() => { if (ready) box.current?.querySelector("mark, [data-marked]")?.scrollIntoView({ block: "center" }); }, [ready, ranges]);
  if (query.isError) return <ErrorState title="The document could not be shown" error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <div className={css.loading}><Spinner label="Opening the document" /></div>;
  return (
    <div ref={box} className={css.textScroller} tabIndex={0} role="region" aria-label="Text of the document">
      {query.hasPreviousPage ? <Button size="s" variant="ghost" className={css.more} busy={query.isFetchingPreviousPage} onClick={() => void query.fetchPreviousPage()}>Show earlier text</Button> : null}
      <Blocks blocks={blocks} ranges={ranges} plain={format === "code" || format === "json" || format === "jsonl"} />
      {query.hasNextPage ? <Button size="s" variant="ghost" className={css.more} busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>Show more</Button> : null}
    </div>
  );
}
