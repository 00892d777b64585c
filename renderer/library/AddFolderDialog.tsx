import { Folder, Upload } from "lucide-react";
import { useState, type FormEvent } from "react";
import type { Collection } from "../../engine/contract/index.ts";
import { Button, Dialog, Field, Select, Switch, TextField } from "../design/index.ts";
import type { Adding } from "./adding.tsx";
import css from "./dialogs.module.css";

interface AddFolderProps { paths: string[]; collections: readonly Collection[]; collectionId: string | undefined; adding: Adding; onClose(): void }

/** Where to, and whether to follow the folder. In a browser the path is typed, because a browser's folder cannot be read in place. */
export function AddFolderDialog({ paths, collections, collectionId, adding, onClose }: AddFolderProps) {
  const chosen = paths.length > 0;
  const [path, setPath] = useState("");
  const [watch, setWatch] = useState(true);
  const [secret, setSecret] = useState(false);
  const [target, setTarget] = useState(collectionId ?? collections.find((collection) => collection.isDefault)?.id ?? collections[0]?.id ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onClose();
    void adding.add({ paths: chosen ? paths : [path.trim()], files: [] }, { watch, private: secret, collectionId: target || undefined });
  };
  return (
    <Dialog open onOpenChange={onClose} title="Add a folder" description="Everything readable in it and in its subfolders. The files stay where they are."
      footer={<>
        {chosen ? null : <Button variant="ghost" className={css.left} icon={<Upload />} onClick={() => { onClose(); void adding.uploadFolder(); }}>Upload one from this browser…</Button>}
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="primary" type="submit" form="add-folder" disabled={!chosen && !path.trim()}>Add folder</Button>
      </>}>
      <form id="add-folder" className={css.form} onSubmit={submit}>
        {chosen ? <ul className={css.paths}>{paths.map((each) => <li key={each}><Folder aria-hidden /><span title={each}>{each}</span></li>)}</ul>
          : <TextField label="Path on the machine Lorekeep runs on" placeholder="/home/you/Documents" autoFocus spellCheck={false} value={path} onChange={(event) => setPath(event.target.value)} />}
        {collections.length > 1 ? <Field label="Collection">{({ id }) => <Select id={id} label="Collection" value={target} onChange={setTarget} options={collections.map((collection) => ({ value: collection.id, label: collection.name }))} />}</Field> : null}
        <Switch label="Follow this folder" hint="New and changed files are read by themselves; what is deleted there goes from the library too." checked={watch} onChange={setWatch} />
        <Switch label="Private" hint="Kept out of answers until you unlock it in a conversation." checked={secret} onChange={setSecret} />
      </form>
    </Dialog>
  );
}
