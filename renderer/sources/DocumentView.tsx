import type { CharRange } from "../../engine/contract/index.ts";
import { ErrorState, Spinner } from "../design/index.ts";
import { failureOf } from "../engine/failure.ts";
import { useEngineQuery } from "../engine/queries.ts";
import { PageView } from "./PageView.tsx";
import { TextView } from "./TextView.tsx";
import css from "./SourcePanel.module.css";

interface DocumentViewProps { documentId: string; /** Ranges in the document's text to mark; the first is brought into sight. */ ranges: readonly CharRange[]; /** Where to begin when the ranges are drawn nowhere. */ page?: number | undefined }

/** A document as it is: pages as images where the format has them, its text with structure otherwise. */
export function DocumentView({ documentId, ranges, page }: DocumentViewProps) {
  const query = useEngineQuery(["documents", "shape", documentId], (engine, signal) => engine.documents.content({ id: documentId, limit: 1 }, { signal }));
  if (query.isError) return <ErrorState title={failureOf(query.error).code === "NOT_FOUND" ? "The document is gone" : "The document could not be shown"} error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <div className={css.loading}><Spinner label="Opening the document" /></div>;
  return (query.data.format === "pdf" || query.data.format === "image") && query.data.pages.length > 0
    ? <PageView documentId={documentId} pages={query.data.pages} ranges={ranges} page={page} />
    : <TextView documentId={documentId} ranges={ranges} format={query.data.format} />;
}
