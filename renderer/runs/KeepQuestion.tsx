import { ClipboardCheck } from "lucide-react";
import { useState } from "react";
import type { AssistantMessage } from "../../engine/contract/index.ts";
import { Button, Dialog, IconButton, Select, TextArea, TextField, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { goEvaluate } from "./addresses.ts";
import { useSets } from "./queries.ts";
import css from "./runs.module.css";

const NEW = "new";

/** Below an answer: its question becomes one with a known answer. Left as it is, the engine takes of the answer what can be checked. */
export function KeepQuestion({ conversationId, message }: { conversationId: string; message: AssistantMessage }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton size="s" label="Keep as a test question" onClick={() => setOpen(true)}><ClipboardCheck /></IconButton>
      {open ? <KeepDialog conversationId={conversationId} message={message} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function KeepDialog({ conversationId, message, onClose }: { conversationId: string; message: AssistantMessage; onClose(): void }) {
  const engine = useEngine();
  const toasts = useToasts();
  const { data: sets = [] } = useSets();
  const [chosen, setChosen] = useState<string>();
  const [name, setName] = useState("My questions");
  const whole = message.text.replace(/ ?\[\d+(?:, ?\d+)*\]/g, "").trim().slice(0, 4000);
  const [answer, setAnswer] = useState(whole);
  const [busy, setBusy] = useState(false);
  const target = chosen ?? sets[0]?.id ?? NEW;
  const keep = async () => {
    setBusy(true);
    try {
      const { set } = await engine.evaluation.sets.fromAnswer({ conversationId, messageId: message.id, ...(answer === whole ? {} : { answer: answer.trim() }), ...(target === NEW ? { name: name.trim() } : { setId: target }) });
      toasts.show({ title: `Kept in “${set.name}”`, action: { label: "Look", run: () => goEvaluate({ kind: "set", id: set.id }) } });
      onClose();
    } catch (error) {
      toasts.fail(error, "The question could not be kept");
      setBusy(false);
    }
  };
  const footer = <><Button onClick={onClose}>Cancel</Button><Button variant="primary" busy={busy} disabled={answer.trim() === "" || (target === NEW && name.trim() === "")} onClick={() => void keep()}>Keep</Button></>;
  return (
    <Dialog open onOpenChange={(next) => { if (!next) onClose(); }} title="Keep as a test question" description={<>“{message.trace.question}”</>} footer={footer}>
      <div className={css.form}>
        {sets.length > 0 ? <label className={css.field}><span>Question set</span><Select label="Question set" value={target} onChange={setChosen} options={[...sets.map((set) => ({ value: set.id, label: set.name })), { value: NEW, label: "A new set" }]} /></label> : null}
        {target === NEW ? <TextField label="Name of the set" value={name} maxLength={200} onChange={(event) => setName(event.target.value)} /> : null}
        <TextArea label="The right answer" hint="Best only the words that must be there: a name, a date, a number." rows={3} maxLength={4000} value={answer} onChange={(event) => setAnswer(event.target.value)} />
      </div>
    </Dialog>
  );
}
