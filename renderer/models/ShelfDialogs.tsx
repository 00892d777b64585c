import { useState, type FormEvent } from "react";
import type { ShelfItem } from "../../engine/contract/index.ts";
import { bytes, count } from "../app/words.ts";
import { AlertDialog, Button, Dialog, TextField, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { failureOf } from "../engine/failure.ts";
import type { Runtime } from "./runtime.ts";
import type { ShelfEdit } from "./ShelfCard.tsx";
import { kindNames } from "./words.ts";

interface ShelfDialogsProps { edit: { kind: ShelfEdit; item: ShelfItem } | undefined; runtime: Runtime; onClose(): void }

/** Small ones; the larger have files of their own. */
export function ShelfDialogs({ edit, runtime, onClose }: ShelfDialogsProps) {
  if (edit?.kind === "rename") return <RenameDialog item={edit.item} onClose={onClose} />;
  if (edit?.kind === "remove") return <RemoveDialog item={edit.item} onClose={onClose} />;
  return edit?.kind === "context" ? <ContextDialog item={edit.item} runtime={runtime} onClose={onClose} /> : null;
}

function RenameDialog({ item, onClose }: { item: ShelfItem; onClose(): void }) {
  const engine = useEngine();
  const [name, setName] = useState(item.name);
  const [error, setError] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    engine.models.update({ id: item.id, name: name.trim() }).then(onClose, (caught: unknown) => setError(failureOf(caught).reason));
  };
  return (
    <Dialog open onOpenChange={onClose} width="s" title={`Rename ${kindNames[item.kind]}`} footer={<><Button onClick={onClose}>Cancel</Button><Button variant="primary" type="submit" form="rename-model" disabled={!name.trim()}>Rename</Button></>}>
      <form id="rename-model" onSubmit={submit}><TextField label="Name" autoFocus maxLength={200} value={name} error={error} onFocus={(event) => event.target.select()} onChange={(event) => { setName(event.target.value); setError(undefined); }} hint="Only the name here; the file keeps its own." /></form>
    </Dialog>
  );
}

function RemoveDialog({ item, onClose }: { item: ShelfItem; onClose(): void }) {
  const engine = useEngine();
  const toasts = useToasts();
  return (
    <AlertDialog open onOpenChange={onClose} title={`Remove “${item.name}”?`} confirm={item.storage === "linked" ? "Remove" : "Remove and delete file"}
      description={item.storage === "linked" ? `It leaves the shelf. The file stays where it is: ${item.path}` : `Its file (${bytes(item.sizeBytes)}) lies in the workspace and is deleted. Conversations keep what it wrote.`}
      onConfirm={() => { engine.models.remove({ id: item.id }).then(() => toasts.show({ title: `“${item.name}” removed` }), (error: unknown) => toasts.fail(error, "It could not be removed")); }} />
  );
}

function ContextDialog({ item, runtime, onClose }: { item: ShelfItem; runtime: Runtime; onClose(): void }) {
  const most = item.contextLength;
  const [text, setText] = useState(String(item.fit?.contextSize ?? Math.min(most ?? 4096, 4096)));
  const size = Number(text);
  const error = !Number.isInteger(size) || size < 1 ? "A whole number of tokens, like 4096." : most && size > most ? `It was trained for ${count(most)} tokens; more would make it worse.` : undefined;
  const submit = (event: FormEvent) => { event.preventDefault(); if (error) return; onClose(); runtime.load(item.id, size); };
  return (
    <Dialog open onOpenChange={onClose} width="s" title={`Load ${item.name}`} description="The context is how much the model can see at once: question, history and sources. More takes memory and time."
      footer={<><Button onClick={onClose}>Cancel</Button><Button variant="primary" type="submit" form="load-context" disabled={error !== undefined}>Load</Button></>}>
      <form id="load-context" onSubmit={submit}><TextField label="Context, in tokens" inputMode="numeric" autoFocus value={text} error={error} hint={most ? `At most ${count(most)}, what it was trained for.` : undefined} onChange={(event) => setText(event.target.value)} /></form>
    </Dialog>
  );
}
