import { useEffect, useRef } from "react";
import { SchemaArea } from "../schema/SchemaArea.tsx";
import { SchemaUseChoice } from "../schema/SchemaUseChoice.tsx";
import type { SchemaDraft } from "./schema-draft.ts";
import css from "./Composer.module.css";

/** A JSON schema for the answers of a conversation, and whether it is enforced or only checked. */
export function SchemaField({ draft: { text, schema, problem, use, type, leave, chooseUse } }: { draft: SchemaDraft }) {
  const box = useRef<HTMLDivElement>(null);
  // In a low window the panel ends above what is said below the field.
  useEffect(() => { if (problem !== undefined) box.current?.scrollIntoView({ block: "nearest" }); }, [problem]);
  return (
    <div ref={box} className={css.schema}>
      <SchemaArea label="JSON schema" hint="What an answer must look like. Empty: that of the fine-tune, if it has one." rows={schema ? 5 : 3} value={text} onChange={(event) => type(event.target.value)} onBlur={leave} error={problem} />
      {schema ? <SchemaUseChoice value={use} onChange={chooseUse} /> : null}
    </div>
  );
}
