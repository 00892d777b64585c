import { useEffect, useState } from "react";
import type { AnswerOptions, SchemaUse } from "../../engine/contract/index.ts";
import { schemaText } from "../schema/read.ts";
import { useSchema, type TypedSchema } from "../schema/use-schema.ts";
import type { OptionsPatch } from "./options.ts";

export const noSchema: OptionsPatch = { jsonSchema: undefined, jsonSchemaUse: undefined };

export interface SchemaDraft extends TypedSchema {
  readonly text: string;
  readonly use: SchemaUse;
  type(text: string): void;
  /** Keeps it, if it is one; what is none stays in the field, with the reason. */
  leave(): void;
  chooseUse(use: SchemaUse): void;
  /** Back to what the conversation has. */
  forget(): void;
}

/** A conversation's schema as it is typed: kept once its field was left and the engine has found it to be one. Lives as long as the composer, so that nothing typed is lost with the panel. */
export function useSchemaDraft(options: AnswerOptions, onChange: (patch: OptionsPatch) => void): SchemaDraft {
  const [typed, setTyped] = useState<{ readonly text: string; readonly isLeft: boolean }>();
  const text = typed?.text ?? schemaText(options.jsonSchema);
  const read = useSchema(text);
  const use = options.jsonSchemaUse ?? "enforce";
  const { schema, problem, checking } = read;
  const isDue = typed?.isLeft === true && !checking && problem === undefined;
  useEffect(() => {
    if (!isDue) return;
    setTyped(undefined);
    if (schema) onChange({ jsonSchema: schema, jsonSchemaUse: use });
    else if (options.jsonSchema) onChange(noSchema);
  });
  return {
    ...read, text, use,
    type: (next) => setTyped({ text: next, isLeft: false }),
    leave: () => setTyped((now) => now && { ...now, isLeft: true }),
    chooseUse: (jsonSchemaUse) => { setTyped(undefined); if (schema) onChange({ jsonSchema: schema, jsonSchemaUse }); },
    forget: () => setTyped(undefined),
  };
}
