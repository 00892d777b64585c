import { Play, RotateCcw, Square, Trash2 } from "lucide-react";
import { useState } from "react";
import type { RunSummary } from "../../engine/contract/index.ts";
import { dateTime, plural, timeLeft } from "../app/words.ts";
import { AlertDialog, Badge, Button, Checkbox, IconButton, ProgressBar, useToasts, type Tone } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useModels } from "../engine/queries.ts";
import { goEvaluate } from "./addresses.ts";
import { madeOf } from "./made-of.ts";
import css from "./runs.module.css";

const states: Record<RunSummary["state"], readonly [label: string, tone: Tone]> = { running: ["running", "accent"], stopped: ["stopped", "warn"], failed: ["failed", "danger"], done: ["done", "good"] };

export function RunState({ state }: { state: RunSummary["state"] }) {
  const [label, tone] = states[state];
  return <Badge tone={tone}>{label}</Badge>;
}

/** What can be done with a run, wherever it is shown. */
export function useRunActions(run: Pick<RunSummary, "id">) {
  const engine = useEngine();
  const toasts = useToasts();
  const tell = (title: string) => (error: unknown) => toasts.fail(error, title);
  return {
    resume: () => { engine.evaluation.runs.resume({ id: run.id }).catch(tell("The run cannot go on")); },
    again: () => { engine.evaluation.runs.again({ id: run.id }).then((begun) => goEvaluate({ kind: "run", id: begun.id }), tell("The run could not be started again")); },
    stop: () => { engine.evaluation.runs.stop({ id: run.id }).catch(tell("The run could not be stopped")); },
    remove: () => engine.evaluation.runs.remove({ id: run.id }).catch(tell("The run could not be removed")),
  };
}

/** A run whose files are others now cannot go on with them, but what it asked can be asked again. */
export const isOutdated = ({ state, error }: RunSummary): boolean => state === "failed" && error?.code === "CONFLICT";

/** "12 of 48 answers · about 3 min left", and what became of it. */
export function Progress({ run }: { run: RunSummary }) {
  const { done, total, leftSeconds, variant, step } = run.progress;
  return (
    <div className={css.progress}>
      <ProgressBar label={`${run.setName}: ${done} of ${total}`} fraction={total === 0 ? 0 : done / total} />
      <span className={css.quiet}>{done} of {plural(total, "answer")}{run.state === "running" ? `${leftSeconds === undefined ? "" : ` · ${timeLeft(leftSeconds)}`}${variant ? ` · ${step === "judging" ? "judging" : variant}` : ""}` : ""}</span>
    </div>
  );
}

export function RunRow({ run, picked, onPick }: { run: RunSummary; picked: boolean; onPick?: (() => void) | undefined }) {
  const { resume, again, stop, remove } = useRunActions(run);
  const { data: shelf = [] } = useModels();
  const made = madeOf(run, shelf);
  const [asking, setAsking] = useState(false);
  return (
    <li className={css.row} data-run={run.id} data-state={run.state}>
      {onPick ? <Checkbox label={`Choose the run of ${run.setName}, ${dateTime(run.started)}`} checked={picked} onChange={onPick} /> : null}
      <div className={css.rowWords}>
        <button type="button" className={css.rowName} onClick={() => goEvaluate({ kind: "run", id: run.id })}>{run.setName}</button>
        <span className={css.quiet}>{dateTime(run.started)} · {plural(run.questions, "question")} · {run.variants.map(({ name }) => name).join(", ")}</span>
        {made ? <span className={css.quiet}>{made}</span> : null}
        {run.state === "done" ? null : <Progress run={run} />}
        {run.error ? <span className={css.bad}>{run.error.reason} {run.error.next}</span> : null}
      </div>
      <RunState state={run.state} />
      {isOutdated(run) ? <Button size="s" icon={<RotateCcw />} onClick={again}>Start again</Button> : null}
      {run.state === "running" ? <Button size="s" icon={<Square />} onClick={stop}>Stop</Button> : run.state === "done" ? <Button size="s" onClick={() => goEvaluate({ kind: "run", id: run.id })}>Report</Button> : <Button size="s" icon={<Play />} onClick={resume}>Go on</Button>}
      <IconButton label={`Remove the run of ${run.setName}`} size="s" onClick={() => setAsking(true)}><Trash2 /></IconButton>
      <AlertDialog open={asking} onOpenChange={setAsking} title="Remove this run?" description="Its answers and its report go. The question set stays." confirm="Remove" onConfirm={() => void remove()} />
    </li>
  );
}
