import { useState } from "react";
import type { FineTuneOf, ShelfItem } from "../../../engine/contract/index.ts";
import { Button, Picker, useToasts } from "../../design/index.ts";
import { useEngine } from "../../engine/context.tsx";
import { summary } from "../words.ts";
import css from "./item.module.css";

const howWords: Readonly<Record<FineTuneOf["how"], string>> = {
  hash: "Its file names this very model, by hash.", name: "Its file names it; there is one of this name on the shelf.", person: "As you said.", recorded: "Its file says so, but no such model is on the shelf.",
};

/** Which model it was made from; asked for once where nothing says so. For a model that is a base itself, an offer to say otherwise. */
export function BaseOfItem({ item, shelf }: { item: ShelfItem; shelf: readonly ShelfItem[] }) {
  const engine = useEngine();
  const toasts = useToasts();
  const [busy, setBusy] = useState(false);
  const of = item.fineTuneOf;
  const known = of?.id !== undefined;
  const set = (baseId: string | null) => {
    setBusy(true);
    engine.models.setBase({ id: item.id, baseId }).catch((error: unknown) => toasts.fail(error, "That could not be kept")).finally(() => setBusy(false));
  };
  const picker = <BasePicker item={item} shelf={shelf} busy={busy} label={known ? "Another model…" : item.kind === "adapter" || of ? "Choose its base…" : "It is a fine-tune of…"} onPick={set} />;
  if (item.kind === "model" && !of) return <section aria-label="Base model"><h3>Base model</h3><p className={css.note}>Taken for a base of its own. If a fine-tune is merged into it, say which model it was made from: then it can be checked and compared.</p>{picker}</section>;
  return (
    <section aria-label="Base model">
      <h3>Made from</h3>
      <p className={css.base}>{of?.name ?? item.baseModel ?? (known ? shelf.find(({ id }) => id === of.id)?.name : undefined) ?? "Not known"}</p>
      <p className={css.note}>{of ? howWords[of.how] : "Its file does not say. Choose the model it was trained on; it is asked for once."}</p>
      <div className={css.row}>{picker}{of?.how === "person" ? <Button size="s" variant="ghost" busy={busy} onClick={() => set(null)}>Back to what the file says</Button> : null}</div>
    </section>
  );
}

function BasePicker({ item, shelf, label, busy, onPick }: { item: ShelfItem; shelf: readonly ShelfItem[]; label: string; busy: boolean; onPick(id: string): void }) {
  const models = shelf.filter((one) => one.kind === "model" && one.id !== item.id);
  const akin = (one: ShelfItem) => Number(one.architecture === item.architecture);
  return (
    <Picker label="The model it was made from" placeholder="Search models" selected={item.fineTuneOf?.id ? [item.fineTuneOf.id] : []} empty="No other model is on the shelf."
      options={[...models].sort((a, b) => akin(b) - akin(a)).map((one) => ({ value: one.id, label: one.name, hint: akin(one) ? summary(one) : `${summary(one)}: of another architecture` }))}
      onToggle={onPick} trigger={<Button size="s" busy={busy}>{label}</Button>} />
  );
}
