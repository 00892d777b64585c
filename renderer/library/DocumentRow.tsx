import { LockKeyhole } from "lucide-react";
import { memo, type DragEvent, type MouseEvent } from "react";
import type { Document } from "../../engine/contract/index.ts";
import { bytes, count, dateTime, shortDate } from "../app/words.ts";
import { Checkbox, cx } from "../design/index.ts";
import { FormatIcon, formatName } from "./format.tsx";
import { adviceFor, mainStep, stepWords, type Step } from "./reasons.ts";
import { StateMark } from "./StateMark.tsx";
import css from "./table.module.css";

/** Must stay the same from render to render, or every row is drawn again. */
export interface RowHandlers {
  onPointer(event: MouseEvent, document: Document, index: number): void;
  onToggle(document: Document, index: number): void;
  onOpen(document: Document): void;
  onStep(document: Document, step: Step): void;
  onDrag(event: DragEvent, document: Document): void;
}

interface RowProps extends RowHandlers {
  document: Document; id: string; index: number; /** Place and height in the list, CSS pixels. */ top: number; height: number;
  selected: boolean; active: boolean; opened: boolean; /** Name of its collection, where documents of several are listed. */ collection: string | undefined;
}

/** What stands under the name: why it failed, else its title, else where it is. */
function subtitle(document: Document, collection: string | undefined): string | undefined {
  if (document.state === "failed" && document.reason) return document.reason.message;
  const title = document.title && document.title !== document.name ? document.title : undefined;
  return [title, collection].filter(Boolean).join(" · ") || undefined;
}

function Row({ document, id, index, top, height, selected, active, opened, collection, onPointer, onToggle, onOpen, onStep, onDrag }: RowProps) {
  const step = mainStep(document);
  const second = subtitle(document, collection);
  const failed = document.state === "failed" && document.reason;
  return (
    <div role="row" id={id} aria-rowindex={index + 2} aria-selected={selected} data-row={index} data-document={document.id} style={{ height, transform: `translateY(${top}px)` }} draggable onDragStart={(event) => onDrag(event, document)}
      className={cx(css.row, css.columns, selected && css.selected, active && css.active, opened && css.opened)}
      onClick={(event) => onPointer(event, document, index)} onDoubleClick={() => onOpen(document)}>
      <div role="gridcell" className={css.tick} onClick={(event) => { event.stopPropagation(); }}><Checkbox label={`Select ${document.name}`} tabIndex={-1} checked={selected} onChange={() => onToggle(document, index)} /></div>
      <div role="gridcell" className={css.name}>
        <span className={css.icon}><FormatIcon document={document} /></span>
        <span className={css.nameText}>
          <span className={css.nameLine}>
            <button type="button" tabIndex={-1} className={css.open} title={document.path} onClick={(event) => { if (!event.shiftKey && !event.ctrlKey && !event.metaKey) { event.stopPropagation(); onPointer(event, document, index); onOpen(document); } }}>{document.name}</button>
            {document.private ? <LockKeyhole className={css.lock} aria-label="Private" /> : null}
            {document.tags.slice(0, 3).map((tag) => <span key={tag} className={css.tag}>{tag}</span>)}
          </span>
          {second ? <span className={cx(css.second, failed && css.secondBad)} title={failed ? `${document.reason?.message ?? ""} ${adviceFor(failed).next}` : second}>{second}</span> : null}
        </span>
      </div>
      <div role="gridcell" className={css.stateCell}>
        <StateMark document={document} />
        {step ? <button type="button" tabIndex={-1} className={css.step} onClick={(event) => { event.stopPropagation(); onStep(document, step); }}>{stepWords[step]}</button> : null}
      </div>
      <div role="gridcell" className={css.cFormat}>{formatName(document.format)}</div>
      <div role="gridcell" className={cx(css.cPassages, css.number)}>{document.passages ? count(document.passages) : "–"}</div>
      <div role="gridcell" className={cx(css.cPages, css.number)}>{document.pages ? count(document.pages) : "–"}</div>
      <div role="gridcell" className={cx(css.cSize, css.number)}>{document.sizeBytes === undefined ? "–" : bytes(document.sizeBytes)}</div>
      <div role="gridcell" className={cx(css.cModified, css.number)} title={document.modified ? dateTime(document.modified) : undefined}>{document.modified ? shortDate(document.modified) : "–"}</div>
      <div role="gridcell" className={cx(css.cAdded, css.number)} title={dateTime(document.added)}>{shortDate(document.added)}</div>
    </div>
  );
}

/** Scrolling and choosing draw only the rows that change. */
export const DocumentRow = memo(Row);
