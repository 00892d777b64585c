import { Search, X } from "lucide-react";
import { Slider as RadixSlider, Switch as RadixSwitch, ToggleGroup } from "radix-ui";
import { useId, type ComponentProps, type ReactNode } from "react";
import { cx } from "./class-names.ts";
import { Tooltip } from "./Tooltip.tsx";
import css from "./Fields.module.css";

interface Labelled { label: ReactNode; hint?: ReactNode; error?: string | undefined }

/** A label above, a hint below, the error in its place; `children` gets the ids to wire them to the control. */
export function Field({ label, hint, error, children }: Labelled & { children: (ids: { id: string; describedBy: string | undefined }) => ReactNode }) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={css.field}>
      <label className={css.label} htmlFor={id}>{label}</label>
      {children({ id, describedBy: note ? `${id}-note` : undefined })}
      {note ? <div id={`${id}-note`} className={cx(css.note, error && css.noteBad)} role={error ? "alert" : undefined}>{note}</div> : null}
    </div>
  );
}

export function TextField({ label, hint, error, className, ...input }: Labelled & Omit<ComponentProps<"input">, "id">) {
  return <Field label={label} hint={hint} error={error}>{({ id, describedBy }) => <input {...input} id={id} aria-describedby={describedBy} aria-invalid={error ? true : undefined} className={cx(css.input, className)} />}</Field>;
}

export function TextArea({ label, hint, error, className, ...input }: Labelled & Omit<ComponentProps<"textarea">, "id">) {
  return <Field label={label} hint={hint} error={error}>{({ id, describedBy }) => <textarea {...input} id={id} aria-describedby={describedBy} aria-invalid={error ? true : undefined} className={cx(css.input, css.area, className)} />}</Field>;
}

interface SearchFieldProps extends Omit<ComponentProps<"input">, "value" | "onChange" | "type"> { label: string; value: string; onChange(value: string): void }

/** Escape empties it. */
export function SearchField({ label, value, onChange, className, ...rest }: SearchFieldProps) {
  return (
    <div className={cx(css.search, className)}>
      <Search aria-hidden />
      <input {...rest} type="text" role="searchbox" aria-label={label} placeholder={rest.placeholder ?? label} value={value} spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => { if (event.key === "Escape" && value) { event.stopPropagation(); onChange(""); } else rest.onKeyDown?.(event); }} />
      {value ? <button type="button" aria-label="Clear search" onClick={() => onChange("")}><X /></button> : null}
    </div>
  );
}

/** A setting that is on or off: the whole row is its label. */
export function Switch({ label, hint, checked, onChange, disabled = false }: Labelled & { checked: boolean; onChange(checked: boolean): void; disabled?: boolean }) {
  const id = useId();
  return (
    <div className={css.switchRow}>
      <label htmlFor={id}>{label}{hint ? <span className={css.note}>{hint}</span> : null}</label>
      <RadixSwitch.Root id={id} className={css.switch} checked={checked} onCheckedChange={onChange} disabled={disabled}><RadixSwitch.Thumb className={css.thumb} /></RadixSwitch.Root>
    </div>
  );
}

interface SliderProps { label: string; value: number; onChange(value: number): void; min: number; max: number; step: number; format?: (value: number) => string; onCommit?: (value: number) => void; hint?: ReactNode; hideLabel?: boolean }

export function Slider({ label, value, onChange, onCommit, min, max, step, format = String, hint, hideLabel }: SliderProps) {
  return (
    <div className={css.field}>
      {hideLabel ? null : <div className={css.sliderHead}><span className={css.label}>{label}</span><output className={css.value}>{format(value)}</output></div>}
      <RadixSlider.Root className={css.slider} value={[value]} min={min} max={max} step={step}
        onValueChange={([next]) => { if (next !== undefined) onChange(next); }} onValueCommit={([next]) => { if (next !== undefined) onCommit?.(next); }}>
        <RadixSlider.Track className={css.track}><RadixSlider.Range className={css.range} /></RadixSlider.Track>
        <RadixSlider.Thumb className={css.knob} aria-label={label} aria-valuetext={format(value)} />
      </RadixSlider.Root>
      {hint ? <div className={css.note}>{hint}</div> : null}
    </div>
  );
}

export interface Segment<T extends string> { value: T; label: string; icon?: ReactNode; /** Shown as a tooltip; for an unavailable one: why, and the next step. */ hint?: string; unavailable?: boolean }

interface SegmentedProps<T extends string> { label: string; value: T; onChange(value: T): void; segments: readonly Segment<T>[]; size?: "s" | "m" }

/** One of a few, all in sight (styled by aria-checked: the tooltip puts its own state into data-state). Unavailable ones can be chosen all the same: that is how one learns why, and what the next step is. */
export function SegmentedControl<T extends string>({ label, value, onChange, segments, size = "m" }: SegmentedProps<T>) {
  return (
    <ToggleGroup.Root type="single" className={cx(css.segments, size === "s" && css.segmentsSmall)} aria-label={label} value={value}
      onValueChange={(next) => { const found = segments.find((segment) => segment.value === next); if (found) onChange(found.value); }}>
      {segments.map((segment) => {
        const item = (
          <ToggleGroup.Item key={segment.value} value={segment.value} className={cx(css.segment, segment.unavailable && css.segmentOff)} aria-description={segment.unavailable ? segment.hint : undefined} data-unavailable={segment.unavailable ? "" : undefined}>
            {segment.icon}{segment.label}
          </ToggleGroup.Item>
        );
        return segment.hint ? <Tooltip key={segment.value} text={segment.hint}>{item}</Tooltip> : item;
      })}
    </ToggleGroup.Root>
  );
}
