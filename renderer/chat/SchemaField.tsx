import { SchemaArea } from "../schema/SchemaArea.tsx";
import { SchemaUseChoice } from "../schema/SchemaUseChoice.tsx";
import type { SchemaDraft } from "./schema-draft.ts";
import css from "./Composer.module.css";

/** A JSON schema for the answers of a conversation, and whether it is enforced or only checked. */
export function SchemaField({ draft: { text, schema, problem, use, type, leave, chooseUse } }: { draft: SchemaDraft }) {
  return (
    <div className={css.schema}>
      <SchemaArea label="JSON schema" hint="What an answer must look like. Empty: that of the fine-tune, if it has one." rows={schema ? 5 : 3} value={text} onChange={(event) => type(event.target.value)} onBlur={leave} error={problem} />
      {schema ? <SchemaUseChoice value={use} onChange={chooseUse} /> : null}
    </div>
  );
}
