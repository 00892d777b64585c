import { useState, type FormEvent } from "react";
import { useEngine } from "../engine/context.tsx";
import { failureOf } from "../engine/failure.ts";
import { Button, Dialog, TextField, useToasts } from "../design/index.ts";

/** "example.org/page" is what people paste; the contract wants a whole address. */
const whole = (text: string): string => (/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`);

function isWebAddress(text: string): boolean {
  try {
    const { protocol, hostname } = new URL(text);
    return (protocol === "http:" || protocol === "https:") && hostname.length > 0;
  } catch {
    return false; // URL.canParse is newer than the oldest shell.
  }
}

export function AddPageDialog({ collectionId, onClose }: { collectionId: string | undefined; onClose(): void }) {
  const engine = useEngine();
  const toasts = useToasts();
  const [url, setUrl] = useState("");
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const address = whole(url.trim());
    if (!isWebAddress(address)) return setError("This is not the address of a web page. It begins with http:// or https://.");
    setBusy(true);
    try {
      const added = await engine.documents.addPage({ url: address, ...(collectionId ? { collectionId } : {}) });
      toasts.show({ title: "Web page added", text: added.title ?? added.path });
      onClose();
    } catch (caught) {
      const failure = failureOf(caught);
      setError([failure.reason, failure.next].filter(Boolean).join(" "));
      setBusy(false);
    }
  };
  return (
    <Dialog open onOpenChange={onClose} title="Add a web page" description="This one address is fetched now, and written down in the network ledger. Its links are not followed."
      footer={<><Button onClick={onClose}>Cancel</Button><Button variant="primary" type="submit" form="add-page" busy={busy} disabled={!url.trim()}>Add page</Button></>}>
      <form id="add-page" noValidate onSubmit={(event) => void submit(event)}>
        <TextField label="Address" type="url" autoFocus spellCheck={false} placeholder="https://" value={url} error={error} onChange={(event) => { setUrl(event.target.value); setError(undefined); }} />
      </form>
    </Dialog>
  );
}
