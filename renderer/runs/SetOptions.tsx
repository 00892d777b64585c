import { ChevronDown, ChevronRight, Plus, X } from "lucide-react";
import { useState } from "react";
import type { Limit, LimitMeasure, QuestionSet } from "../../engine/contract/index.ts";
import { Button, IconButton, Select, TextArea, TextField } from "../design/index.ts";
import { readSchema, schemaText } from "../schema/read.ts";
import { SchemaArea } from "../schema/SchemaArea.tsx";
import { limitWords } from "./words.ts";
import css from "./runs.module.css";

interface Props { set: QuestionSet; onKeep(change: Partial<Omit<QuestionSet, "id" | "updated">>): Promise<boolean> }
const measures = Object.entries(limitWords).map(([value, label]) => ({ value: value as LimitMeasure, label }));

/** What holds for every question: name, instructions, schema, and the limits that a run must keep. */
export function SetOptions({ set, onKeep }: Props) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState(set.name);
  const [prompt, setPrompt] = useState(set.systemPrompt ?? "");
  const [schema, setSchema] = useState(schemaText(set.jsonSchema));
  const [limits, setLimits] = useState<readonly Limit[]>(set.limits ?? []);
  const [busy, setBusy] = useState(false);
  const read = readSchema(schema);
  const keep = async () => {
    setBusy(true);
    await onKeep({ name: name.trim(), systemPrompt: prompt || undefined, jsonSchema: read.schema, limits: limits.length > 0 ? [...limits] : undefined });
    setBusy(false);
  };
  const change = (place: number, patch: Partial<Limit>) => setLimits((now) => now.map((one, i) => (i === place ? { ...one, ...patch } : one)));
  return (
    <section className={css.options} aria-label="For all questions">
      <button type="button" className={css.fold} aria-expanded={open} onClick={() => setOpen(!open)}>{open ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}For all questions<span className={css.quiet}>{[set.systemPrompt ? "instructions" : "", set.jsonSchema ? "JSON schema" : "", set.limits?.length ? "limits" : ""].filter(Boolean).join(", ") || "name, instructions, JSON schema, limits"}</span></button>
      {open ? (
        <div className={css.form}>
          <TextField label="Name" value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />
          <TextArea label="Instructions" hint="Put before the rules of the mode, in every corner alike." rows={2} value={prompt} onChange={(event) => setPrompt(event.target.value)} />
          <SchemaArea label="JSON schema every answer must follow" hint="Checked in every answer; a corner can also be run with it enforced." rows={4} value={schema} onChange={(event) => setSchema(event.target.value)} error={read.problem} />
          <div className={css.limits}>
            <span className={css.label}>Limits: a run that breaks one says so</span>
            {limits.map((limit, place) => (
              <div key={place} className={css.limit}>
                <Select label="Measure" value={limit.measure} options={measures} onChange={(measure) => change(place, { measure })} />
                <input className={css.number} aria-label="Value" type="number" min={0} step="any" value={limit.value} onChange={(event) => change(place, { value: Math.max(0, Number(event.target.value)) })} />
                <input className={css.number} aria-label="Only for the corner" placeholder="every corner" value={limit.variant ?? ""} onChange={(event) => { const variant = event.target.value; setLimits((now) => now.map((one, i) => (i === place ? { measure: one.measure, value: one.value, ...(variant ? { variant } : {}) } : one))); }} />
                <IconButton label="Remove this limit" size="s" onClick={() => setLimits((now) => now.filter((_, i) => i !== place))}><X /></IconButton>
              </div>
            ))}
            <Button size="s" variant="ghost" icon={<Plus />} onClick={() => setLimits((now) => [...now, { measure: "fact", value: 0.8 }])}>Limit</Button>
          </div>
          <div><Button variant="primary" busy={busy} disabled={name.trim() === "" || read.problem !== undefined} onClick={() => void keep()}>Keep</Button></div>
        </div>
      ) : null}
    </section>
  );
}
