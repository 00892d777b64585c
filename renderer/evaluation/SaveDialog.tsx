import { useState } from "react";
import type { Passage } from "../../engine/contract/index.ts";
import { baseName } from "../app/words.ts";
import { Button, Dialog, Field, Select, TextArea, TextField, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useSets } from "../runs/queries.ts";
import css from "./evaluation.module.css";

const NEW = "new";

/** Keeps a question with the document and the words that answer it. */
export function SaveDialog({ question, passage, onClose }: { question: string; passage: Passage; onClose(): void }) {
  const engine = useEngine();
  const toasts = useToasts();
  const { data: sets = [] } = useSets();
  const [chosen, setChosen] = useState<string>();
  const [name, setName] = useState("My questions");
  const [phrase, setPhrase] = useState("");
  const [busy, setBusy] = useState(false);
  const target = chosen ?? sets[0]?.id ?? NEW;
  const save = async () => {
    setBusy(true);
    try {
      const set = sets.find(({ id }) => id === target);
      const added = { id: crypto.randomUUID(), question, expectDocument: baseName(passage.path), ...(phrase.trim() ? { expectPhrase: phrase.trim() } : {}) };
      const saved = await engine.evaluation.sets.save({ ...(set ?? { name: name.trim() }), questions: [...(set?.questions ?? []).filter((other) => other.question !== question), added] });
      toasts.show({ title: `Saved in “${saved.name}”` });
      onClose();
    } catch (error) {
      toasts.fail(error, "The question could not be saved");
      setBusy(false);
    }
  };
  const footer = <><Button onClick={onClose}>Cancel</Button><Button variant="primary" busy={busy} disabled={target === NEW && name.trim() === ""} onClick={() => void save()}>Save question</Button></>;
  return (
    <Dialog open onOpenChange={(open) => { if (!open) onClose(); }} title="Save as a known question" description={<>“{question}” is answered by {passage.title ?? baseName(passage.path)}.</>} footer={footer}>
      <div className={css.form}>
        {sets.length > 0 ? <Field label="Question set">{({ id }) => <Select id={id} label="Question set" value={target} onChange={setChosen} options={[...sets.map((set) => ({ value: set.id, label: set.name })), { value: NEW, label: "A new set" }]} />}</Field> : null}
        {target === NEW ? <TextField label="Name of the set" value={name} maxLength={200} onChange={(event) => setName(event.target.value)} /> : null}
        <TextArea label="Words of the answer (optional)" hint="With them the very passage must be found, without them any of the document’s." rows={2} value={phrase} onChange={(event) => setPhrase(event.target.value)} />
        <blockquote className={css.quote}>{passage.text}</blockquote>
      </div>
    </Dialog>
  );
}
