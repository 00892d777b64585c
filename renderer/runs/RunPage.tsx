import { ArrowLeft, Download, Play, RotateCcw, Square } from "lucide-react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Questionnaire, RunReport, RunSummary } from "../../engine/contract/index.ts";
import { dateTime, plural } from "../app/words.ts";
import { save } from "../chat/save.ts";
import { Button, EmptyState, ErrorState, IconButton, Menu, MenuItem, Spinner, TabPanel, Tabs, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useEngineQuery } from "../engine/queries.ts";
import { goEvaluate } from "./addresses.ts";
import { AnswersPanel } from "./AnswersPanel.tsx";
import { useRuns } from "./queries.ts";
import { ReportPanel } from "./ReportPanel.tsx";
import { isOutdated, Progress, RunState, useRunActions } from "./RunRow.tsx";
import css from "./runs.module.css";

const tabs = [{ value: "report" as const, label: "Report" }, { value: "answers" as const, label: "Answers" }];
const formats = [["html", "Web page (HTML)"], ["markdown", "Markdown"], ["csv", "Table (CSV)"], ["json", "JSON"]] as const;

/** One run: its report while it grows and when it is done, and every answer. */
export function RunPage({ id }: { id: string }) {
  const { data: runs, error } = useRuns();
  const [given, setGiven] = useState<Questionnaire>();
  const [tab, setTab] = useState<"report" | "answers">("report");
  const run = runs?.find((one) => one.id === id);
  useGrowing(run);
  const report = useEngineQuery<RunReport>(["evaluation", "report", id, given], (engine, signal) => engine.evaluation.runs.report({ id, ...(given ? { questionnaire: given } : {}) }, { signal }), { enabled: run !== undefined, placeholderData: (before) => before });
  if (error) return <ErrorState error={error} />;
  if (!runs) return <div className={css.loading}><Spinner label="Loading" /></div>;
  if (!run) return <EmptyState title="This run is not there any more" actions={<Button onClick={() => goEvaluate({ kind: "runs" })}>To the runs</Button>} />;
  return (
    <div className={css.screen} data-run-page={run.state}>
      <header className={css.header}>
        <div className={css.titleRow}><IconButton label="Back to the runs" onClick={() => goEvaluate({ kind: "runs" })}><ArrowLeft /></IconButton><div><h1>{run.setName}</h1><p>{dateTime(run.started)} · {plural(run.questions, "question")} · {plural(run.variants.length, "corner")} <RunState state={run.state} /></p></div></div>
        <Actions run={run} questionnaire={given} />
      </header>
      {run.state === "done" ? null : <div className={css.live}><Progress run={run} />{run.error ? <p className={css.bad} role="alert">{run.error.reason} {run.error.next}</p> : null}</div>}
      <Tabs label="This run" value={tab} tabs={tabs} onChange={(value) => setTab(value)}>
        <TabPanel value="report">{report.error ? <ErrorState error={report.error} /> : report.data ? (report.data.answers === 0 ? <EmptyState title="No answer yet" compact>The report grows with the answers.</EmptyState> : <ReportPanel report={report.data} running={run.state === "running"} questionnaire={given} onQuestionnaire={setGiven} />) : <div className={css.loading}><Spinner label="Counting" /></div>}</TabPanel>
        <TabPanel value="answers"><AnswersPanel run={run} /></TabPanel>
      </Tabs>
    </div>
  );
}

function Actions({ run, questionnaire }: { run: RunSummary; questionnaire: Questionnaire | undefined }) {
  const engine = useEngine();
  const toasts = useToasts();
  const { resume, again, stop } = useRunActions(run);
  const write = (format: (typeof formats)[number][0]) => { engine.evaluation.runs.export({ id: run.id, format, ...(questionnaire ? { questionnaire } : {}) }).then(save, (error: unknown) => toasts.fail(error, "The report could not be exported")); };
  return (
    <div className={css.buttons}>
      {isOutdated(run) ? <Button icon={<RotateCcw />} onClick={again}>Start again</Button> : null}
      {run.state === "running" ? <Button icon={<Square />} onClick={stop}>Stop</Button> : run.state === "done" ? null : <Button icon={<Play />} onClick={resume}>Go on</Button>}
      <Menu trigger={<Button icon={<Download />}>Export</Button>}>{formats.map(([format, name]) => <MenuItem key={format} onSelect={() => write(format)}>{name}</MenuItem>)}</Menu>
    </div>
  );
}

/** Milliseconds between two looks at a report that grows. */
const PAUSE = 1500;

/** While a run is under way its answers change what stands here: asked for again, but not at every answer. */
function useGrowing(run: RunSummary | undefined): void {
  const queries = useQueryClient();
  const running = run?.state === "running";
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => { void queries.invalidateQueries({ queryKey: ["evaluation"] }); }, PAUSE);
    return () => { clearInterval(timer); void queries.invalidateQueries({ queryKey: ["evaluation"] }); };
  }, [running, queries]);
}
