import { useState, type FormEvent } from "react";
import type { FineTune } from "../../../engine/contract/index.ts";
import { Button, Dialog, TextField } from "../../design/index.ts";
import { useEngine } from "../../engine/context.tsx";
import { failureOf } from "../../engine/failure.ts";

export function RenameTune({ tune, onClose }: { tune: FineTune; onClose(): void }) {
  const engine = useEngine();
  const [name, setName] = useState(tune.name);
  const [error, setError] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    engine.models.fineTunes.update({ id: tune.id, name: name.trim() }).then(onClose, (caught: unknown) => setError(failureOf(caught).reason));
  };
  return (
    <Dialog open onOpenChange={onClose} width="s" title="Rename fine-tune" footer={<><Button onClick={onClose}>Cancel</Button><Button variant="primary" type="submit" form="rename-tune" disabled={!name.trim()}>Rename</Button></>}>
      <form id="rename-tune" onSubmit={submit}><TextField label="Name" autoFocus maxLength={200} value={name} error={error} onFocus={(event) => event.target.select()} onChange={(event) => { setName(event.target.value); setError(undefined); }} /></form>
    </Dialog>
  );
}
