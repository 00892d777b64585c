import { Box, Upload } from "lucide-react";
import { useState, type FormEvent } from "react";
import { Button, Dialog, SegmentedControl, TextField } from "../design/index.ts";
import { baseName } from "../app/words.ts";
import { chooseFiles } from "../engine/files.ts";
import type { Imports } from "./imports.ts";
import css from "./models.module.css";

interface ImportDialogProps { paths: readonly string[]; imports: Imports; onClose(): void }

const modes = [{ value: "link", label: "Use it where it is" }, { value: "copy", label: "Copy into the workspace" }] as const;
const modeHints = { link: "Nothing is copied. If the file is moved or changed, the model is missing until it is back.", copy: "Takes the space a second time, and stays when the original goes." };

/** Link or copy, for files chosen or dropped; in a browser also where from: a path on the machine, or an upload. */
export function ImportDialog({ paths, imports, onClose }: ImportDialogProps) {
  const chosen = paths.length > 0;
  const [path, setPath] = useState("");
  const [mode, setMode] = useState<"link" | "copy">("link");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onClose();
    for (const each of chosen ? paths : [path.trim()]) void imports.start({ path: each, mode });
  };
  const uploadInstead = async () => {
    onClose();
    const { files } = await chooseFiles({ folders: false, accept: ".gguf" });
    for (const file of files) void imports.start({ file, mode: "copy" });
  };
  return (
    <Dialog open onOpenChange={onClose} title="Import a model or adapter" description="GGUF files: models that answer, and LoRA adapters that change how they do. The file is checked before anything runs it."
      footer={<>
        {chosen ? null : <Button variant="ghost" className={css.left} icon={<Upload />} onClick={() => void uploadInstead()}>Upload from this browser…</Button>}
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="primary" type="submit" form="import-model" disabled={!chosen && !path.trim()}>Import</Button>
      </>}>
      <form id="import-model" className={css.form} onSubmit={submit}>
        {chosen ? <ul className={css.chosen}>{paths.map((each) => <li key={each} title={each}><Box aria-hidden /><span>{baseName(each)}</span></li>)}</ul>
          : <TextField label="Path on the machine Lorekeep runs on" placeholder="/home/you/models/model-q4_k_m.gguf" autoFocus spellCheck={false} value={path} onChange={(event) => setPath(event.target.value)} />}
        <div className={css.choice}>
          <SegmentedControl<"link" | "copy"> label="Link or copy" value={mode} onChange={setMode} segments={modes} />
          <p className={css.note}>{modeHints[mode]}</p>
        </div>
      </form>
    </Dialog>
  );
}
