import { Check, Search } from "lucide-react";
import { useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { cx } from "./class-names.ts";
import { Popover } from "./Popover.tsx";
import css from "./Overlay.module.css";

export interface PickerOption { value: string; label: string; hint?: ReactNode; icon?: ReactNode; disabled?: boolean; /** Words that find it, besides its label. */ keywords?: string }

interface PickerProps {
  trigger: ReactNode; label: string; options: readonly PickerOption[]; selected: readonly string[];
  onToggle(value: string): void;
  /** Stays open so that several can be chosen. */
  multiple?: boolean;
  placeholder?: string; empty?: ReactNode; footer?: ReactNode; align?: "start" | "end"; side?: "top" | "bottom";
}

/** A searchable list in a popover (combobox pattern: the focus stays in the field, the arrows move, Enter chooses). */
export function Picker({ trigger, label, multiple = false, align = "start", side = "bottom", ...rest }: PickerProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover trigger={trigger} label={label} open={open} onOpenChange={setOpen} align={align} side={side}>
      <PickerBody {...rest} label={label} multiple={multiple} onChosen={() => { if (!multiple) setOpen(false); }} />
    </Popover>
  );
}

type BodyProps = Omit<PickerProps, "trigger" | "align" | "side"> & { onChosen(): void };

function PickerBody({ label, options, selected, onToggle, onChosen, multiple, placeholder = "Search", empty = "Nothing found.", footer }: BodyProps) {
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const base = useId();
  const shown = useMemo(() => {
    const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    return options.filter((option) => words.every((word) => `${option.label} ${option.keywords ?? ""}`.toLocaleLowerCase().includes(word)));
  }, [options, text]);

  const choose = (option: PickerOption | undefined) => {
    if (!option || option.disabled) return;
    onToggle(option.value);
    onChosen();
  };
  const move = (to: number) => {
    const next = Math.max(0, Math.min(shown.length - 1, to));
    setActive(next);
    list.current?.children[next]?.scrollIntoView({ block: "nearest" });
  };
  const onKey = (event: KeyboardEvent) => {
    const jumps: Record<string, number> = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + 8, PageUp: active - 8 };
    const jump = jumps[event.key];
    if (jump !== undefined) { event.preventDefault(); move(jump); }
    if (event.key === "Enter") { event.preventDefault(); choose(shown[active]); }
  };

  return (
    <div style={{ width: 320 }}>
      <div className={css.pickerSearch}>
        <Search aria-hidden />
        <input autoFocus role="combobox" aria-expanded aria-controls={`${base}-list`} aria-activedescendant={shown[active] ? `${base}-${active}` : undefined} aria-label={label}
          placeholder={placeholder} value={text} onKeyDown={onKey} onChange={(event) => { setText(event.target.value); setActive(0); }} />
      </div>
      <div ref={list} id={`${base}-list`} role="listbox" aria-label={label} aria-multiselectable={multiple} className={css.pickerList}>
        {shown.map((option, index) => (
          <div key={option.value} id={`${base}-${index}`} role="option" aria-selected={selected.includes(option.value)} aria-disabled={option.disabled} data-disabled={option.disabled ? "" : undefined}
            className={cx(css.item, index === active && css.pickerActive)} onPointerMove={() => setActive(index)} onClick={() => choose(option)}>
            <span className={css.check}>{selected.includes(option.value) ? <Check /> : null}</span>
            {option.icon}
            <span className={css.itemText}>{option.label}{option.hint ? <span className={css.itemHint}>{option.hint}</span> : null}</span>
          </div>
        ))}
      </div>
      {shown.length === 0 ? <div className={css.pickerEmpty}>{empty}</div> : null}
      {footer}
    </div>
  );
}
