import { useState } from "react";
import type { FineTune, SchemaUse } from "../../../engine/contract/index.ts";
import { Button, Dialog } from "../../design/index.ts";
import { useEngine } from "../../engine/context.tsx";
import { failureOf } from "../../engine/failure.ts";
import { schemaText } from "../../schema/read.ts";
import { SchemaArea } from "../../schema/SchemaArea.tsx";
import { SchemaUseChoice } from "../../schema/SchemaUseChoice.tsx";
import { useSchema } from "../../schema/use-schema.ts";
import css from "./tunes.module.css";

/** The form a fine-tune was trained to write: answers with it are held against the schema, unless a conversation has one of its own. */
export function TuneSchema({ tune, onClose }: { tune: FineTune; onClose(): void }) {
  const engine = useEngine();
  const [text, setText] = useState(schemaText(tune.jsonSchema));
  const [use, setUse] = useState<SchemaUse>(tune.jsonSchemaUse ?? "validate");
  const [error, setError] = useState<string>();
  const { schema, problem, checking } = useSchema(text);
  const keep = () => { engine.models.fineTunes.update({ id: tune.id, jsonSchema: schema ?? null, jsonSchemaUse: use }).then(onClose, (caught: unknown) => setError(failureOf(caught).reason)); };
  return (
    <Dialog open onOpenChange={onClose} title={`JSON schema of ${tune.name}`} description="Answers with this fine-tune are held against it, unless a conversation has a schema of its own. Empty: none."
      footer={<><Button onClick={onClose}>Cancel</Button><Button variant="primary" disabled={checking || problem !== undefined} onClick={keep}>Keep</Button></>}>
      <div className={css.schema}>
        <SchemaArea label="JSON schema" autoFocus rows={12} value={text} error={problem ?? error} onChange={(event) => { setText(event.target.value); setError(undefined); }} />
        {schema ? <SchemaUseChoice value={use} onChange={setUse} /> : null}
      </div>
    </Dialog>
  );
}
