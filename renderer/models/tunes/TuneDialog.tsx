import { useState, type FormEvent } from "react";
import type { FineTune, ShelfItem } from "../../../engine/contract/index.ts";
import { Button, Dialog, Field, Select, TextArea, TextField, useToasts } from "../../design/index.ts";
import { useEngine } from "../../engine/context.tsx";
import { failureOf } from "../../engine/failure.ts";
import { canBeChecked } from "../health/standing.ts";
import { goModels } from "../places.ts";
import { emptyLineage, lineageFrom, LineageFields } from "./LineageFields.tsx";
import { useFineTunes } from "./queries.ts";
import css from "../models.module.css";

const NEW = "new";
interface TuneDialogProps { shelf: readonly ShelfItem[]; /** Asked for on an item, or on a fine-tune; neither: a new one of any item. */ item?: ShelfItem; tune?: FineTune; onClose(): void }

/** An adapter or merged model becomes version 1 of a new fine-tune, or the next version of one that there is. */
export function TuneDialog({ shelf, item, tune, onClose }: TuneDialogProps) {
  const engine = useEngine();
  const toasts = useToasts();
  const { data: tunes = [] } = useFineTunes();
  const holds = (one: FineTune, id: string) => one.versions.some((version) => version.itemId === id);
  const items = shelf.filter((one) => canBeChecked(one) && (!tune || (one.kind === tune.kind && !holds(tune, one.id))));
  const [itemId, setItemId] = useState(item?.id ?? items[0]?.id);
  const [tuneId, setTuneId] = useState(tune?.id ?? NEW);
  const chosen = shelf.find(({ id }) => id === itemId);
  const [name, setName] = useState("");
  const [notes, setNotes] = useState("");
  const [origin, setOrigin] = useState(emptyLineage);
  const [problem, setProblem] = useState<string>();
  const targets = item ? tunes.filter((one) => one.kind === item.kind && !holds(one, item.id)) : [];
  const lineage = lineageFrom(origin);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!chosen || !lineage) return;
    const about = { itemId: chosen.id, notes: notes.trim(), lineage };
    const kept = tuneId === NEW ? engine.models.fineTunes.create({ name: name.trim() || chosen.name, ...about }) : engine.models.fineTunes.addVersion({ id: tuneId, ...about });
    kept.then((made) => {
      onClose();
      toasts.show({ title: tuneId === NEW ? `${made.name} is kept, with ${chosen.name} as version 1` : `${chosen.name} is version ${made.versions.at(-1)?.number ?? ""} of ${made.name}`, ...(item ? { action: { label: "Look", run: () => goModels({ tab: "fine-tunes" }) } } : {}) });
    }, (error: unknown) => { const { reason, next } = failureOf(error); setProblem([reason, next].filter(Boolean).join(" ")); });
  };
  const title = tune ? `Add a version to ${tune.name}` : item ? `Keep ${item.name} as a version` : "New fine-tune";
  return (
    <Dialog open onOpenChange={onClose} title={title} description="A fine-tune is kept by its versions. One of them is the default; the others wait, and can be gone back to."
      footer={<><Button onClick={onClose}>Cancel</Button><Button variant="primary" type="submit" form="keep-tune" disabled={!chosen || !lineage}>Keep</Button></>}>
      {items.length === 0 && !item ? <p className={css.note}>{tune ? `Every ${tune.kind === "adapter" ? "adapter" : "merged model"} on the shelf is a version of it already. Import or convert another one first.` : "There is no adapter or merged model on the shelf yet."}</p> : (
        <form id="keep-tune" className={css.form} onSubmit={submit}>
          {item ? null : <Field label="Adapter or merged model">{({ id }) => <Select id={id} label="Adapter or merged model" value={itemId ?? ""} onChange={setItemId} options={items.map((one) => ({ value: one.id, label: one.name }))} />}</Field>}
          {item && targets.length > 0 ? <Field label="Version of">{({ id }) => <Select id={id} label="Version of" value={tuneId} onChange={setTuneId} options={[{ value: NEW, label: "A new fine-tune" }, ...targets.map((one) => ({ value: one.id, label: one.name }))]} />}</Field> : null}
          {tuneId === NEW ? <TextField label="Name" placeholder={chosen?.name} maxLength={200} value={name} onChange={(event) => setName(event.target.value)} /> : null}
          <TextArea label="Notes (optional)" rows={2} maxLength={4000} placeholder="What was changed, what for" value={notes} onChange={(event) => setNotes(event.target.value)} />
          <LineageFields value={origin} onChange={setOrigin} />
          {problem ? <p role="alert" className={css.problem}>{problem}</p> : null}
        </form>
      )}
    </Dialog>
  );
}
