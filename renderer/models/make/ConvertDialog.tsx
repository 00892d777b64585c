import { FolderOpen } from "lucide-react";
import { useState, type FormEvent } from "react";
import { convertTypes, type ConvertType, type ShelfItem } from "../../../engine/contract/index.ts";
import { baseName } from "../../app/words.ts";
import { Button, Dialog, Field, Select, TextField } from "../../design/index.ts";
import { chooseFiles } from "../../engine/files.ts";
import { shell } from "../../engine/shell.ts";
import type { Wish } from "./makings.ts";
import css from "../models.module.css";

const BESIDE = "beside";
const typeWords: Readonly<Record<ConvertType, string>> = { "as-stored": "As the trainer stored them", F32: "F32: exact, twice as large", F16: "F16", BF16: "BF16" };

interface ConvertDialogProps { shelf: readonly ShelfItem[]; before: Extract<Wish, { what: "convert" }> | undefined; onStart(wish: Wish): void; onClose(): void }

/** From what a trainer saved (PEFT) to an adapter that runs. `before`: an earlier wish that was refused, to be put right. */
export function ConvertDialog({ shelf, before, onStart, onClose }: ConvertDialogProps) {
  const [folder, setFolder] = useState(before?.input.folder ?? "");
  const [base, setBase] = useState(before?.input.base?.id ?? BESIDE);
  const [type, setType] = useState<ConvertType>(before?.input.type ?? "as-stored");
  const [name, setName] = useState(before?.input.name ?? "");
  const models = shelf.filter((item) => item.kind === "model");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const called = name.trim();
    onClose();
    onStart({ what: "convert", name: called || baseName(folder.trim()), input: { folder: folder.trim(), type, ...(base === BESIDE ? {} : { base: { id: base } }), ...(called ? { name: called } : {}) } });
  };
  const choose = async () => { const { paths: [path] } = await chooseFiles({ folders: true }); if (path) setFolder(path); };
  return (
    <Dialog open onOpenChange={onClose} title="Convert an adapter" description="A folder as PEFT saves it, with adapter_config.json and adapter_model.safetensors, becomes a GGUF adapter on the shelf. The folder stays as it is; no Python is needed."
      footer={<><Button onClick={onClose}>Cancel</Button><Button variant="primary" type="submit" form="convert-adapter" disabled={!folder.trim()}>Convert</Button></>}>
      <form id="convert-adapter" className={css.form} onSubmit={submit}>
        <div className={css.withButton}>
          <TextField label={shell() ? "Folder" : "Folder on the machine Lorekeep runs on"} placeholder="/home/you/training/my-adapter" autoFocus spellCheck={false} value={folder} onChange={(event) => setFolder(event.target.value)} />
          {shell() ? <Button icon={<FolderOpen />} onClick={() => void choose()}>Choose…</Button> : null}
        </div>
        <Field label="Trained for" hint="The heads of the base decide the order of the rows. Without config.json in the folder, choose the base here.">
          {({ id }) => <Select id={id} label="Trained for" value={base} onChange={setBase} options={[{ value: BESIDE, label: "What config.json in the folder says" }, ...models.map((item) => ({ value: item.id, label: item.name, disabled: item.state === "missing" }))]} />}
        </Field>
        <div className={css.two}>
          <Field label="Numbers">{({ id }) => <Select<ConvertType> id={id} label="Numbers" value={type} onChange={setType} options={convertTypes.map((value) => ({ value, label: typeWords[value] }))} />}</Field>
          <TextField label="Name (optional)" placeholder={baseName(folder.trim()) || "the folder’s name"} maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
        </div>
      </form>
    </Dialog>
  );
}
