import { useState } from "react";
import type { AnswerOptions } from "../../engine/contract/index.ts";
import { readSchema, schemaText } from "../schema/read.ts";
import { SchemaArea } from "../schema/SchemaArea.tsx";
import { SchemaUseChoice } from "../schema/SchemaUseChoice.tsx";
import type { OptionsPatch } from "./options.ts";
import css from "./Composer.module.css";

interface Props { options: AnswerOptions; onChange(patch: OptionsPatch): void }

export const noSchema: OptionsPatch = { jsonSchema: undefined, jsonSchemaUse: undefined };

/** A JSON schema for the answers of a conversation, and whether it is enforced or only checked. Kept when the field is left and holds one. */
export function SchemaField({ options, onChange }: Props) {
  const [text, setText] = useState(schemaText(options.jsonSchema));
  const { schema, problem } = readSchema(text);
  const keep = () => {
    if (problem !== undefined) return;
    if (schema) onChange({ jsonSchema: schema, jsonSchemaUse: options.jsonSchemaUse ?? "enforce" });
    else if (options.jsonSchema) onChange(noSchema);
  };
  return (
    <div className={css.schema}>
      <SchemaArea label="JSON schema" hint="What an answer must look like. Empty: that of the fine-tune, if it has one." rows={schema ? 5 : 3} value={text} onChange={(event) => setText(event.target.value)} onBlur={keep} error={problem} />
      {schema ? <SchemaUseChoice value={options.jsonSchemaUse ?? "enforce"} onChange={(jsonSchemaUse) => onChange({ jsonSchema: schema, jsonSchemaUse })} /> : null}
    </div>
  );
}
