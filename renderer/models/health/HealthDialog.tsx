import { Plus, Square, X } from "lucide-react";
import { useState } from "react";
import type { ShelfItem } from "../../../engine/contract/index.ts";
import { Button, Dialog, Field, IconButton, Select, Slider, TextField } from "../../design/index.ts";
import { useModels } from "../../engine/queries.ts";
import { CheckProgress } from "./CheckProgress.tsx";
import { CheckReportView } from "./CheckReportView.tsx";
import { mainCheck } from "./standing.ts";
import { useCheck } from "./use-check.ts";
import css from "./health.module.css";

interface HealthDialogProps { item: ShelfItem; onClose(): void }
const NONE = "none";

/** The health check of one adapter or merged model: what it is held against, how far it is, and what came out. */
export function HealthDialog({ item, onClose }: HealthDialogProps) {
  const { data: shelf = [] } = useModels();
  const { state, start, stop } = useCheck();
  const kept = mainCheck(item);
  const [baseId, setBaseId] = useState(item.fineTuneOf?.id ?? kept?.baseId ?? NONE);
  const [scale, setScale] = useState(1);
  const [prompts, setPrompts] = useState<readonly string[]>([]);
  const [again, setAgain] = useState(kept === undefined);
  const bases = shelf.filter((one) => one.kind === "model" && one.id !== item.id);
  const shown = state.is === "done" ? { ...state.report, stale: false } : item.checks?.find((report) => report.baseId === baseId) ?? kept;
  const running = state.is === "running";
  const asking = !running && (again || !shown);
  const begin = () => { setAgain(false); void start({ id: item.id, baseId, scale, prompts: prompts.map((text) => text.trim()).filter(Boolean) }); };
  const footer = running ? <Button icon={<Square />} onClick={() => { stop(); setAgain(true); }}>Stop</Button>
    : asking ? <><Button onClick={onClose}>Close</Button><Button variant="primary" disabled={baseId === NONE} onClick={begin}>{shown ? "Check again" : "Check"}</Button></>
    : <><Button variant={shown?.stale ? "primary" : "secondary"} onClick={() => setAgain(true)}>Check again…</Button><Button onClick={onClose}>Close</Button></>;
  return (
    <Dialog open onOpenChange={onClose} width="l" title={`Health check of ${item.name}`} footer={footer}
      {...(asking ? { description: "Reads the file, holds it against the model it was made from, then asks both the same questions. It takes a moment, and waits while an answer is written." } : running ? { description: "Closing this stops the check, and nothing of it is kept." } : {})}>
      <div className={css.stack}>
        {state.is === "failed" ? <p role="alert" className={css.failed}>{state.failure.reason} {state.failure.next}</p> : null}
        {asking ? (
          <div className={css.form}>
            <Field label="Held against" hint={baseId === NONE ? "Choose the model it was made from." : undefined}>
              {({ id }) => <Select id={id} label="Held against" value={baseId} onChange={setBaseId} options={[...(baseId === NONE ? [{ value: NONE, label: "Choose a model", disabled: true }] : []), ...bases.map((base) => ({ value: base.id, label: base.name, disabled: base.state === "missing" }))]} />}
            </Field>
            {item.kind === "adapter" ? <Slider label="Strength" min={0} max={2} step={0.05} value={scale} onChange={(value) => setScale(Math.round(value * 100) / 100)} format={(value) => `× ${value.toFixed(2)}`} hint="1 is as trained." /> : null}
            <OwnQuestions prompts={prompts} onChange={setPrompts} />
          </div>
        ) : null}
        {state.is === "running" ? <CheckProgress {...state} /> : shown && !again ? <CheckReportView report={shown} shelf={shelf} /> : null}
      </div>
    </Dialog>
  );
}

/** Asked besides the general ones: a fine-tune for one kind of question shows itself only on such. */
function OwnQuestions({ prompts, onChange }: { prompts: readonly string[]; onChange(prompts: readonly string[]): void }) {
  return (
    <div className={css.own}>
      <div className={css.label}>Your own questions <span>optional</span></div>
      {prompts.map((text, place) => (
        <div key={place} className={css.ownRow}>
          <TextField label={<span className={css.hidden}>Question {place + 1}</span>} value={text} maxLength={4000} autoFocus placeholder="One that it was trained for" onChange={(event) => onChange(prompts.map((one, i) => (i === place ? event.target.value : one)))} />
          <IconButton label={`Leave out question ${place + 1}`} size="s" bare onClick={() => onChange(prompts.filter((_, i) => i !== place))}><X /></IconButton>
        </div>
      ))}
      {prompts.length < 20 ? <Button size="s" variant="ghost" icon={<Plus />} onClick={() => onChange([...prompts, ""])}>Add a question</Button> : null}
    </div>
  );
}
