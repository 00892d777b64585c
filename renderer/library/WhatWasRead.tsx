import { useState } from "react";
import { PassageList } from "./PassageList.tsx";
import type { CharRange, Document } from "../../engine/contract/index.ts";
import { SegmentedControl } from "../design/index.ts";
import { DocumentView } from "../sources/DocumentView.tsx";
import { TextView } from "../sources/TextView.tsx";
import css from "./drawer.module.css";

const none: readonly CharRange[] = [];

type Shown = "pages" | "text" | "passages";

/** The whole way of a document: as it looks, as the text that was read from it, and as the passages that text was cut into. */
export function WhatWasRead({ document }: { document: Document }) {
  const [shown, setShown] = useState<Shown>("pages");
  const paged = document.format === "pdf" || document.format === "image";
  const segments: { value: Shown; label: string }[] = paged
    ? [{ value: "pages", label: "Pages" }, { value: "text", label: "Text that was read" }, { value: "passages", label: "Passages" }]
    : [{ value: "pages", label: "Text that was read" }, { value: "passages", label: "Passages" }];
  return (
    <div className={css.read}>
      <div className={css.readSwitch}><SegmentedControl<Shown> size="s" label="Shown as" value={shown} onChange={setShown} segments={segments} /></div>
      {shown === "passages" ? <PassageList documentId={document.id} /> : paged && shown === "text" ? <TextView documentId={document.id} ranges={none} format={document.format ?? "pdf"} /> : <DocumentView documentId={document.id} ranges={none} />}
    </div>
  );
}
