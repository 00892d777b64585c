import { FilePlus2, FolderPlus, Globe } from "lucide-react";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import type { Collection, Document } from "../../engine/contract/index.ts";
import { count } from "../app/words.ts";
import { go } from "../app/route.ts";
import { Button, DropZone, EmptyState, MenuAt, ProgressBar, SearchField, type Point } from "../design/index.ts";
import { useCollections } from "../engine/queries.ts";
import { ActionDialogs } from "./ActionDialogs.tsx";
import { useDocumentActions } from "./actions.tsx";
import { AddFolderDialog } from "./AddFolderDialog.tsx";
import { useAdding, type Adding } from "./adding.tsx";
import { AddPageDialog } from "./AddPageDialog.tsx";
import { AddResultDialog } from "./AddResultDialog.tsx";
import { BulkBar } from "./BulkBar.tsx";
import { DocumentDrawer } from "./DocumentDrawer.tsx";
import { DocumentMenu } from "./DocumentMenu.tsx";
import { DocumentTable } from "./DocumentTable.tsx";
import { useDocumentHead, type DocumentQuery, type DocumentSort } from "./documents.ts";
import { QueuePanel } from "./QueuePanel.tsx";
import { RecognitionBanner } from "./RecognitionBanner.tsx";
import { nothingSelected, without, type Selection } from "./selection.ts";
import { Sidebar } from "./Sidebar.tsx";
import { StateChips, type StateFilter, statesOf } from "./StateChips.tsx";
import { useOneDocument } from "./one.ts";
import css from "./library.module.css";

/** The documents: where they are kept, what became of them, and how more come in. The route's id opens a document. */
export function LibraryScreen({ id }: { id: string | undefined }) {
  const collections = useCollections();
  const all = useMemo(() => collections.data ?? [], [collections.data]);
  const [collectionId, setCollectionId] = useState<string>();
  const [text, setText] = useState("");
  const [filter, setFilter] = useState<StateFilter>("all");
  const [sort, setSort] = useState<{ sort: DocumentSort; descending: boolean }>({ sort: "added", descending: true });
  const [selection, setSelection] = useState<Selection>(nothingSelected);
  const [menu, setMenu] = useState<Point>();
  const grid = useRef<HTMLDivElement>(null);
  const search = useSettled(text.trim());

  const collection = all.find((each) => each.id === collectionId);
  const query = useMemo<DocumentQuery>(() => ({ collectionId: collection?.id, text: search || undefined, states: statesOf(filter), ...sort }), [collection?.id, search, filter, sort]);
  const head = useDocumentHead(query);
  const adding = useAdding(collection?.id);
  const actions = useDocumentActions(adding, (gone) => { setSelection((now) => without(now, gone)); if (id && gone.includes(id)) close(); });
  const only = useOneDocument(selection.ids);
  const focusGrid = () => grid.current?.focus({ preventScroll: true });
  const close = () => { go("library"); focusGrid(); };
  const open = (document: Document) => go("library", document.id);
  const narrow = (change: () => void) => { change(); setSelection(nothingSelected); };
  useFilterKey(() => document.querySelector<HTMLInputElement>("[data-filter] input")?.focus());

  const total = head.data?.total ?? 0;
  const narrowed = search !== "" || filter !== "all";
  const bare = !narrowed && head.data?.total === 0;
  return (
    <DropZone onDropped={(dropped) => void adding.add(dropped)} target={collection?.name ?? all.find((each) => each.isDefault)?.name ?? "the library"}>
      <div className={css.screen}>
        <Sidebar collections={all} selected={collection?.id} onSelect={(next) => narrow(() => setCollectionId(next))} onMove={(ids, target) => void actions.move(ids, target)} onAddFolder={() => void adding.addFolder()} />
        <section className={css.main} aria-label={collection?.name ?? "All documents"}>
          <Header collection={collection} adding={bare ? undefined : adding} />
          {bare ? null : (
            <div className={css.tools}>
              <div data-filter className={css.filter}><SearchField label="Filter by path, title or tag" placeholder="Filter documents" value={text} onChange={(next) => narrow(() => setText(next))} onKeyDown={(event) => { if (event.key === "ArrowDown") { event.preventDefault(); focusGrid(); } }} /></div>
              <StateChips byState={head.data?.byState} value={filter} onChange={(next) => narrow(() => setFilter(next))} />
            </div>
          )}
          {adding.uploading ? <div className={css.uploading} role="status">Uploading {count(adding.uploading.done)} of {count(adding.uploading.total)}<ProgressBar label="Uploading" fraction={adding.uploading.done / adding.uploading.total} /></div> : null}
          <RecognitionBanner />
          <QueuePanel onShowFailed={() => narrow(() => { setCollectionId(undefined); setText(""); setFilter("failed"); })} />
          {head.isPending ? <div className={css.fill} /> : bare ? <div className={css.welcome}><Welcome collection={collection} adding={adding} /></div> : (
            <DocumentTable query={query} total={total} selection={selection} onSelection={setSelection} gridRef={grid} openId={id} onOpen={open} onStep={actions.step} onContext={setMenu}
              onRemove={(ids) => actions.askRemove(ids, ids.length === 1 ? only?.name : undefined)} onSort={(by, descending) => narrow(() => setSort({ sort: by, descending }))}
              collectionName={(collectionOf) => (all.length > 1 ? all.find((each) => each.id === collectionOf)?.name : undefined)}
              empty={<EmptyState title="No document matches" actions={<Button onClick={() => narrow(() => { setText(""); setFilter("all"); })}>Show all</Button>}>Nothing here has this state, or these words in its path, title or tags.</EmptyState>} />
          )}
          <BulkBar ids={[...selection.ids]} only={only} collections={all} actions={actions} onOpen={open} onClear={() => { setSelection(nothingSelected); focusGrid(); }} />
        </section>
        {id ? <DocumentDrawer id={id} collections={all} actions={actions} onClose={close} /> : null}
      </div>
      {menu ? <MenuAt at={menu} label="Document actions" onClose={() => setMenu(undefined)} restoreFocus={focusGrid}><DocumentMenu ids={[...selection.ids]} only={only} collections={all} actions={actions} onOpen={open} /></MenuAt> : null}
      <ActionDialogs actions={actions} />
      <AddDialogs adding={adding} collections={all} collectionId={collection?.id} />
    </DropZone>
  );
}

