import { useEffect, useRef, useState, type ReactNode } from "react";
import type { Settings } from "../../engine/contract/index.ts";
import { SegmentedControl, Select, Slider, type Segment } from "../design/index.ts";
import { useEditor, type Patch } from "./editor.ts";
import { Row } from "./Row.tsx";
import css from "./settings.module.css";

interface SettingProps<T> {
  /** Path of the field, as the contract names it. */
  field: string;
  label: string; hint: ReactNode;
  value: T; fallback: T;
  /** What to change; `now` is how the settings stand when it is sent. */
  patch(value: T, now: Settings): Patch;
}

/**
 * What stands in a field while it is edited. `asked` is what was last sent to be saved: the answer may come while a person types on, and then
 * must not take their words away; and a field is compared with what was asked for, not with what has arrived.
 */
function useDraft(saved: string) {
  const [text, setText] = useState(saved);
  const asked = useRef(saved);
  useEffect(() => {
    setText((now) => (now.trim() === asked.current.trim() ? saved : now));
    asked.current = saved;
  }, [saved]);
  return { text, setText, asked };
}

/** A shortcut may take the screen away without the field being left: what was typed is saved then, too. */
function useOnLeave(commit: () => void): void {
  const latest = useRef(commit);
  useEffect(() => { latest.current = commit; });
  useEffect(() => () => latest.current(), []);
}

/** Blank stands for "not set" where the setting is optional. Saved on Enter and when the field is left. */
export function NumberSetting({ field, label, hint, value, fallback, patch, min, max, unit, whole = true, optional }: SettingProps<number | undefined> & { min: number; max: number; unit?: string; whole?: boolean; optional?: string }) {
  const editor = useEditor();
  const shown = value === undefined ? "" : String(value);
  const { text, setText, asked } = useDraft(shown);
  const save = (entry: string, next: number | undefined) => { asked.current = entry; editor.save(field, (now) => patch(next, now)); };
  const commit = () => {
    const entry = text.trim();
    if (entry === asked.current && editor.errorOf(field) === undefined) return;
    if (entry === "" && optional !== undefined) return save(entry, undefined);
    const number = Number(entry.replace(",", "."));
    const problem = entry === "" || !Number.isFinite(number) ? "A number, please." : whole && !Number.isInteger(number) ? "A whole number, please." : number < min || number > max ? `Between ${min.toLocaleString("en")} and ${max.toLocaleString("en")}.` : undefined;
    if (problem) return editor.setError(field, problem);
    save(entry, number);
  };
  useOnLeave(commit);
  return (
    <Row label={label} hint={hint} error={editor.errorOf(field)} onReset={value === fallback ? undefined : () => editor.save(field, (now) => patch(fallback, now))}>
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
  const { text, setText, asked } = useDraft(value);
  const commit = () => {
    if (text === asked.current && editor.errorOf(field) === undefined) return;
    asked.current = text;
    editor.save(field, (now) => patch(text, now));
  };
  useOnLeave(commit);
  return (
    <Row label={label} hint={hint} wide error={editor.errorOf(field)} onReset={value === fallback ? undefined : () => editor.save(field, (now) => patch(fallback, now))}>
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
    <Row label={label} hint={hint} error={editor.errorOf(field)} onReset={value === fallback ? undefined : () => editor.save(field, (now) => patch(fallback, now))}>
      {({ id }) => <Select id={id} className={css.select ?? ""} label={label} value={value} options={options} onChange={(next) => editor.save(field, (now) => patch(next, now))} />}
    </Row>
  );
}

export function SegmentSetting<T extends string>({ field, label, hint, value, fallback, patch, segments }: SettingProps<T> & { segments: readonly Segment<T>[] }) {
  const editor = useEditor();
  return (
    <Row label={label} hint={hint} error={editor.errorOf(field)} onReset={value === fallback ? undefined : () => editor.save(field, (now) => patch(fallback, now))}>
      {() => <SegmentedControl<T> label={label} value={value} segments={segments} onChange={(next) => editor.save(field, (now) => patch(next, now))} />}
    </Row>
  );
}

export function SliderSetting({ field, label, hint, value, fallback, patch, min, max, step, format }: SettingProps<number> & { min: number; max: number; step: number; format(value: number): string }) {
  const editor = useEditor();
  const [now, setNow] = useState(value);
  useEffect(() => setNow(value), [value]);
  return (
    <Row label={label} hint={hint} error={editor.errorOf(field)} onReset={value === fallback ? undefined : () => editor.save(field, (now) => patch(fallback, now))}>
      {() => <span className={css.slider}><output>{format(now)}</output><Slider label={label} hideLabel value={now} min={min} max={max} step={step} format={format} onChange={setNow} onCommit={(next) => editor.save(field, (now) => patch(next, now))} /></span>}
    </Row>
  );
}
