import { Ellipsis, Inbox, Library, LockKeyhole, LockKeyholeOpen, Pencil, Plus, Trash2 } from "lucide-react";
import { useState, type DragEvent, type FormEvent, type ReactNode } from "react";
import type { Collection } from "../../engine/contract/index.ts";
import { count, plural } from "../app/words.ts";
import { AlertDialog, Button, cx, Dialog, IconButton, Menu, MenuItem, MenuSeparator, Switch, TextField, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { failureOf } from "../engine/failure.ts";
import { rowDragType } from "./DocumentTable.tsx";
import { WatchedFolders } from "./WatchedFolders.tsx";
import css from "./sidebar.module.css";

interface SidebarProps { collections: readonly Collection[]; selected: string | undefined; onSelect(id: string | undefined): void; onMove(ids: readonly string[], collection: Collection): void; onAddFolder(): void }

type Editing = { kind: "create" } | { kind: "rename" | "remove"; collection: Collection };

export function Sidebar({ collections, selected, onSelect, onMove, onAddFolder }: SidebarProps) {
  const [editing, setEditing] = useState<Editing>();
  const total = collections.reduce((sum, collection) => sum + collection.documents, 0);
  const close = () => setEditing(undefined);
  return (
    <nav className={css.sidebar} aria-label="Collections">
      <Place icon={<Library />} label="All documents" count={total} on={selected === undefined} onSelect={() => onSelect(undefined)} />
      <div className={css.heading}><h2>Collections</h2><IconButton label="New collection" size="s" onClick={() => setEditing({ kind: "create" })}><Plus /></IconButton></div>
      <ul className={css.list}>
        {collections.map((collection) => (
          <li key={collection.id}>
            <Place icon={collection.private ? <LockKeyhole /> : <Inbox />} label={collection.name} count={collection.documents} on={selected === collection.id} onSelect={() => onSelect(collection.id)}
              hint={collection.private ? "Private: kept out of answers until unlocked for a conversation" : undefined}
              onRename={() => setEditing({ kind: "rename", collection })} onDrop={(ids) => onMove(ids, collection)}
              menu={<CollectionMenu collection={collection} onEdit={(kind) => setEditing({ kind, collection })} />} />
          </li>
        ))}
      </ul>
      <WatchedFolders collections={collections} onAddFolder={onAddFolder} />
      {editing?.kind === "create" || editing?.kind === "rename" ? <CollectionDialog collection={editing.kind === "rename" ? editing.collection : undefined} onClose={close} onMade={onSelect} /> : null}
      {editing?.kind === "remove" ? <RemoveCollection collection={editing.collection} onClose={close} onRemoved={() => { if (selected === editing.collection.id) onSelect(undefined); }} /> : null}
    </nav>
  );
}

interface PlaceProps { icon: ReactNode; label: string; count: number; on: boolean; onSelect(): void; hint?: string | undefined; menu?: ReactNode; onRename?: () => void; onDrop?: (ids: string[]) => void }

function Place({ icon, label, count: documents, on, onSelect, hint, menu, onRename, onDrop }: PlaceProps) {
  const [over, setOver] = useState(false);
  const takes = (event: DragEvent) => onDrop !== undefined && event.dataTransfer.types.includes(rowDragType);
  return (
    <div className={cx(css.place, on && css.placeOn, over && css.placeOver)}
      onDragOver={(event) => { if (takes(event)) { event.preventDefault(); event.dataTransfer.dropEffect = "move"; setOver(true); } }} onDragLeave={() => setOver(false)}
      onDrop={(event) => { setOver(false); if (!takes(event)) return; event.preventDefault(); onDrop?.(event.dataTransfer.getData(rowDragType).split("\n").filter(Boolean)); }}>
      <button type="button" className={css.placeButton} aria-current={on ? "true" : undefined} title={hint ?? label} onClick={onSelect} onDoubleClick={onRename} onKeyDown={(event) => { if (event.key === "F2") onRename?.(); }}>
        <span className={css.placeIcon} aria-hidden>{icon}</span>
        <span className={css.placeName}>{label}</span>
        <span className={css.placeCount} aria-label={plural(documents, "document")}>{count(documents)}</span>
      </button>
      {menu ? <span className={css.placeMenu}>{menu}</span> : null}
    </div>
  );
}

function CollectionMenu({ collection, onEdit }: { collection: Collection; onEdit(kind: "rename" | "remove"): void }) {
  const engine = useEngine();
  const toasts = useToasts();
  const setPrivate = () => {
    engine.collections.update({ id: collection.id, private: !collection.private }).then(
      () => toasts.show(collection.private ? { title: `“${collection.name}” is open to answers again` } : { title: `“${collection.name}” is private`, text: "Answers use it only in conversations where you unlock it." }),
      (error: unknown) => toasts.fail(error));
  };
  return (
    <Menu align="start" trigger={<IconButton label={`Actions for ${collection.name}`} size="s"><Ellipsis /></IconButton>}>
      <MenuItem icon={<Pencil />} keys="F2" onSelect={() => onEdit("rename")}>Rename…</MenuItem>
      <MenuItem icon={collection.private ? <LockKeyholeOpen /> : <LockKeyhole />} onSelect={setPrivate}>{collection.private ? "Open to answers" : "Make private"}</MenuItem>
      <MenuSeparator />
      <MenuItem icon={<Trash2 />} danger disabled={collection.isDefault} hint={collection.isDefault ? "New documents go here by default" : undefined} onSelect={() => onEdit("remove")}>Delete…</MenuItem>
    </Menu>
  );
}

function CollectionDialog({ collection, onClose, onMade }: { collection: Collection | undefined; onClose(): void; onMade(id: string): void }) {
  const engine = useEngine();
  const [name, setName] = useState(collection?.name ?? "");
  const [secret, setSecret] = useState(false);
  const [error, setError] = useState<string>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      if (collection) await engine.collections.update({ id: collection.id, name: name.trim() });
      else onMade((await engine.collections.create({ name: name.trim(), private: secret })).id);
      onClose();
    } catch (caught) {
      const failure = failureOf(caught);
      setError([failure.reason, failure.next].filter(Boolean).join(" "));
    }
  };
  return (
    <Dialog open onOpenChange={onClose} width="s" title={collection ? "Rename collection" : "New collection"} {...(collection ? {} : { description: "A named set of documents. A question can be put to some collections only." })}
      footer={<><Button onClick={onClose}>Cancel</Button><Button variant="primary" type="submit" form="collection" disabled={!name.trim()}>{collection ? "Rename" : "Create"}</Button></>}>
      <form id="collection" className={css.form} onSubmit={(event) => void submit(event)}>
        <TextField label="Name" autoFocus maxLength={200} value={name} error={error} onFocus={(event) => event.target.select()} onChange={(event) => { setName(event.target.value); setError(undefined); }} />
        {collection ? null : <Switch label="Private" hint="Kept out of answers until you unlock it in a conversation." checked={secret} onChange={setSecret} />}
      </form>
    </Dialog>
  );
}

function RemoveCollection({ collection, onClose, onRemoved }: { collection: Collection; onClose(): void; onRemoved(): void }) {
  const engine = useEngine();
  const toasts = useToasts();
  return (
    <AlertDialog open onOpenChange={onClose} title={`Delete “${collection.name}”?`} confirm="Delete collection"
      description={collection.documents > 0 ? `${plural(collection.documents, "document")} will leave the library with it. The files on your disk are not touched.` : "It is empty."}
      onConfirm={() => { engine.collections.remove({ id: collection.id }).then(() => { onRemoved(); toasts.show({ title: `“${collection.name}” deleted` }); }, (error: unknown) => toasts.fail(error, "The collection could not be deleted")); }} />
  );
}
