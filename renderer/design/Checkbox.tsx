import { Check, Minus } from "lucide-react";
import { Checkbox as Radix } from "radix-ui";
import css from "./Checkbox.module.css";

interface CheckboxProps { label: string; checked: boolean | "some"; onChange(checked: boolean): void; tabIndex?: number }

/** A bare box for rows and headers; "some" stands for a mixed selection. */
export function Checkbox({ label, checked, onChange, tabIndex }: CheckboxProps) {
  return (
    <Radix.Root className={css.box} aria-label={label} tabIndex={tabIndex} checked={checked === "some" ? "indeterminate" : checked} onCheckedChange={(next) => onChange(next === true)}>
      <Radix.Indicator className={css.mark}>{checked === "some" ? <Minus /> : <Check />}</Radix.Indicator>
    </Radix.Root>
  );
}
