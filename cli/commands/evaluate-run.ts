import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { LorekeepError } from "../../engine/base/errors.ts";
import { cornerNames, runVariant, type EngineClient, type QuestionSet, type RunSummary, type RunVariant } from "../../engine/contract/index.ts";
import { parseLimit, parseWork } from "../evaluation-arguments.ts";
import { answeringId, collectionIds, parseAdapter, shelfId } from "../lookup.ts";
import type { Session } from "../session.ts";
import { duration, UsageError } from "../terminal.ts";
import { reportLines } from "./evaluate-report.ts";
import { writeReports } from "./report-files.ts";

export interface EvalRunOptions {
  readonly corners?: string;
  readonly model?: string;
  readonly adapter: readonly string[];
  readonly enforce?: boolean;
  readonly judge?: string;
  readonly collection: readonly string[];
  readonly most?: number;
  readonly maxTokens?: number;
  readonly seed?: number;
  readonly threshold: readonly string[];
  readonly work?: string;
  readonly out?: string;
  readonly fresh?: boolean;
}

type Corner = keyof typeof cornerNames;

/** lorekeep eval run SET: every question through the corners, then the report. Fails where a limit is broken. */
export async function evalRun(session: Session, wanted: string, options: EvalRunOptions): Promise<boolean> {
  const { client, terminal, signal } = session;
  const limits = options.threshold.length > 0 ? options.threshold.map(parseLimit) : undefined;
  const questionnaire = options.work === undefined ? undefined : parseWork(options.work);
  const set = await setOf(session, wanted);
  const ids = await collectionIds(client, options.collection);
  const { most } = options;
  const { id } = await client.evaluation.runs.start({
    setId: set.id, variants: await variantsOf(client, options), filter: ids.length > 0 ? { collectionIds: ids } : {}, fresh: options.fresh ?? false,
    ...(most === undefined ? {} : { most }), ...(options.judge === undefined ? {} : { judge: { modelId: await shelfId(client, options.judge, "model") } }),
  });
  const run = await watched(session, id);
  if (signal.aborted) return stopped(session, run);
  if (run.error) throw new LorekeepError(run.error.code as LorekeepError["code"], { reason: run.error.reason, next: [run.error.next ?? "", run.error.code === "CONFLICT" ? "" : "The same command goes on with the run."].join(" ").trim() });
  const input = { id, ...(limits ? { limits } : {}), ...(questionnaire ? { questionnaire } : {}) };
  const report = await client.evaluation.runs.report(input);
  for (const line of reportLines(report)) terminal.line(line);
  const files = options.out === undefined ? [] : await writeReports(client, input, options.out);
  for (const file of files) terminal.line(`Written: ${file}`);
  terminal.result({ run, report, files });
  return !report.broken;
}

/** Ctrl-C stops the run, and not before its last answer is kept. */
async function watched({ client, terminal, signal }: Session, id: string): Promise<RunSummary> {
  const { runs } = client.evaluation;
  try {
    for await (const event of await runs.watch({ id }, { signal })) {
      if (event.type !== "state") continue;
      const { done, total, leftSeconds, variant, step } = event.run.progress;
      terminal.progress(`${step} ${done}/${total}${variant === undefined ? "" : ` · ${variant}`}${leftSeconds === undefined || leftSeconds < 1 ? "" : ` · about ${duration(leftSeconds)} left`}`);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  terminal.endProgress();
  return runs.stop({ id });
}

function stopped({ terminal }: Session, run: RunSummary): boolean {
  terminal.say(`Stopped after ${run.progress.done} of ${run.progress.total}. The same command goes on there.`);
  terminal.result({ run });
  return true;
}

/** A set that is kept, by name or id; else a file, which becomes the set of its name. */
export async function setOf({ client, terminal }: Session, wanted: string): Promise<QuestionSet> {
  const sets = await client.evaluation.sets.list();
  const kept = sets.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted.toLowerCase());
  if (kept) return kept;
  const path = resolve(wanted);
  if (!existsSync(path)) throw new LorekeepError("NOT_FOUND", { reason: `There is no question set “${wanted}”, and no such file.`, next: sets.length > 0 ? `There are: ${sets.map(({ name }) => name).join(", ")}.` : "Import one: lorekeep eval sets import FILE." });
  const name = basename(path).replace(/\.[^.]+$/, "");
  const same = sets.find((one) => one.name === name);
  const { set, problems } = await client.evaluation.sets.import({ path, ...(same ? { setId: same.id, replace: true } : { name }) });
  for (const { line, reason } of problems) terminal.say(`${wanted}, line ${line}: ${reason}`);
  return set;
}

async function variantsOf(client: EngineClient, options: EvalRunOptions): Promise<RunVariant[]> {
  const adapters: RunVariant["adapters"] = [];
  for (const one of options.adapter) {
    const { file, scale } = parseAdapter(one);
    adapters.push({ modelId: await answeringId(client, file, "adapter"), scale });
  }
  const modelId = options.model === undefined ? undefined : await answeringId(client, options.model, "model");
  const sampling = { ...(options.maxTokens === undefined ? {} : { maxTokens: options.maxTokens }), ...(options.seed === undefined ? {} : { seed: options.seed }) };
  return cornersOf(options, adapters.length > 0).flatMap((mode) => {
    const tuned = mode === "fine-tune" || mode === "hybrid";
    const validated = runVariant.parse({ name: cornerNames[mode], mode, adapters: tuned ? adapters : [], sampling, ...(modelId === undefined ? {} : { modelId }) });
    return options.enforce ? [validated, { ...validated, name: `${validated.name}, enforced`, enforceSchema: true }] : [validated];
  });
}

/** Those that were asked for; else all there is a model for: a fine-tune needs an adapter, or to be named. */
function cornersOf({ corners }: EvalRunOptions, tuned: boolean): Corner[] {
  if (corners === undefined) return tuned ? ["base", "documents", "fine-tune", "hybrid"] : ["base", "documents"];
  return corners.split(",").map((one) => {
    const found = (Object.keys(cornerNames) as Corner[]).find((corner) => corner === one.trim().toLowerCase());
    if (!found) throw new UsageError(`--corners ${corners}: “${one}” is none of ${Object.keys(cornerNames).join(", ")}.`);
    return found;
  });
}
