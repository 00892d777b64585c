import { useState } from "react";
import type { FineTune, SchemaUse } from "../../../engine/contract/index.ts";
import { Button, Dialog, SegmentedControl, TextArea } from "../../design/index.ts";
import { useEngine } from "../../engine/context.tsx";
import { failureOf } from "../../engine/failure.ts";
import { readSchema } from "../../runs/expected.ts";
import css from "./tunes.module.css";

const uses: { value: SchemaUse; label: string; hint: string }[] = [
  { value: "validate", label: "Only check", hint: "It writes freely, as it was trained to; each answer says whether it follows the schema." },
  { value: "enforce", label: "Enforce", hint: "A grammar lets it write nothing else." },
];

/** The form a fine-tune was trained to write: answers with it are held against the schema, unless a conversation has one of its own. */
export function TuneSchema({ tune, onClose }: { tune: FineTune; onClose(): void }) {
  const engine = useEngine();
  const [text, setText] = useState(tune.jsonSchema ? JSON.stringify(tune.jsonSchema, null, 2) : "");
  const [use, setUse] = useState<SchemaUse>(tune.jsonSchemaUse ?? "validate");
  const [error, setError] = useState<string>();
  const { schema, problem } = readSchema(text);
  const keep = () => { engine.models.fineTunes.update({ id: tune.id, jsonSchema: schema ?? null, jsonSchemaUse: use }).then(onClose, (caught: unknown) => setError(failureOf(caught).reason)); };
  return (
    <Dialog open onOpenChange={onClose} title={`JSON schema of ${tune.name}`} description="Answers with this fine-tune are held against it, unless a conversation has a schema of its own. Empty: none."
      footer={<><Button onClick={onClose}>Cancel</Button><Button variant="primary" disabled={problem !== undefined} onClick={keep}>Keep</Button></>}>
      <div className={css.schema}>
        <TextArea label="JSON schema" autoFocus rows={8} spellCheck={false} value={text} error={problem ?? error} onChange={(event) => { setText(event.target.value); setError(undefined); }} />
        {schema ? <SegmentedControl label="How the schema is used" size="s" value={use} onChange={(next) => setUse(next)} segments={uses} /> : null}
      </div>
    </Dialog>
  );
}
