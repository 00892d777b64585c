import { useState } from "react";
import type { CharRange, Document } from "../../engine/contract/index.ts";
import { SegmentedControl } from "../design/index.ts";
import { DocumentView } from "../sources/DocumentView.tsx";
import { TextView } from "../sources/TextView.tsx";
import css from "./drawer.module.css";

const none: readonly CharRange[] = [];

/** The document as it looks, and, where that is a picture of pages, also as the text that was read from it. */
export function WhatWasRead({ document }: { document: Document }) {
  const [shown, setShown] = useState<"pages" | "text">("pages");
  const paged = document.format === "pdf" || document.format === "image";
  return (
    <div className={css.read}>
      {paged ? <div className={css.readSwitch}><SegmentedControl<"pages" | "text"> size="s" label="Shown as" value={shown} onChange={setShown} segments={[{ value: "pages", label: "Pages" }, { value: "text", label: "Text that was read" }]} /></div> : null}
      {paged && shown === "text" ? <TextView documentId={document.id} ranges={none} format={document.format ?? "pdf"} /> : <DocumentView documentId={document.id} ranges={none} />}
    </div>
  );
}
