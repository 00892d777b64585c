import { useState, type FormEvent } from "react";
import type { Document } from "../../engine/contract/index.ts";
import { useEngine } from "../engine/context.tsx";
import { Button, Dialog, TextField, useToasts } from "../design/index.ts";

/** The password goes to the reader and is forgotten; a wrong one comes back as the document's state. */
export function PasswordDialog({ documents, onClose }: { documents: readonly Document[]; onClose(): void }) {
  const engine = useEngine();
  const toasts = useToasts();
  const [password, setPassword] = useState("");
  const [only] = documents;
  const wrong = only?.reason?.code === "wrong-password";
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    onClose();
    try {
      await engine.documents.retry({ ids: documents.map((document) => document.id), password });
    } catch (error) {
      toasts.fail(error, "The document could not be read");
    }
  };
  return (
    <Dialog open onOpenChange={onClose} width="s" title={documents.length === 1 ? "Enter the password" : `Enter the password of ${documents.length} documents`}
      description={<>{documents.length === 1 ? <strong style={{ overflowWrap: "anywhere" }}>{only?.name}</strong> : "The same password is tried on each."} It is kept in memory only, never on disk.</>}
      footer={<><Button onClick={onClose}>Cancel</Button><Button variant="primary" type="submit" form="password" disabled={!password}>Read document</Button></>}>
      <form id="password" onSubmit={(event) => void submit(event)}>
        <TextField label="Password" type="password" autoFocus autoComplete="off" value={password} error={wrong && !password ? "The last password did not open it." : undefined} onChange={(event) => setPassword(event.target.value)} />
      </form>
    </Dialog>
  );
}
