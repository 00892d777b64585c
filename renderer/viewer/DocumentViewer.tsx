import { useState } from "react";
import type { CharRange, DocumentFormat } from "../../engine/contract/index.ts";
import { ErrorState, SegmentedControl, Spinner } from "../design/index.ts";
import { useEngineQuery } from "../engine/queries.ts";
import { PagesView } from "./PagesView.tsx";
import { TextView } from "./TextView.tsx";
import css from "./viewer.module.css";

interface ViewerProps {
  documentId: string;
  /** Words to mark and to scroll to, as ranges of the document's text. Keep the array the same from render to render. */
  ranges?: readonly CharRange[];
  page?: number | undefined;
}

const none: readonly CharRange[] = [];

/** What a page of the format is called. */
export const pageWordOf = (format: DocumentFormat): string => (format === "pptx" ? "Slide" : ["xlsx", "xls", "ods"].includes(format) ? "Sheet" : "Page");

/** A document as it looks (where it has pages) or as it was read. The library's drawer and the chat's sources use the same one. */
export function DocumentViewer({ documentId, ranges = none, page }: ViewerProps) {
  const head = useEngineQuery(["documents", "content", documentId, "shape"], (engine, signal) => engine.documents.content({ id: documentId, limit: 1 }, { signal }));
  const [choice, setChoice] = useState<"pages" | "text">("pages");
  if (head.error) return <ErrorState compact error={head.error} title="This document cannot be shown" onRetry={() => void head.refetch()} />;
  if (!head.data) return <div className={css.loading}><Spinner label="Opening the document" /></div>;
  const drawable = head.data.format === "pdf" && head.data.pages.length > 0;
  return (
    <div className={css.viewer}>
      {drawable ? <div className={css.switch}><SegmentedControl<"pages" | "text"> size="s" label="Shown as" value={choice} onChange={setChoice} segments={[{ value: "pages", label: "Pages" }, { value: "text", label: "Text" }]} /></div> : null}
      {drawable && choice === "pages" ? <PagesView documentId={documentId} pages={head.data.pages} ranges={ranges} page={page} /> : <TextView documentId={documentId} ranges={ranges} pageWord={pageWordOf(head.data.format)} />}
    </div>
  );
}
