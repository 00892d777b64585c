import { Ellipsis, RotateCcw, Tag, Trash2, X } from "lucide-react";
import type { Collection, Document } from "../../engine/contract/index.ts";
import { count, plural } from "../app/words.ts";
import { Button, IconButton, Menu, Spinner } from "../design/index.ts";
import type { DocumentActions } from "./actions.tsx";
import { DocumentMenu } from "./DocumentMenu.tsx";
import css from "./library.module.css";

interface BulkBarProps { ids: readonly string[]; only: Document | undefined; collections: readonly Collection[]; actions: DocumentActions; onOpen(document: Document): void; onClear(): void }

/** Floats over the table while several documents are chosen, or while many are being changed. */
export function BulkBar({ ids, only, collections, actions, onOpen, onClear }: BulkBarProps) {
  const { progress } = actions;
  if (progress) return <div className={css.bulk} role="status"><Spinner size={14} /><span className={css.bulkCount}>{progress.doing} {count(progress.done)} of {count(progress.total)}</span></div>;
  if (ids.length < 2) return null;
  return (
    <div className={css.bulk} role="toolbar" aria-label="Chosen documents">
      <span className={css.bulkCount} role="status">{plural(ids.length, "document")} chosen</span>
      <Button size="s" variant="ghost" icon={<RotateCcw />} onClick={() => void actions.retry(ids)}>Read again</Button>
      <Button size="s" variant="ghost" icon={<Tag />} onClick={() => actions.setDialog({ kind: "tags", ids })}>Tag</Button>
      <Button size="s" variant="ghost" icon={<Trash2 />} onClick={() => actions.askRemove(ids)}>Remove</Button>
      <Menu side="top" trigger={<IconButton label="More actions" size="s"><Ellipsis /></IconButton>}><DocumentMenu ids={ids} only={only} collections={collections} actions={actions} onOpen={onOpen} /></Menu>
      <IconButton label="Clear the choice" keys="Esc" size="s" onClick={onClear}><X /></IconButton>
    </div>
  );
}
