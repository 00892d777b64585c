import { useState } from "react";
import type { AnswerOptions, SchemaUse } from "../../engine/contract/index.ts";
import { SegmentedControl, TextArea } from "../design/index.ts";
import { readSchema } from "../runs/expected.ts";
import type { OptionsPatch } from "./options.ts";
import css from "./Composer.module.css";

interface Props { options: AnswerOptions; onChange(patch: OptionsPatch): void }

export const noSchema: OptionsPatch = { jsonSchema: undefined, jsonSchemaUse: undefined };

const uses: { value: SchemaUse; label: string; hint: string }[] = [
  { value: "enforce", label: "Enforce", hint: "The model can write nothing else." },
  { value: "validate", label: "Only check", hint: "The model writes freely; the answer says whether it follows the schema." },
];

/** A JSON schema for the answers of a conversation, and whether it is enforced or only checked. Kept when the field is left and holds one. */
export function SchemaField({ options, onChange }: Props) {
  const [text, setText] = useState(options.jsonSchema ? JSON.stringify(options.jsonSchema, null, 2) : "");
  const { schema, problem } = readSchema(text);
  const keep = () => {
    if (problem !== undefined) return;
    if (schema) onChange({ jsonSchema: schema, jsonSchemaUse: options.jsonSchemaUse ?? "enforce" });
    else if (options.jsonSchema) onChange(noSchema);
  };
  return (
    <div className={css.schema}>
      <TextArea label="JSON schema" rows={3} spellCheck={false} placeholder='{"type": "object", …}' value={text} onChange={(event) => setText(event.target.value)} onBlur={keep} error={problem} />
      {schema ? <SegmentedControl label="How the schema is used" size="s" value={options.jsonSchemaUse ?? "enforce"} onChange={(jsonSchemaUse) => onChange({ jsonSchema: schema, jsonSchemaUse })} segments={uses} /> : null}
    </div>
  );
}
