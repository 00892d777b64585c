import type { SchemaUse } from "../../engine/contract/index.ts";
import { SegmentedControl } from "../design/index.ts";
import css from "./schema.module.css";

const uses: readonly { readonly value: SchemaUse; readonly label: string; readonly line: string }[] = [
  { value: "enforce", label: "Enforce", line: "A grammar lets the model write nothing else." },
  { value: "validate", label: "Only check", line: "The model writes freely; each answer says whether it follows the schema." },
];

/** Enforced or only checked, and what the chosen one means. */
export function SchemaUseChoice({ value, onChange }: { value: SchemaUse; onChange(use: SchemaUse): void }) {
  return (
    <div className={css.use}>
      <SegmentedControl label="How the schema is used" size="s" value={value} onChange={onChange} segments={uses} />
      <p>{uses.find((use) => use.value === value)?.line}</p>
    </div>
  );
}
