import { Plus, RotateCcw, X } from "lucide-react";
import { useState } from "react";
import type { AnswerOptions, ShelfItem } from "../../engine/contract/index.ts";
import { AdapterPicker } from "../chat/AdapterPicker.tsx";
import { ModelPicker } from "../chat/ModelPickers.tsx";
import { modeName, modes, obstacleOf, usesModel, usesTune } from "../chat/modes.ts";
import { answerOptionsOf } from "../chat/options.ts";
import { Button, Popover, SegmentedControl, Tooltip } from "../design/index.ts";
import { useDocumentCounts } from "../engine/queries.ts";
import { cornerEntry, corners, LEAST, MOST, nameOf, sharedOf, type Entry, type Shared } from "./contenders.ts";
import css from "./compare.module.css";

interface Props { entries: readonly Entry[]; shelf: readonly ShelfItem[]; changed: boolean; most?: number; least?: number; onChange(entries: readonly Entry[] | undefined): void }

/** Who answers: the corners as switches, and any model or version beside them. */
export function ContenderBar({ entries, shelf, changed, most = MOST, least = LEAST, onChange }: Props) {
  const { data: counts } = useDocumentCounts();
  const full = entries.length >= most;
  const shared = sharedOf(entries, shelf);
  const toggle = (mode: Entry["options"]["mode"]) => onChange(entries.some(({ key }) => key === mode) ? entries.filter(({ key }) => key !== mode) : [...entries, cornerEntry(mode, shared)]);
  const share = (patch: Partial<Shared>) => onChange(entries.map((entry) => (entry.own ? entry : cornerEntry(entry.options.mode, { ...shared, ...patch }))));
  return (
    <div className={css.bar} role="group" aria-label="Who answers">
      {corners.map((mode) => {
        const on = entries.some(({ key }) => key === mode);
        const why = obstacleOf(mode, shelf, counts?.indexed);
        return (
          <Tooltip key={mode} text={why?.reason ?? modes.find((info) => info.mode === mode)?.line ?? ""}>
            <button type="button" className={css.corner} aria-pressed={on} data-corner={mode} aria-disabled={!on && full} onClick={() => { if (on || !full) toggle(mode); }}>{modeName(mode)}</button>
          </Tooltip>
        );
      })}
      {entries.filter(({ own }) => own).map((entry) => (
        <span key={entry.key} className={css.own} title={nameOf(entry, shelf)}><span>{nameOf(entry, shelf)}</span><button type="button" aria-label={`Leave out ${nameOf(entry, shelf)}`} onClick={() => onChange(entries.filter(({ key }) => key !== entry.key))}><X /></button></span>
      ))}
      {full ? null : <OwnContender onAdd={(options) => onChange([...entries, { key: `own-${crypto.randomUUID()}`, options, own: true }])} />}
      {entries.some(({ own, options }) => !own && usesModel(options.mode)) ? (
        <span className={css.shared}>
          <ModelPicker options={{ ...answerOptionsOf("base"), ...(shared.modelId === undefined ? {} : { modelId: shared.modelId }) }} onChange={({ modelId }) => share({ modelId })} />
          {entries.some(({ own, options }) => !own && usesTune(options.mode)) ? <AdapterPicker options={{ ...answerOptionsOf("fine-tune"), adapters: shared.adapters }} onChange={({ adapters = [] }) => share({ adapters })} /> : null}
        </span>
      ) : null}
      {changed ? <Button size="s" variant="ghost" icon={<RotateCcw />} onClick={() => onChange(undefined)}>The usual ones</Button> : null}
      {entries.length < least ? <span className={css.hint} role="status">Choose at least {least === 1 ? "one" : "two"}.</span> : null}
    </div>
  );
}

function OwnContender({ onAdd }: { onAdd(options: AnswerOptions): void }) {
  const [open, setOpen] = useState(false);
  const [options, setOptions] = useState<AnswerOptions>(answerOptionsOf("documents"));
  const change = (patch: Partial<AnswerOptions>) => setOptions((now) => ({ ...now, ...patch }));
  return (
    <Popover label="Add a model or version" open={open} onOpenChange={setOpen} trigger={<Button size="s" variant="ghost" icon={<Plus />}>Model or version</Button>}>
      <div className={css.own2}>
        <SegmentedControl label="Mode" size="s" value={options.mode} onChange={(mode) => change({ mode })} segments={modes.map(({ mode, name, line }) => ({ value: mode, label: name, hint: line }))} />
        <div className={css.ownChoices}>
          {usesModel(options.mode) ? <ModelPicker options={options} onChange={change} /> : <span className={css.hint}>Quotes needs no model.</span>}
          {usesTune(options.mode) ? <AdapterPicker options={options} onChange={change} /> : null}
        </div>
        <Button variant="primary" onClick={() => { onAdd(options); setOpen(false); }}>Add</Button>
      </div>
    </Popover>
  );
}
