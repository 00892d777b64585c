import { CircleStop, Copy, FolderInput, FolderOpen, KeyRound, LockKeyhole, LockKeyholeOpen, PanelRightOpen, RotateCcw, Tag, Trash2 } from "lucide-react";
import type { Collection, Document } from "../../engine/contract/index.ts";
import { MenuItem, MenuLabel, MenuSeparator } from "../design/index.ts";
import { shell } from "../engine/shell.ts";
import type { DocumentActions } from "./actions.tsx";
import { stepsFor, stepWords } from "./reasons.ts";

interface DocumentMenuProps { ids: readonly string[]; /** The one document, where just one is chosen. */ only: Document | undefined; collections: readonly Collection[]; actions: DocumentActions; onOpen(document: Document): void }

/** The same actions in the row's context menu and in the bar for many. */
export function DocumentMenu({ ids, only, collections, actions, onOpen }: DocumentMenuProps) {
  const special = only ? stepsFor(only).filter((step) => step !== "retry" && step !== "remove") : [];
  const busy = only ? ["queued", "reading", "embedding", "recognising"].includes(only.state) : true;
  const others = collections.filter((collection) => collection.id !== only?.collectionId);
  return (
    <>
      {only ? <MenuItem icon={<PanelRightOpen />} keys="Enter" onSelect={() => onOpen(only)}>Open</MenuItem> : null}
      {only ? special.map((step) => <MenuItem key={step} icon={<KeyRound />} onSelect={() => actions.step(only, step)}>{stepWords[step]}</MenuItem>) : null}
      <MenuItem icon={<RotateCcw />} onSelect={() => void actions.retry(ids)}>Read again</MenuItem>
      {busy ? <MenuItem icon={<CircleStop />} onSelect={() => actions.cancel(ids)}>Take out of the queue</MenuItem> : null}
      {only && shell() && only.origin !== "web" && only.origin !== "upload" ? <MenuItem icon={<FolderOpen />} onSelect={() => void shell()?.revealInFolder(only.path)}>Show in its folder</MenuItem> : null}
      {only ? <MenuItem icon={<Copy />} onSelect={() => actions.copyPath(only)}>{only.origin === "web" ? "Copy address" : "Copy path"}</MenuItem> : null}
      <MenuSeparator />
      <MenuItem icon={<Tag />} onSelect={() => actions.setDialog({ kind: "tags", ids })}>Add tags…</MenuItem>
      {only?.private === true ? null : <MenuItem icon={<LockKeyhole />} onSelect={() => void actions.setPrivate(ids, true)}>Make private</MenuItem>}
      {only?.private === false ? null : <MenuItem icon={<LockKeyholeOpen />} onSelect={() => void actions.setPrivate(ids, false)}>Open to answers</MenuItem>}
      {others.length > 0 ? <><MenuSeparator /><MenuLabel>Move to</MenuLabel></> : null}
      {others.slice(0, 12).map((collection) => <MenuItem key={collection.id} icon={<FolderInput />} onSelect={() => void actions.move(ids, collection)}>{collection.name}</MenuItem>)}
      <MenuSeparator />
      <MenuItem icon={<Trash2 />} danger keys="Del" onSelect={() => actions.askRemove(ids, only?.name)}>Remove from the library…</MenuItem>
    </>
  );
}