function Header({ collection, adding }: { collection: Collection | undefined; adding: Adding | undefined }) {
  return (
    <header className={css.header}>
      <h1 className={css.title} title={collection?.name}>{collection?.name ?? "All documents"}</h1>
      {adding ? <div className={css.adders}><AddButtons adding={adding} /></div> : null}
    </header>
  );
}

function AddButtons({ adding }: { adding: Adding }) {
  return (
    <>
      <Button variant="primary" icon={<FilePlus2 />} onClick={() => void adding.addFiles()}>Add files</Button>
      <Button icon={<FolderPlus />} onClick={() => void adding.addFolder()}>Add folder</Button>
      <Button variant="ghost" icon={<Globe />} onClick={() => adding.setDialog({ kind: "page" })}>Web page</Button>
    </>
  );
}

function Welcome({ collection, adding }: { collection: Collection | undefined; adding: Adding }) {
  return (
    <EmptyState icon={<FilePlus2 />} title={collection ? `“${collection.name}” is empty` : "Your library is empty"} actions={<AddButtons adding={adding} />}>
      Drop files or folders here: PDF, Word, Excel, slides, e-mail, web pages, notes, code. They are read on this machine and stay on it.
    </EmptyState>
  );
}

function AddDialogs({ adding, collections, collectionId }: { adding: Adding; collections: readonly Collection[]; collectionId: string | undefined }): ReactNode {
  const { dialog, setDialog } = adding;
  const close = () => setDialog(undefined);
  if (dialog?.kind === "folder") return <AddFolderDialog paths={dialog.paths} collections={collections} collectionId={collectionId} adding={adding} onClose={close} />;
  if (dialog?.kind === "page") return <AddPageDialog collectionId={collectionId} onClose={close} />;
  return dialog?.kind === "result" ? <AddResultDialog result={dialog.result} onClose={close} /> : null;
}

/** What is typed, once the typing pauses. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), value === "" ? 0 : 160);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** Ctrl F (or "/") goes to the filter. */
function useFilterKey(focus: () => void): void {
  const latest = useRef(focus);
  useEffect(() => { latest.current = focus; });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, [role=dialog]");
      if ((event.key === "f" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing)) { event.preventDefault(); latest.current(); }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

