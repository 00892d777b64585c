import { useState, type FormEvent } from "react";
import { plural } from "../app/words.ts";
import { AlertDialog, Button, Dialog, TextField } from "../design/index.ts";
import type { DocumentActions } from "./actions.tsx";
import { PasswordDialog } from "./PasswordDialog.tsx";

export function ActionDialogs({ actions }: { actions: DocumentActions }) {
  const { dialog, setDialog } = actions;
  const close = () => setDialog(undefined);
  if (dialog?.kind === "password") return <PasswordDialog documents={dialog.documents} onClose={close} />;
  if (dialog?.kind === "tags") return <TagsDialog count={dialog.ids.length} onClose={close} onTags={(tags) => void actions.addTags(dialog.ids, tags)} />;
  if (dialog?.kind !== "remove") return null;
  const one = dialog.ids.length === 1;
  return (
    <AlertDialog open onOpenChange={close} title={one && dialog.name ? `Remove “${dialog.name}”?` : `Remove ${plural(dialog.ids.length, "document")}?`} confirm="Remove" onConfirm={() => void actions.remove(dialog.ids)}
      description={`${one ? "It is" : "They are"} taken out of the library and out of answers. The ${one ? "file" : "files"} on your disk ${one ? "is" : "are"} not touched.`} />
  );
}

export const splitTags = (text: string): string[] => [...new Set(text.split(",").map((tag) => tag.trim().slice(0, 100)).filter(Boolean))];

function TagsDialog({ count, onClose, onTags }: { count: number; onClose(): void; onTags(tags: string[]): void }) {
  const [text, setText] = useState("");
  const submit = (event: FormEvent) => { event.preventDefault(); onClose(); onTags(splitTags(text)); };
  return (
    <Dialog open onOpenChange={onClose} width="s" title={`Tag ${plural(count, "document")}`} description="Tags narrow a question to some documents. The tags they have stay."
      footer={<><Button onClick={onClose}>Cancel</Button><Button variant="primary" type="submit" form="tags" disabled={splitTags(text).length === 0}>Add tags</Button></>}>
      <form id="tags" onSubmit={submit}><TextField label="Tags" hint="Several with commas between." autoFocus value={text} onChange={(event) => setText(event.target.value)} /></form>
    </Dialog>
  );
}
