import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { fromFileSystem } from "../../base/errors.ts";
import { knownQuestion } from "../../contract/questions.ts";
import { runAnswer, runInput, runStates, runSummary, runVariant, judgeVerdict, type RunAnswer } from "../../contract/runs.ts";
import { settings } from "../../contract/settings.ts";
import { Journal, readJournal } from "../../ingest/registry/journal.ts";

const { answers, search } = settings.shape;

/** With the hash of the file that judges, from the first verdict on. */
const judge = runInput.shape.judge.unwrap().extend({ sha256: z.string().optional() });

/** All that decides what a run's answers are: written once, so that a run goes on as it began, whatever is changed meanwhile. */
export const runHeader = z.object({
  type: z.literal("run"), version: z.literal(1), id: z.string(), started: z.string(),
  setId: z.string(), setName: z.string(), questions: z.array(knownQuestion), jsonSchema: z.record(z.string(), z.unknown()).optional(), systemPrompt: z.string().optional(),
  variants: z.array(runVariant), judge: judge.optional(), filter: runInput.shape.filter, includePrivate: z.boolean(),
  settings: z.object({ answers, search }),
  /** Of what it was started with: two runs with the same are the same run. */
  fingerprint: z.string(),
});
export type RunHeader = z.output<typeof runHeader>;

const ofAnswer = { variant: z.string(), questionId: z.string() };
const line = z.discriminatedUnion("type", [
  runHeader,
  /** The models that stood for "whichever is there", and the hashes of the files, from here on. */
  z.object({ type: z.literal("models"), variants: z.array(runVariant), judge: judge.optional() }),
  z.object({ type: z.literal("answer"), answer: runAnswer }),
  z.object({ type: z.literal("judged"), ...ofAnswer, judged: judgeVerdict }),
  z.object({ type: z.literal("rated"), ...ofAnswer, thumb: z.enum(["up", "down"]).nullable() }),
  z.object({ type: z.literal("state"), state: z.enum(runStates), error: runSummary.shape.error, time: z.string() }),
]);
export type RunLine = z.output<typeof line>;

/** What became of a run, read from its lines. */
export interface RunContent {
  readonly header: RunHeader;
  readonly answers: ReadonlyMap<string, RunAnswer>;
  readonly state: RunLine & { type: "state" };
}

export const answerKey = (variant: string, questionId: string): string => JSON.stringify([variant, questionId]);

/** A run on the disk: `<workspace>/evaluation/runs/<id>.jsonl`, append-only, every line on the disk before the next question is asked. */
export class RunFile {
  readonly path: string;
  private readonly journal: Journal;
  private content_: RunContent;

  private constructor(path: string, journal: Journal, content: RunContent) {
    this.path = path;
    this.journal = journal;
    this.content_ = content;
  }

  static async create(path: string, header: RunHeader): Promise<RunFile> {
    await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => { throw fromFileSystem(error, path); });
    const state = { type: "state" as const, state: "running" as const, time: header.started };
    return new RunFile(path, await Journal.start(path, [header, state]), { header, answers: new Map(), state });
  }

  /** undefined where the file holds no run. */
  static async open(path: string): Promise<RunFile | undefined> {
    const { lines } = await readJournal(path, (value) => line.safeParse(value).data);
    const content = fold(lines);
    return content && new RunFile(path, await Journal.start(path, lines), content);
  }

  get content(): RunContent {
    return this.content_;
  }

  /** Resolves when it is on the disk. @throws LorekeepError NO_SPACE, READ_ONLY */
  async append(added: RunLine): Promise<void> {
    await this.journal.append([added]);
    this.content_ = fold([this.content_.header, added], this.content_) ?? this.content_;
  }

  close(): Promise<void> {
    return this.journal.dispose();
  }
}

/** Reads without opening for writing; lines that cannot be read are counted. */
export async function readRun(path: string): Promise<{ content: RunContent | undefined; lost: number }> {
  const { lines, setAside } = await readJournal(path, (value) => line.safeParse(value).data);
  return { content: fold(lines), lost: setAside?.lostLines ?? 0 };
}

export const removeRun = (path: string): Promise<void> => rm(path, { force: true });

function fold(lines: readonly RunLine[], from?: RunContent): RunContent | undefined {
  const first = lines[0];
  if (first?.type !== "run") return undefined;
  let header: RunHeader = from?.header ?? first;
  const answers = from ? (from.answers as Map<string, RunAnswer>) : new Map<string, RunAnswer>();
  let state: RunContent["state"] = from?.state ?? { type: "state", state: "stopped", time: first.started };
  for (const one of lines) {
    if (one.type === "models") header = { ...header, variants: one.variants, ...(one.judge ? { judge: one.judge } : {}) };
    else if (one.type === "answer") answers.set(answerKey(one.answer.variant, one.answer.questionId), one.answer);
    else if (one.type === "state") state = one;
    else if (one.type !== "run") amend(answers, one);
  }
  return { header, answers, state };
}

function amend(answers: Map<string, RunAnswer>, change: RunLine & { type: "judged" | "rated" }): void {
  const key = answerKey(change.variant, change.questionId);
  const answer = answers.get(key);
  if (!answer) return;
  if (change.type === "judged") answers.set(key, { ...answer, judged: change.judged });
  else {
    const { thumb: _, ...rest } = answer;
    answers.set(key, change.thumb === null ? rest : { ...rest, thumb: change.thumb });
  }
}
