import { useEffect, useRef, useState } from "react";
import type { QuestionProblem, QuestionSet } from "../../engine/contract/index.ts";
import { plural } from "../app/words.ts";
import { Button, Dialog, Select, TextArea, TextField } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { failureOf } from "../engine/failure.ts";
import { chooseFiles, upload } from "../engine/files.ts";
import { goEvaluate } from "./addresses.ts";
import css from "./runs.module.css";

const NEW = "new";
interface Outcome { readonly set: QuestionSet; readonly added: number; readonly replaced: number; readonly problems: readonly QuestionProblem[] }

/** JSON Lines or CSV, from a file or pasted. Lines that cannot be used are named; the others come in. */
export function ImportDialog({ sets, onClose }: { sets: readonly QuestionSet[]; onClose(): void }) {
  const engine = useEngine();
  const [target, setTarget] = useState(NEW);
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [outcome, setOutcome] = useState<Outcome>();
  // What is still on its way when the dialog is closed is not wanted any more.
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const into = { ...(target === NEW ? {} : { setId: target }), ...(target === NEW && name.trim() ? { name: name.trim() } : {}) };
  const run = async (from: (signal: AbortSignal) => Promise<Parameters<typeof engine.evaluation.sets.import>[0] | undefined>) => {
    const { signal } = stop.current = new AbortController();
    setError(undefined);
    setBusy(true);
    try {
      const input = await from(signal);
      signal.throwIfAborted();
      if (input) setOutcome(await engine.evaluation.sets.import({ ...input, ...into }, { signal }));
    } catch (problem) {
      const { reason, next } = failureOf(problem);
      setError([reason, next].filter(Boolean).join(" "));
    } finally {
      setBusy(false);
    }
  };
  const fromFile = () => run(async (signal) => {
    const { paths: [path], files: [file] } = await chooseFiles({ folders: false, accept: ".jsonl,.ndjson,.json,.csv,.tsv,.txt", multiple: false });
    if (path !== undefined) return { path };
    return file ? { uploadId: await upload(file, signal), ...(into.name === undefined && target === NEW ? { name: file.name.replace(/\.[^.]+$/, "") } : {}) } : undefined;
  });
  if (outcome) return <Done outcome={outcome} onClose={onClose} />;
  const footer = <><Button onClick={onClose}>Cancel</Button><Button busy={busy} onClick={() => void fromFile()}>Choose a file…</Button><Button variant="primary" busy={busy} disabled={text.trim() === ""} onClick={() => void run(async () => ({ text }))}>Import the text</Button></>;
  return (
    <Dialog open onOpenChange={(open) => { if (!open) onClose(); }} title="Import questions" description="One question a line as JSON, or a table with a header: question, expectAnswers, expectDocument, expectPhrase, unanswerable …" footer={footer}>
      <div className={css.form}>
        {sets.length > 0 ? <label className={css.field}><span>Into</span><Select label="Into" value={target} onChange={setTarget} options={[{ value: NEW, label: "A new set" }, ...sets.map((set) => ({ value: set.id, label: set.name }))]} /></label> : null}
        {target === NEW ? <TextField label="Name (optional)" placeholder="the file’s name" value={name} maxLength={200} onChange={(event) => setName(event.target.value)} /> : null}
        <TextArea label="Or paste them" rows={6} placeholder={'{"question": "When was it built?", "expectAnswers": ["1871"]}'} value={text} onChange={(event) => setText(event.target.value)} error={error} />
      </div>
    </Dialog>
  );
}

function Done({ outcome: { set, added, replaced, problems }, onClose }: { outcome: Outcome; onClose(): void }) {
  const footer = <><Button onClick={onClose}>Close</Button><Button variant="primary" onClick={() => { onClose(); goEvaluate({ kind: "set", id: set.id }); }}>Look at them</Button></>;
  return (
    <Dialog open onOpenChange={(open) => { if (!open) onClose(); }} title={`Imported into “${set.name}”`} description={`${plural(added, "question")} added${replaced > 0 ? `, ${replaced} replaced` : ""}.`} footer={footer}>
      {problems.length > 0 ? <><p>{plural(problems.length, "line")} could not be used:</p><ul className={css.problems} data-problems="">{problems.slice(0, 200).map(({ line, reason }) => <li key={`${line}${reason}`}><b>Line {line}</b> {reason}</li>)}</ul></> : <p>Every line was used.</p>}
    </Dialog>
  );
}
