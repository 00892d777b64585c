import { SlidersHorizontal, TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { AnswerOptions } from "../../engine/contract/index.ts";
import { Button, cx, Popover, Slider, TextArea, TextField, Tooltip } from "../design/index.ts";
import { defined, type OptionsPatch } from "./options.ts";
import { noSchema, useSchemaDraft, type SchemaDraft } from "./schema-draft.ts";
import { SchemaField } from "./SchemaField.tsx";
import css from "./Composer.module.css";

interface Props { options: AnswerOptions; onChange(patch: OptionsPatch): void }

/** How this conversation is answered. What is left empty follows the model's own metadata, then the settings. */
export function OptionsPopover({ options, onChange }: Props) {
  const [open, setOpen] = useState(false);
  const draft = useSchemaDraft(options, onChange);
  const unkept = !open && draft.problem !== undefined;
  const schema = unkept ? "JSON schema (not used: it is none)" : options.jsonSchema !== undefined && "JSON schema";
  const set = [(options.systemPrompt ?? "") !== "" && "instructions", Object.keys(options.sampling).length > 0 && "sampling", schema].filter(Boolean).join(", ");
  const changed = set !== "";
  const label = changed ? `Conversation settings: ${set}` : "Conversation settings";
  return (
    <Popover label="Conversation settings" side="top" align="end" open={open} onOpenChange={(next) => { setOpen(next); if (!next) draft.leave(); }}
      trigger={<button type="button" className={cx(css.choice, changed && css.choiceSet)} aria-label={label}><Tooltip text={label}>{unkept ? <TriangleAlert aria-hidden /> : <SlidersHorizontal aria-hidden />}</Tooltip></button>}>
      <Panel options={options} onChange={onChange} changed={changed} draft={draft} />
    </Popover>
  );
}

function Panel({ options, onChange, changed, draft }: Props & { changed: boolean; draft: SchemaDraft }) {
  const { sampling } = options;
  const [prompt, setPrompt] = useState(options.systemPrompt ?? "");
  const [resets, setResets] = useState(0);
  const set = (patch: { [K in keyof AnswerOptions["sampling"]]: AnswerOptions["sampling"][K] | undefined }) => onChange({ sampling: defined<AnswerOptions["sampling"]>({ ...sampling, ...patch }) });
  const whole = (value: string): number | undefined => { const parsed = Number.parseInt(value, 10); return Number.isFinite(parsed) && parsed >= 0 ? parsed : undefined; };
  return (
    <div className={css.panel}>
      <div className={css.panelTitle}>For this conversation</div>
      <TextArea label="Instructions" rows={3} maxLength={20000} placeholder="For example: answer briefly, in British English." value={prompt} onChange={(event) => setPrompt(event.target.value)} onBlur={() => { if (prompt !== (options.systemPrompt ?? "")) onChange({ systemPrompt: prompt }); }} />
      <Slider label="Temperature" value={sampling.temperature ?? 0.7} min={0} max={2} step={0.05} format={(value) => (sampling.temperature === undefined ? "model’s own" : value.toFixed(2))} onChange={(temperature) => set({ temperature })} hint="Lower keeps to the likeliest words, higher varies more." />
      <Slider label="Top-p" value={sampling.topP ?? 0.95} min={0} max={1} step={0.01} format={(value) => (sampling.topP === undefined ? "model’s own" : value.toFixed(2))} onChange={(topP) => set({ topP })} />
      <div key={resets} className={css.pair}>
        <TextField label="Longest answer" inputMode="numeric" placeholder="automatic" hint="Tokens" defaultValue={sampling.maxTokens ?? ""} onBlur={(event) => set({ maxTokens: whole(event.target.value) || undefined })} />
        <TextField label="Seed" inputMode="numeric" placeholder="random" hint="Same seed, same words" defaultValue={sampling.seed ?? ""} onBlur={(event) => set({ seed: whole(event.target.value) })} />
      </div>
      <SchemaField draft={draft} />
      {changed || draft.problem ? <Button size="s" variant="ghost" className={css.reset} onClick={() => { setPrompt(""); setResets(resets + 1); draft.forget(); onChange({ systemPrompt: "", sampling: {}, ...noSchema }); }}>Back to defaults</Button> : null}
    </div>
  );
}
