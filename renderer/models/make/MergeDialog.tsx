import { useState, type FormEvent } from "react";
import { mergeTypes, type MergeType, type ShelfItem } from "../../../engine/contract/index.ts";
import { bytes } from "../../app/words.ts";
import { Badge, Button, Checkbox, Dialog, Field, Select, TextField } from "../../design/index.ts";
import { standingOf } from "../../chat/adapters.ts";
import { canMergeInto, mergedBytes, mergeScale } from "./merge-size.ts";
import type { Wish } from "./makings.ts";
import css from "../models.module.css";

const NONE = "none";
const typeWords: Readonly<Record<MergeType, string>> = { "as-base": "As in the base", F16: "F16", BF16: "BF16", F32: "F32", Q8_0: "Q8_0" };

interface MergeDialogProps { shelf: readonly ShelfItem[]; from: ShelfItem | undefined; before: Extract<Wish, { what: "merge" }> | undefined; onStart(wish: Wish): void; onClose(): void }

/** Base and adapters become one file. `from`: where it was asked for, a base or an adapter; `before`: an earlier wish that was refused. */
export function MergeDialog({ shelf, from, before, onStart, onClose }: MergeDialogProps) {
  const models = shelf.filter((item) => item.kind === "model" && item.state === "ready");
  const [said, setBaseId] = useState(before?.input.base.id ?? (from?.kind === "adapter" ? from.fineTuneOf?.id : from?.id) ?? (models.length === 1 ? models[0]?.id : undefined));
  const [scales, setScales] = useState<ReadonlyMap<string, string>>(() => new Map(before ? before.input.adapters.flatMap(({ adapter, scale = 1 }) => (adapter.id ? [[adapter.id, String(scale)]] : [])) : from?.kind === "adapter" ? [[from.id, "1"]] : []));
  const [type, setType] = useState<MergeType>(before?.input.type ?? "as-base");
  const [name, setName] = useState(before?.input.name ?? "");
  // Until a person says: the model that an adapter they ticked was made from.
  const baseId = said ?? shelf.find(({ id, fineTuneOf }) => scales.has(id) && models.some((model) => model.id === fineTuneOf?.id))?.fineTuneOf?.id ?? NONE;
  const base = models.find(({ id }) => id === baseId);
  const adapters = shelf.filter((item) => item.kind === "adapter" && (!base || item.architecture === base.architecture || scales.has(item.id)));
  const others = (item: ShelfItem) => Number(base !== undefined && item.fineTuneOf?.id !== base.id);
  const sorted = [...adapters].sort((a, b) => others(a) - others(b));
  const chosen = adapters.filter(({ id }) => scales.has(id));
  const ready = base !== undefined && chosen.length > 0 && chosen.every(({ id }) => mergeScale(scales.get(id) ?? "") !== undefined);
  const usualName = [base?.name, ...chosen.map((item) => item.name)].filter(Boolean).join(" + ").slice(0, 200);
  const size = base && mergedBytes(base, type);
  const set = (id: string, text: string | undefined) => setScales((now) => { const next = new Map(now); if (text === undefined) next.delete(id); else next.set(id, text); return next; });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    onClose();
    onStart({ what: "merge", name: name.trim() || usualName, input: { base: { id: base.id }, adapters: chosen.map(({ id }) => ({ adapter: { id }, scale: mergeScale(scales.get(id) ?? "") ?? 1 })), type, ...(name.trim() ? { name: name.trim() } : {}) } });
  };
  return (
    <Dialog open onOpenChange={onClose} title="Merge adapters into their base" description="Makes one model file that carries the fine-tune inside, for programs that cannot lay adapters over a model. Base and adapters stay as they are."
      footer={<><Button onClick={onClose}>Cancel</Button><Button variant="primary" type="submit" form="merge-adapters" disabled={!ready}>{size === undefined || !ready ? "Merge" : `Merge into about ${bytes(size)}`}</Button></>}>
      <form id="merge-adapters" className={css.form} onSubmit={submit}>
        <Field label="Base" hint={base && !canMergeInto(base) ? `Nothing can be added to weights in ${base.quantisation ?? "this form"}: take the same model in F16 or Q8_0, or use the adapter as it is.` : undefined}>
          {({ id }) => <Select id={id} label="Base" value={baseId} onChange={setBaseId} options={[...(baseId === NONE ? [{ value: NONE, label: "Choose a model", disabled: true }] : []), ...models.map((item) => ({ value: item.id, label: `${item.name}${item.quantisation ? ` (${item.quantisation})` : ""}` }))]} />}
        </Field>
        <fieldset className={css.group2}>
          <legend>Adapters, added with this strength</legend>
          {adapters.length === 0 ? <p className={css.note}>No adapter for {base ? base.architecture : "a model"} is on the shelf.</p> : sorted.map((item) => <AdapterRow key={item.id} item={item} base={base} scale={scales.get(item.id)} onScale={(text) => set(item.id, text)} />)}
        </fieldset>
        <div className={css.two}>
          <Field label="Weights" hint={type === "as-base" ? "Each tensor as the base has it." : undefined}>{({ id }) => <Select<MergeType> id={id} label="Weights" value={type} onChange={setType} options={mergeTypes.map((value) => ({ value, label: typeWords[value] }))} />}</Field>
          <TextField label="Name (optional)" placeholder={usualName} maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
        </div>
      </form>
    </Dialog>
  );
}

function AdapterRow({ item, base, scale, onScale }: { item: ShelfItem; base: ShelfItem | undefined; scale: string | undefined; onScale(text: string | undefined): void }) {
  const on = scale !== undefined;
  const standing = standingOf(item, base);
  const bad = on && mergeScale(scale) === undefined;
  return (
    <div className={css.pickRow} data-adapter={item.id}>
      <Checkbox label={item.name} checked={on} onChange={(next) => onScale(next ? "1" : undefined)} />
      <span className={css.pickName}>{item.name}</span>
      {base ? <Badge tone={standing.tone} title={standing.text}>{standing.word}</Badge> : null}
      {on ? <input className={css.scale} aria-label={`Strength of ${item.name}`} aria-invalid={bad || undefined} title="Between −4 and 4; 1 is as trained" inputMode="decimal" value={scale} onChange={(event) => onScale(event.target.value)} /> : null}
    </div>
  );
}
