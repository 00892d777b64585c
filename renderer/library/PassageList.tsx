import { useInfiniteQuery } from "@tanstack/react-query";
import { plural } from "../app/words.ts";
import { Button, ErrorState, Spinner } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import css from "./drawer.module.css";

const PORTION = 50;

/** The passages a document was cut into, with their headings and length: exactly what is searched. */
export function PassageList({ documentId }: { documentId: string }) {
  const engine = useEngine();
  const query = useInfiniteQuery({
    queryKey: ["documents", "passages", documentId],
    queryFn: ({ pageParam, signal }) => engine.documents.passages({ id: documentId, from: pageParam, limit: PORTION }, { signal }),
    initialPageParam: 0,
    getNextPageParam: (last, all) => { const next = all.length * PORTION; return next < last.total ? next : undefined; },
  });
  if (query.isError) return <ErrorState title="The passages could not be shown" error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <div className={css.loading}><Spinner label="Listing the passages" /></div>;
  return (
    <div className={css.passages} tabIndex={0} role="region" aria-label="Passages of the document">
      <ol>
        {query.data.pages.flatMap(({ passages }) => passages).map(({ position, headingPath, page, text, tokens }) => (
          <li key={position}>
            <p className={css.passageAbout}><b>{position + 1}</b>{[page === undefined ? undefined : `page ${page}`, plural(tokens, "token")].filter(Boolean).join(" · ")}</p>
            {headingPath.length > 0 ? <p className={css.passagePath}>{headingPath.join(" › ")}</p> : null}
            <p className={css.passageText}>{text}</p>
          </li>
        ))}
      </ol>
      {query.hasNextPage ? <Button size="s" variant="ghost" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>Show more</Button> : null}
    </div>
  );
}
