import { FlaskConical } from "lucide-react";
import { useState } from "react";
import { Button, EmptyState, ErrorState, Spinner } from "../design/index.ts";
import { goEvaluate } from "./addresses.ts";
import { useRuns, useSets } from "./queries.ts";
import { RunRow } from "./RunRow.tsx";
import { StartRun } from "./StartRun.tsx";
import css from "./runs.module.css";

export function RunsPanel() {
  const { data: sets } = useSets();
  const { data: runs, error } = useRuns();
  const [picked, setPicked] = useState<readonly string[]>([]);
  if (error) return <ErrorState error={error} />;
  if (!sets || !runs) return <div className={css.loading}><Spinner label="Loading" /></div>;
  if (sets.length === 0) return <EmptyState icon={<FlaskConical />} title="No questions yet" actions={<Button variant="primary" onClick={() => goEvaluate({ kind: "sets" })}>Make or import a question set</Button>}>A dozen questions of your own, with their answers, say more about your work than any benchmark.</EmptyState>;
  const pick = (id: string) => setPicked((now) => (now.includes(id) ? now.filter((one) => one !== id) : [...now, id].slice(-2)));
  const [before, after] = picked.filter((id) => runs.some((run) => run.id === id)).sort((a, b) => started(a) - started(b));
  function started(id: string): number { return Date.parse(runs?.find((run) => run.id === id)?.started ?? ""); }
  return (
    <div className={css.panel}>
      <StartRun sets={sets} runs={runs} />
      {runs.length === 0 ? null : (
        <section className={css.section} aria-label="Runs so far">
          <div className={css.sectionHead}><h2>Runs so far</h2>{runs.length > 1 ? <Button size="s" disabled={before === undefined || after === undefined} onClick={() => { if (before !== undefined && after !== undefined) goEvaluate({ kind: "change", before, after }); }}>Compare the two chosen</Button> : null}</div>
          <ul className={css.rows}>{runs.map((run) => <RunRow key={run.id} run={run} picked={picked.includes(run.id)} onPick={runs.length > 1 ? () => pick(run.id) : undefined} />)}</ul>
        </section>
      )}
    </div>
  );
}
