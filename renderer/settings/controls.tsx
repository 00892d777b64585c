import { useEffect, useState, type ReactNode } from "react";
import { SegmentedControl, Select, Slider, type Segment } from "../design/index.ts";
import { useEditor, type Patch } from "./editor.ts";
import { Row } from "./Row.tsx";
import css from "./settings.module.css";

interface SettingProps<T> {
  /** Path of the field, as the contract names it. */
  field: string;
  label: string; hint: ReactNode;
  value: T; fallback: T;
  patch(value: T): Patch;
}

/** Blank stands for "not set" where the setting is optional. Saved on Enter and when the field is left. */
export function NumberSetting({ field, label, hint, value, fallback, patch, min, max, unit, whole = true, optional }: SettingProps<number | undefined> & { min: number; max: number; unit?: string; whole?: boolean; optional?: string }) {
  const editor = useEditor();
  const shown = value === undefined ? "" : String(value);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const commit = () => {
    const entry = text.trim();
    if (entry === shown) return editor.setError(field, undefined);
    if (entry === "" && optional !== undefined) return editor.save(field, patch(undefined));
    const number = Number(entry.replace(",", "."));
    const problem = entry === "" || !Number.isFinite(number) ? "A number, please." : whole && !Number.isInteger(number) ? "A whole number, please." : number < min || number > max ? `Between ${min.toLocaleString("en")} and ${max.toLocaleString("en")}.` : undefined;
    if (problem) return editor.setError(field, problem);
    editor.save(field, patch(number));
  };
  return (
    <Row label={label} hint={hint} error={editor.errorOf(field)} onReset={value === fallback ? undefined : () => editor.save(field, patch(fallback))}>
      {({ id, describedBy }) => (
        <span className={css.number}>
          <input id={id} className={css.input} aria-describedby={describedBy} aria-invalid={editor.errorOf(field) ? true : undefined} inputMode="decimal" value={text} placeholder={optional} data-field={field}
            onChange={(event) => setText(event.target.value)} onBlur={commit} onKeyDown={(event) => { if (event.key === "Enter") commit(); else if (event.key === "Escape" && text !== shown) { event.stopPropagation(); setText(shown); editor.setError(field, undefined); } }} />
          {unit ? <span className={css.unit}>{unit}</span> : null}
        </span>
      )}
    </Row>
  );
}

interface TextSettingProps extends SettingProps<string> { lines?: number; placeholder?: string; secret?: boolean; maxLength?: number }

export function TextSetting({ field, label, hint, value, fallback, patch, lines, placeholder, secret, maxLength }: TextSettingProps) {
  const editor = useEditor();
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const commit = () => { if (text !== value) editor.save(field, patch(text)); };
  return (
    <Row label={label} hint={hint} wide error={editor.errorOf(field)} onReset={value === fallback ? undefined : () => editor.save(field, patch(fallback))}>
      {({ id, describedBy }) => {
        const shared = { id, value: text, placeholder, maxLength, className: css.input, "aria-describedby": describedBy, "aria-invalid": editor.errorOf(field) ? true : undefined, spellCheck: lines !== undefined && !secret, "data-field": field, onBlur: commit };
        return lines ? <textarea {...shared} rows={lines} onChange={(event) => setText(event.target.value)} />
          : <input {...shared} type={secret ? "password" : "text"} autoComplete="off" onChange={(event) => setText(event.target.value)} onKeyDown={(event) => { if (event.key === "Enter") commit(); }} />;
      }}
    </Row>
  );
}

export function ChoiceSetting<T extends string>({ field, label, hint, value, fallback, patch, options }: SettingProps<T> & { options: readonly { value: T; label: string; hint?: string }[] }) {
  const editor = useEditor();
  return (
    <Row label={label} hint={hint} error={editor.errorOf(field)} onReset={value === fallback ? undefined : () => editor.save(field, patch(fallback))}>
      {({ id }) => <Select id={id} className={css.select ?? ""} label={label} value={value} options={options} onChange={(next) => editor.save(field, patch(next))} />}
    </Row>
  );
}

export function SegmentSetting<T extends string>({ field, label, hint, value, fallback, patch, segments }: SettingProps<T> & { segments: readonly Segment<T>[] }) {
  const editor = useEditor();
  return (
    <Row label={label} hint={hint} error={editor.errorOf(field)} onReset={value === fallback ? undefined : () => editor.save(field, patch(fallback))}>
      {() => <SegmentedControl<T> label={label} value={value} segments={segments} onChange={(next) => editor.save(field, patch(next))} />}
    </Row>
  );
}

export function SliderSetting({ field, label, hint, value, fallback, patch, min, max, step, format }: SettingProps<number> & { min: number; max: number; step: number; format(value: number): string }) {
  const editor = useEditor();
  const [now, setNow] = useState(value);
  useEffect(() => setNow(value), [value]);
  return (
    <Row label={label} hint={hint} error={editor.errorOf(field)} onReset={value === fallback ? undefined : () => editor.save(field, patch(fallback))}>
      {() => <span className={css.slider}><output>{format(now)}</output><Slider label={label} hideLabel value={now} min={min} max={max} step={step} format={format} onChange={setNow} onCommit={(next) => editor.save(field, patch(next))} /></span>}
    </Row>
  );
}
