import type { EngineClient, Figure, RunReport, RunSummary, ScoreMeasure } from "../../engine/contract/index.ts";
import { LorekeepError } from "../../engine/base/errors.ts";
import { parseLimit, parseWork } from "../evaluation-arguments.ts";
import type { Session } from "../session.ts";
import { writeReports } from "./report-files.ts";

const columns: readonly (readonly [ScoreMeasure, string])[] = [["correct", "right"], ["fact", "facts"], ["format", "format"], ["citation", "cited"], ["faithfulness", "supported"], ["refusal", "refuses"]];
const figure = (one: Figure | undefined) => (one ? `${one.mean.toFixed(2)} [${one.low.toFixed(2)}, ${one.high.toFixed(2)}]` : "–");

/** The report for a terminal: scores and cost by corner, what to do and why, limits. The whole of it is in the files. */
export function reportLines(report: RunReport): string[] {
  const { corners, recommendation, limits } = report;
  const rows = corners.map((corner) => [corner.name, ...columns.map(([measure]) => figure(corner.scores[measure])), `${Math.round(corner.totalMs.p50)} / ${Math.round(corner.totalMs.p95)}`, corner.tokensPerSecond.toFixed(0)]);
  return [
    `${report.setName}: ${report.questions} questions, ${report.answers} answers${report.finished ? "" : ` of ${report.expectedAnswers} (unfinished)`}; 95 % intervals. Run ${report.runId}`, "",
    `| corner | ${columns.map(([, name]) => name).join(" | ")} | ms p50 / p95 | tokens/s |`, `| --- |${" --- |".repeat(columns.length + 2)}`, ...rows.map((cells) => `| ${cells.join(" | ")} |`), "",
    recommendation.sentence, ...recommendation.reasons.map(({ sentence }) => `  - ${sentence}`), ...(recommendation.open.length > 0 ? ["Open:", ...recommendation.open.map((one) => `  - ${one}`)] : []),
    ...(report.judge ? ["", `${report.judge.model} judges: ${corners.map(({ name, judged }) => `${name} ${figure(judged?.right)}`).join(", ")}. ${report.judge.sentence}`] : []),
    ...(limits.length > 0 ? ["", ...limits.map(({ broken, sentence }) => `${(broken ? "BROKEN" : "ok").padEnd(8)}${sentence}`)] : []),
  ];
}

export interface EvalReportOptions {
  readonly threshold: readonly string[];
  readonly work?: string;
  readonly out?: string;
}

/** lorekeep eval report RUN: the report again, also of an unfinished run. Fails where a limit is broken. */
export async function evalReport({ client, terminal }: Session, wanted: string, options: EvalReportOptions): Promise<boolean> {
  const { id } = await findRun(client, wanted);
  const input = { id, ...(options.threshold.length > 0 ? { limits: options.threshold.map(parseLimit) } : {}), ...(options.work === undefined ? {} : { questionnaire: parseWork(options.work) }) };
  const report = await client.evaluation.runs.report(input);
  for (const line of reportLines(report)) terminal.line(line);
  const files = options.out === undefined ? [] : await writeReports(client, input, options.out);
  for (const file of files) terminal.line(`Written: ${file}`);
  terminal.result({ report, files });
  return !report.broken;
}

/** lorekeep eval runs: what was run here. */
export async function evalRuns({ client, terminal }: Session): Promise<void> {
  const runs = await client.evaluation.runs.list();
  for (const { id, setName, started, state, progress, variants } of runs) terminal.line(`${id}  ${started.slice(0, 16).replace("T", " ")}  ${state.padEnd(7)}  ${progress.done}/${progress.total}  ${setName}: ${variants.map(({ name }) => name).join(", ")}`);
  if (runs.length === 0) terminal.line("No runs yet: lorekeep eval run SET.");
  terminal.result({ runs });
}

/** lorekeep eval compare A B: what came right and what went wrong from one run to the other. */
export async function evalCompare({ client, terminal }: Session, before: string, after: string): Promise<void> {
  const comparison = await client.evaluation.runs.compare({ before: (await findRun(client, before)).id, after: (await findRun(client, after)).id });
  for (const sentence of comparison.sentences) terminal.line(sentence);
  for (const { name, worse } of comparison.variants) if (worse.length > 0) terminal.line(`${name}, went wrong: ${worse.slice(0, 20).join(", ")}${worse.length > 20 ? ` and ${worse.length - 20} more` : ""}`);
  terminal.result(comparison);
}

/** By id, by the beginning of an id that only one has, or “last”; a set's name stands for its latest run. @throws LorekeepError NOT_FOUND */
async function findRun(client: EngineClient, wanted: string): Promise<RunSummary> {
  const runs = await client.evaluation.runs.list();
  const begins = runs.filter(({ id }) => id.startsWith(wanted));
  const found = wanted === "last" ? runs[0] : (runs.find(({ id }) => id === wanted) ?? (begins.length === 1 ? begins[0] : undefined) ?? runs.find(({ setName }) => setName.toLowerCase() === wanted.toLowerCase()));
  if (!found) throw new LorekeepError("NOT_FOUND", { reason: begins.length > 1 ? `${begins.length} runs begin with “${wanted}”.` : `There is no run “${wanted}”.`, next: "See `lorekeep eval runs`." });
  return found;
}
