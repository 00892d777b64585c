import { Check, ChevronDown } from "lucide-react";
import { Select as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./class-names.ts";
import css from "./Overlay.module.css";

export interface SelectOption<T extends string> { value: T; label: string; hint?: ReactNode; disabled?: boolean }

interface SelectProps<T extends string> { value: T; onChange(value: T): void; options: readonly SelectOption<T>[]; label: string; id?: string; disabled?: boolean; className?: string }

/** One of a few. Values must not be empty strings (Radix keeps that for "nothing chosen"). */
export function Select<T extends string>({ value, onChange, options, label, id, disabled = false, className }: SelectProps<T>) {
  return (
    <Radix.Root value={value} onValueChange={(next) => { const found = options.find((option) => option.value === next); if (found) onChange(found.value); }} disabled={disabled}>
      <Radix.Trigger id={id} className={cx(css.selectTrigger, className)} aria-label={label}><Radix.Value /><Radix.Icon asChild><ChevronDown /></Radix.Icon></Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={css.selectContent} position="popper" sideOffset={4} collisionPadding={8}>
          <Radix.Viewport>
            {options.map((option) => (
              <Radix.Item key={option.value} value={option.value} disabled={option.disabled ?? false} className={css.item}>
                <span className={css.check}><Radix.ItemIndicator><Check /></Radix.ItemIndicator></span>
                <span className={css.itemText}><Radix.ItemText>{option.label}</Radix.ItemText>{option.hint ? <span className={css.itemHint}>{option.hint}</span> : null}</span>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
