import { ChevronDown, ChevronRight, Plus, X } from "lucide-react";
import { useState } from "react";
import type { Limit, LimitMeasure, QuestionSet } from "../../engine/contract/index.ts";
import { Button, IconButton, Select, TextArea, TextField, useToasts } from "../design/index.ts";
import type { Failure } from "../engine/failure.ts";
import { schemaText } from "../schema/read.ts";
import { SchemaArea } from "../schema/SchemaArea.tsx";
import { useSchema } from "../schema/use-schema.ts";
import { limitWords } from "./words.ts";
import css from "./runs.module.css";

interface Props { set: QuestionSet; /** Resolves to what the engine refused it for. */ onKeep(change: Partial<Omit<QuestionSet, "id" | "updated">>): Promise<Failure | undefined> }
const measures = Object.entries(limitWords).map(([value, label]) => ({ value: value as LimitMeasure, label }));

/** Shares are kept from 0 to 1 and shown in %; all else is milliseconds. */
const isShare = (measure: LimitMeasure): boolean => measure !== "p95Ms" && measure !== "p95FirstTokenMs";
const usualValue = (measure: LimitMeasure): number => (isShare(measure) ? 0.8 : 10_000);
const shownValue = ({ measure, value }: Limit): number => (isShare(measure) ? Math.round(value * 1000) / 10 : value);
const valueFrom = (measure: LimitMeasure, shown: number): number => (isShare(measure) ? Math.min(100, Math.max(0, shown)) / 100 : Math.max(0, shown));

/** What holds for every question, folded away; what is typed in it stays while the questions below are changed. */
export function SetOptions({ set, onKeep }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <section className={css.options} aria-label="For all questions">
      <button type="button" className={css.fold} aria-expanded={open} onClick={() => setOpen(!open)}>{open ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}For all questions<span className={css.quiet}>{[set.systemPrompt ? "instructions" : "", set.jsonSchema ? "JSON schema" : "", set.limits?.length ? "limits" : ""].filter(Boolean).join(", ") || "name, instructions, JSON schema, limits"}</span></button>
      {open ? <Fields set={set} onKeep={onKeep} onKept={() => setOpen(false)} /> : null}
    </section>
  );
}

/** Name, instructions, schema, and the limits that a run must keep. */
function Fields({ set, onKeep, onKept }: Props & { onKept(): void }) {
  const toasts = useToasts();
  const [name, setName] = useState(set.name);
  const [nameProblem, setNameProblem] = useState<string>();
  const [prompt, setPrompt] = useState(set.systemPrompt ?? "");
  const [schemaTyped, setSchema] = useState(schemaText(set.jsonSchema));
  const [limits, setLimits] = useState<readonly Limit[]>(set.limits ?? []);
  const [busy, setBusy] = useState(false);
  const { schema, problem, checking } = useSchema(schemaTyped);
  const keep = async () => {
    setBusy(true);
    const refused = await onKeep({ name: name.trim(), systemPrompt: prompt || undefined, jsonSchema: schema, limits: limits.length > 0 ? [...limits] : undefined });
    if (!refused) return onKept();
    setBusy(false);
    const words = [refused.reason, refused.next].filter(Boolean).join(" ");
    if (refused.field === "name") setNameProblem(words);
    else toasts.show({ tone: "bad", title: "The set could not be kept", text: words });
  };
  const change = (place: number, patch: Partial<Limit>) => setLimits((now) => now.map((one, i) => (i === place ? { ...one, ...patch } : one)));
  return (
    <div className={css.form}>
      <TextField label="Name" value={name} maxLength={200} error={nameProblem} onChange={(event) => { setName(event.target.value); setNameProblem(undefined); }} />
      <TextArea label="Instructions" hint="Put before the rules of the mode, in every corner alike." rows={2} value={prompt} onChange={(event) => setPrompt(event.target.value)} />
      <SchemaArea label="JSON schema every answer must follow" hint="Checked in every answer; a corner can also be run with it enforced." rows={4} value={schemaTyped} onChange={(event) => setSchema(event.target.value)} error={problem} />
      <div className={css.limits}>
        <span className={css.label}>Limits: a run that breaks one says so</span>
        {limits.map((limit, place) => (
          <div key={place} className={css.limit}>
            <Select label="Measure" value={limit.measure} options={measures} onChange={(measure) => change(place, { measure, ...(isShare(measure) === isShare(limit.measure) ? {} : { value: usualValue(measure) }) })} />
            <input className={css.number} aria-label="Value" type="number" min={0} max={isShare(limit.measure) ? 100 : undefined} step="any" value={shownValue(limit)} onChange={(event) => change(place, { value: valueFrom(limit.measure, Number(event.target.value)) })} />
            <input className={css.number} aria-label="Only for the corner" placeholder="every corner" value={limit.variant ?? ""} onChange={(event) => { const variant = event.target.value; setLimits((now) => now.map((one, i) => (i === place ? { measure: one.measure, value: one.value, ...(variant ? { variant } : {}) } : one))); }} />
            <IconButton label="Remove this limit" size="s" onClick={() => setLimits((now) => now.filter((_, i) => i !== place))}><X /></IconButton>
          </div>
        ))}
        <Button size="s" variant="ghost" icon={<Plus />} onClick={() => setLimits((now) => [...now, { measure: "fact", value: usualValue("fact") }])}>Limit</Button>
      </div>
      <div><Button variant="primary" busy={busy} disabled={name.trim() === "" || checking || problem !== undefined} onClick={() => void keep()}>Keep</Button></div>
    </div>
  );
}
