import { Box, CircleAlert } from "lucide-react";
import { Button, ProgressBar } from "../design/index.ts";
import { bytes } from "../app/words.ts";
import type { ImportJob, Imports } from "./imports.ts";
import css from "./models.module.css";

const stepWords = { uploading: "Uploading", checking: "Checking the file and its hash", copying: "Copying", failed: "" } as const;

/** Files on their way to the shelf, and those that were refused, with the reason. */
export function ImportList({ imports }: { imports: Imports }) {
  if (imports.jobs.length === 0) return null;
  return <ul className={css.jobs} aria-label="Imports">{imports.jobs.map((job) => <li key={job.key} className={css.job}>{job.failure ? <Refused job={job} imports={imports} /> : <Running job={job} imports={imports} />}</li>)}</ul>;
}

function Running({ job, imports }: { job: ImportJob; imports: Imports }) {
  const size = job.origin.file ? ` (${bytes(job.origin.file.size)})` : "";
  const percent = job.fraction === undefined ? "" : `, ${Math.round(job.fraction * 100)} %`;
  return (
    <>
      <div className={css.jobLine}><Box aria-hidden /><span className={css.jobName} title={job.name}>{job.name}</span><span className={css.jobFacts}>{stepWords[job.step]}{size}{percent}</span><Button size="s" variant="ghost" onClick={() => imports.drop(job)}>Cancel</Button></div>
      <ProgressBar label={`Import of ${job.name}`} fraction={job.fraction} />
    </>
  );
}

function Refused({ job, imports }: { job: ImportJob; imports: Imports }) {
  return (
    <div className={css.jobLine} role="alert">
      <CircleAlert aria-hidden className={css.bad} />
      <div className={css.jobText}><div className={css.jobName} title={job.name}>{job.name}</div><div className={css.jobWhy}>{job.failure?.reason} {job.failure?.next}</div></div>
      <Button size="s" variant="ghost" onClick={() => imports.retry(job)}>Try again</Button>
      <Button size="s" variant="ghost" onClick={() => imports.drop(job)}>Dismiss</Button>
    </div>
  );
}
