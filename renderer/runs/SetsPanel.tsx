import { Download, FileUp, ListChecks, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { QuestionSet } from "../../engine/contract/index.ts";
import { dateTime, plural } from "../app/words.ts";
import { save } from "../chat/save.ts";
import { AlertDialog, Button, EmptyState, ErrorState, IconButton, Menu, MenuItem, Spinner, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { goEvaluate } from "./addresses.ts";
import { ImportDialog } from "./ImportDialog.tsx";
import { useSets } from "./queries.ts";
import css from "./runs.module.css";

export function SetsPanel() {
  const engine = useEngine();
  const toasts = useToasts();
  const { data: sets, error } = useSets();
  const [importing, setImporting] = useState(false);
  if (error) return <ErrorState error={error} />;
  if (!sets) return <div className={css.loading}><Spinner label="Loading" /></div>;
  const create = () => {
    const names = new Set(sets.map(({ name }) => name));
    let name = "My questions";
    for (let n = 2; names.has(name); n++) name = `My questions ${n}`;
    engine.evaluation.sets.save({ name, questions: [] }).then((set) => goEvaluate({ kind: "set", id: set.id }), (problem: unknown) => toasts.fail(problem));
  };
  const actions = <><Button icon={<FileUp />} onClick={() => setImporting(true)}>Import</Button><Button variant="primary" icon={<Plus />} onClick={create}>New set</Button></>;
  return (
    <div className={css.panel}>
      {sets.length === 0
        ? <EmptyState icon={<ListChecks />} title="No questions yet" actions={actions}>Write them, import JSON Lines or CSV, or keep a question from a chat with one click. A dozen of your own are a good beginning.</EmptyState>
        : <><div className={css.sectionHead}><h2>{plural(sets.length, "question set")}</h2><div className={css.buttons}>{actions}</div></div><ul className={css.rows}>{sets.map((set) => <SetRow key={set.id} set={set} />)}</ul></>}
      {importing ? <ImportDialog sets={sets} onClose={() => setImporting(false)} /> : null}
    </div>
  );
}

function SetRow({ set }: { set: QuestionSet }) {
  const engine = useEngine();
  const toasts = useToasts();
  const [asking, setAsking] = useState(false);
  const write = (format: "jsonl" | "csv") => { engine.evaluation.sets.export({ id: set.id, format }).then(save, (error: unknown) => toasts.fail(error, "The set could not be exported")); };
  return (
    <li className={css.row} data-set={set.name}>
      <div className={css.rowWords}>
        <button type="button" className={css.rowName} onClick={() => goEvaluate({ kind: "set", id: set.id })}>{set.name}</button>
        <span className={css.quiet}>{plural(set.questions.length, "question")}{set.jsonSchema ? " · with a JSON schema" : ""}{set.limits?.length ? ` · ${plural(set.limits.length, "limit")}` : ""} · {dateTime(set.updated)}</span>
      </div>
      <Menu trigger={<IconButton label={`Export ${set.name}`} size="s"><Download /></IconButton>}><MenuItem onSelect={() => write("jsonl")}>JSON Lines</MenuItem><MenuItem onSelect={() => write("csv")}>CSV</MenuItem></Menu>
      <IconButton label={`Edit ${set.name}`} size="s" onClick={() => goEvaluate({ kind: "set", id: set.id })}><Pencil /></IconButton>
      <IconButton label={`Delete ${set.name}`} size="s" onClick={() => setAsking(true)}><Trash2 /></IconButton>
      <AlertDialog open={asking} onOpenChange={setAsking} title={`Delete “${set.name}”?`} description="Its questions go; runs that were made with it stay." confirm="Delete" onConfirm={() => { engine.evaluation.sets.remove({ id: set.id }).catch((error: unknown) => toasts.fail(error)); }} />
    </li>
  );
}
