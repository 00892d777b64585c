import { ListChecks, Play, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { QuestionSet, RetrievalEvent, RetrievalReport } from "../../engine/contract/index.ts";
import { dateTime, plural } from "../app/words.ts";
import { AlertDialog, Button, EmptyState, ErrorState, IconButton, ProgressBar, Switch, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { isAborted } from "../engine/failure.ts";
import { ReportView } from "./ReportView.tsx";
import { useSets } from "../runs/queries.ts";
import css from "./evaluation.module.css";

type Running = { readonly id: string; readonly progress?: Extract<RetrievalEvent, { type: "progress" }> };

/** Runs one set at a time; leaving the screen stops it. */
function useRun() {
  const engine = useEngine();
  const [running, setRunning] = useState<Running>();
  const [report, setReport] = useState<{ id: string; report: RetrievalReport }>();
  const [error, setError] = useState<unknown>();
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const run = async (id: string, answers: boolean) => {
    const controller = new AbortController();
    stop.current = controller;
    setRunning({ id });
    setError(undefined);
    try {
      for await (const event of await engine.evaluation.retrieval({ setId: id, ...(answers ? { answers: "quotes" as const } : {}) }, { signal: controller.signal })) {
        if (event.type === "progress") setRunning({ id, progress: event });
        if (event.type === "done") setReport({ id, report: event.report });
      }
    } catch (problem) {
      if (!isAborted(problem) && !controller.signal.aborted) setError(problem);
    } finally {
      setRunning(undefined);
    }
  };
  return { running, report, error, run, stop: () => stop.current?.abort() };
}

export function SetsPanel() {
  const { data: sets, error } = useSets();
  const { running, report, error: failed, run, stop } = useRun();
  const [answers, setAnswers] = useState(true);
  if (error) return <ErrorState error={error} />;
  if (sets?.length === 0) return <EmptyState icon={<ListChecks />} title="No questions yet">Try a search and save the passage that is right. A dozen questions of your own say more about your documents than any benchmark.</EmptyState>;
  return (
    <div className={css.panel}>
      <div className={css.setsHead}><Switch label="Also answer and check the citations" checked={answers} onChange={setAnswers} /></div>
      <ul className={css.sets}>{sets?.map((set) => <SetRow key={set.id} set={set} running={running} onRun={() => void run(set.id, answers)} onStop={stop} />)}</ul>
      {failed ? <ErrorState error={failed} title="The set could not be run" compact /> : null}
      {report ? <ReportView report={report.report} /> : null}
    </div>
  );
}

function SetRow({ set, running, onRun, onStop }: { set: QuestionSet; running: Running | undefined; onRun(): void; onStop(): void }) {
  const engine = useEngine();
  const toasts = useToasts();
  const [asking, setAsking] = useState(false);
  const mine = running?.id === set.id ? running : undefined;
  const { done = 0, total = 0, step = "searching" } = mine?.progress ?? {};
  const remove = () => { engine.evaluation.sets.remove({ id: set.id }).catch((error: unknown) => toasts.fail(error)); };
  return (
    <li className={css.set} data-set={set.name}>
      <div className={css.setWords}><b>{set.name}</b><span>{plural(set.questions.length, "question")} · {dateTime(set.updated)}</span>{mine ? <ProgressBar label={step} fraction={total === 0 ? undefined : done / total} /> : null}</div>
      {mine ? <Button onClick={onStop}>Stop</Button> : <Button icon={<Play />} disabled={running !== undefined || set.questions.length === 0} onClick={onRun}>Run</Button>}
      <IconButton label={`Delete ${set.name}`} onClick={() => setAsking(true)}><Trash2 /></IconButton>
      <AlertDialog open={asking} onOpenChange={setAsking} title={`Delete “${set.name}”?`} description="Its questions go. Your documents stay as they are." confirm="Delete" onConfirm={remove} />
    </li>
  );
}
