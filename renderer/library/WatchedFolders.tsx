import { Ellipsis, FolderOpen, FolderSync, FolderX, Plus, Square, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Collection } from "../../engine/contract/index.ts";
import { baseName, count, plural } from "../app/words.ts";
import { AlertDialog, cx, IconButton, Menu, MenuItem, MenuSeparator, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useEngineQuery } from "../engine/queries.ts";
import { shell } from "../engine/shell.ts";
import css from "./sidebar.module.css";

type Folder = NonNullable<ReturnType<typeof useFolders>["data"]>[number];
const useFolders = () => useEngineQuery(["folders", "list"], (engine, signal) => engine.folders.list(undefined, { signal }));

const stateWords = { watching: "Followed", missing: "Not found: it was moved, or its drive is not connected", off: "Not followed" } as const;

/** Folders whose changes are followed. A folder that is away keeps its documents: a drive may come back. */
export function WatchedFolders({ collections, onAddFolder }: { collections: readonly Collection[]; onAddFolder(): void }) {
  const { data: folders = [] } = useFolders();
  const [forgetting, setForgetting] = useState<Folder>();
  const engine = useEngine();
  const toasts = useToasts();
  const stop = (folder: Folder, forget: boolean) => {
    engine.folders.remove({ id: folder.id, forget }).then(
      () => toasts.show({ title: `“${baseName(folder.path)}” is no longer followed`, text: forget ? "Its documents left the library." : "Its documents stay as they are." }),
      (error: unknown) => toasts.fail(error));
  };
  return (
    <section aria-label="Followed folders">
      <div className={css.heading}><h2>Followed folders</h2><IconButton label="Follow a folder" size="s" onClick={onAddFolder}><Plus /></IconButton></div>
      {folders.length === 0 ? <p className={css.hint}>Follow a folder, and what changes in it is read by itself.</p> : null}
      <ul className={css.list}>
        {folders.map((folder) => (
          <li key={folder.id} className={css.place}>
            <div className={cx(css.folder, folder.state === "missing" && css.folderMissing)} title={`${folder.path}\n${stateWords[folder.state]}`}>
              <span className={css.placeIcon} aria-hidden>{folder.state === "missing" ? <FolderX /> : <FolderSync />}</span>
              <span className={css.folderText}>
                <span className={css.placeName}>{baseName(folder.path)}</span>
                <span className={css.folderState}>{folder.state === "watching" ? collections.find((collection) => collection.id === folder.collectionId)?.name ?? "Followed" : folder.state === "missing" ? "Not found" : "Not followed"}</span>
              </span>
              <span className={css.placeCount} aria-label={plural(folder.documents, "document")}>{count(folder.documents)}</span>
            </div>
            <span className={css.placeMenu}>
              <Menu align="start" trigger={<IconButton label={`Actions for ${baseName(folder.path)}`} size="s"><Ellipsis /></IconButton>}>
                {shell() ? <MenuItem icon={<FolderOpen />} onSelect={() => void shell()?.revealInFolder(folder.path)}>Show in its folder</MenuItem> : null}
                <MenuItem icon={<Square />} hint="Its documents stay" onSelect={() => stop(folder, false)}>Stop following</MenuItem>
                <MenuSeparator />
                <MenuItem icon={<Trash2 />} danger onSelect={() => setForgetting(folder)}>Stop and remove documents…</MenuItem>
              </Menu>
            </span>
          </li>
        ))}
      </ul>
      {forgetting ? (
        <AlertDialog open onOpenChange={() => setForgetting(undefined)} title={`Forget “${baseName(forgetting.path)}”?`} confirm="Forget folder" onConfirm={() => stop(forgetting, true)}
          description={`${plural(forgetting.documents, "document")} will leave the library. The files on your disk are not touched.`} />
      ) : null}
    </section>
  );
}
