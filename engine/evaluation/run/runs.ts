import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Emitter } from "../../base/emitter.ts";
import { LorekeepError } from "../../base/errors.ts";
import { Mutex } from "../../base/mutex.ts";
import type { QuestionSet } from "../../contract/questions.ts";
import type { RunAnswer, RunEvent, RunInput, RunSummary } from "../../contract/runs.ts";
import type { EvaluationMeans } from "../means.ts";
import { isAsPinned } from "./pin.ts";
import { settle } from "./plan.ts";
import { progressOf, summaryOf } from "./progress.ts";
import { answerKey, removeRun, RunFile, type RunContent, type RunLine } from "./run-file.ts";
import { noSuchRun, RunFolder } from "./run-folder.ts";
import { proceed } from "./runner.ts";

export type RunMeans = Pick<EvaluationMeans, "workspace" | "answering" | "embedder" | "onNotice">;

/** The run that is under way: one at a time, since what two would measure is each other. */
interface Current {
  readonly id: string;
  readonly file: RunFile;
  readonly stop: AbortController;
  readonly events: Emitter<RunEvent>;
  done: Promise<void>;
  at: Parameters<typeof progressOf>[1];
}

/** The runs of a workspace, `evaluation/runs/*.jsonl`, and the one that is under way. */
export class Runs {
  private readonly files: RunFolder;
  private readonly means: RunMeans;
  private readonly tell: () => void;
  private current: Current | undefined;
  /** One opens a file for writing at a time: opening writes it anew. */
  private readonly opening = new Mutex();
  private disposed = false;

  constructor(means: RunMeans, tell: () => void) {
    this.files = new RunFolder(join(means.workspace, "evaluation", "runs"), means.onNotice);
    this.means = means;
    this.tell = tell;
  }

  /** Newest first. */
  async list(setId?: string): Promise<RunSummary[]> {
    const found = await Promise.all((await this.files.ids()).map((id) => this.summary(id).catch(unlessMissing)));
    return found.filter((run) => run !== undefined).filter((run) => setId === undefined || run.setId === setId).sort((a, b) => b.started.localeCompare(a.started));
  }

  /** @throws LorekeepError INVALID, BUSY */
  async start(input: RunInput, set: QuestionSet): Promise<RunSummary> {
    const { fingerprint, ...settled } = settle(input, set, this.means.answering.settings());
    const unfinished = input.fresh ? undefined : await this.unfinished(fingerprint);
    if (unfinished !== undefined) return this.current?.id === unfinished ? this.summary(unfinished) : this.resume(unfinished);
    const id = randomUUID();
    return this.begin(() => RunFile.create(this.files.path(id), { type: "run", version: 1, id, started: new Date().toISOString(), ...settled, fingerprint }), id);
  }

  /** @throws LorekeepError NOT_FOUND, BUSY */
  async resume(id: string): Promise<RunSummary> {
    if (this.current?.id === id) return this.summary(id);
    return this.begin(async () => {
      const file = await RunFile.open(await this.files.existing(id));
      if (!file) throw noSuchRun();
      return file;
    }, id);
  }

  /** A new run of what another one asked, in the same way, with the files that there are now. @throws LorekeepError NOT_FOUND, BUSY */
  async again(of: string): Promise<RunSummary> {
    const { header } = await this.content(of);
    const id = randomUUID();
    const variants = header.variants.map(({ files: _, ...variant }) => variant);
    return this.begin(() => RunFile.create(this.files.path(id), { ...header, id, started: new Date().toISOString(), variants, ...(header.judge ? { judge: { modelId: header.judge.modelId } } : {}) }), id);
  }

  /** @throws LorekeepError NOT_FOUND */
  async stop(id: string): Promise<RunSummary> {
    const { current } = this;
    if (current?.id === id) {
      current.stop.abort();
      await current.done;
    }
    return this.summary(id);
  }

  /** Its state now, then what happens; ends with it. */
  async *watch(id: string, signal?: AbortSignal): AsyncGenerator<RunEvent, void, void> {
    const { current } = this;
    if (current?.id === id) {
      const over = new AbortController();
      void current.done.then(() => over.abort());
      const events = current.events.stream(signal ? AbortSignal.any([signal, over.signal]) : over.signal);
      const first = events.next(); // Listens from here on, so that nothing falls between the state and what follows.
      try {
        yield { type: "state", run: await this.summary(id) };
        const { value, done } = await first;
        if (!done && value) yield value;
        yield* events;
      } finally {
        over.abort();
      }
    }
    signal?.throwIfAborted();
    yield { type: "state", run: await this.summary(id) };
  }

  /** @throws LorekeepError NOT_FOUND, BUSY */
  async remove(id: string): Promise<void> {
    await this.opening.run(undefined, async () => {
      if (this.current?.id === id) throw underWay();
      await removeRun(await this.files.existing(id));
    });
    this.tell();
  }

  /** @throws LorekeepError NOT_FOUND */
  async content(id: string): Promise<RunContent> {
    if (this.current?.id === id) return this.current.file.content;
    return this.files.content(id);
  }

  /** @throws LorekeepError NOT_FOUND */
  async rate(id: string, variant: string, questionId: string, thumb: "up" | "down" | null): Promise<RunAnswer> {
    const key = answerKey(variant, questionId);
    if (!(await this.content(id)).answers.has(key)) throw new LorekeepError("NOT_FOUND", { reason: "There is no such answer in this run.", field: "questionId" });
    const line: RunLine = { type: "rated", variant, questionId, thumb };
    const rated = await this.opening.run(undefined, async () => {
      const running = this.current?.id === id ? this.current.file : undefined;
      const file = running ?? (await RunFile.open(this.files.path(id)));
      await file?.append(line);
      if (!running) await file?.close();
      return file?.content.answers.get(key);
    });
    if (!rated) throw noSuchRun();
    this.tell();
    return rated;
  }

  async summary(id: string): Promise<RunSummary> {
    const content = await this.content(id);
    const { current } = this;
    return current?.id === id ? summaryOf(content, true, progressOf(content, current.at)) : summaryOf(content, false);
  }

  /** Stops what runs, also what is just beginning; it can be gone on with. */
  async dispose(): Promise<void> {
    this.disposed = true;
    await this.opening.run(undefined, () => Promise.resolve());
    this.current?.stop.abort();
    await this.current?.done;
  }

  private async begin(open: () => Promise<RunFile>, id: string): Promise<RunSummary> {
    await this.opening.run(undefined, async () => {
      if (this.current || this.disposed) throw new LorekeepError("BUSY", { reason: "Another run is under way.", next: "Wait for it, or stop it." });
      const current: Current = { id, file: await open(), stop: new AbortController(), events: new Emitter(), done: Promise.resolve(), at: {} };
      this.current = current;
      current.done = this.run(current);
    });
    this.tell();
    return this.summary(id);
  }

  /** Never rejects: how it ended is the run's own state. */
  private async run(current: Current): Promise<void> {
    const { file, events, stop } = current;
    const show = async () => events.emit({ type: "state", run: summaryOf(file.content, true, progressOf(file.content, current.at)) });
    let end: Pick<RunLine & { type: "state" }, "state" | "error"> = { state: "done" };
    try {
      if (file.content.state.state !== "running") await file.append({ type: "state", state: "running", time: new Date().toISOString() });
      await proceed(file, this.means, {
        answered: (answer) => events.emit({ type: "answer", answer }),
        progress: (at) => { current.at = at; void show(); },
      }, stop.signal);
    } catch (error) {
      end = stop.signal.aborted ? { state: "stopped" } : { state: "failed", error: told(error) };
    }
    // Nobody opens, rates or removes it meanwhile.
    await this.opening.run(undefined, async () => {
      const tell = (error: unknown) => this.means.onNotice(`How a run ended could not be written down: ${error instanceof Error ? error.message : String(error)}`);
      await file.append({ type: "state", ...end, time: new Date().toISOString() }).catch(tell);
      await file.close().catch(tell);
      this.current = undefined;
    });
    this.tell();
  }

  /** The one of this configuration that can be gone on with: not one that another file in the place of a pinned one has stopped, and still would. */
  private async unfinished(fingerprint: string): Promise<string | undefined> {
    for (const { id, state, error } of await this.list()) {
      if (state === "done") continue;
      const content = await this.content(id);
      if (content.header.fingerprint !== fingerprint) continue;
      if (error?.code !== "CONFLICT" || (await isAsPinned(content, this.means.answering.chatModel, new AbortController().signal))) return id;
    }
    return undefined;
  }
}

const underWay = (): LorekeepError => new LorekeepError("BUSY", { reason: "This run is under way.", next: "Stop it first." });

/** A file that holds no run, or was removed meanwhile, is left out of the list; the folder says so where it could not be read. */
function unlessMissing(error: unknown): undefined {
  if (error instanceof LorekeepError && error.code === "NOT_FOUND") return undefined;
  throw error;
}

function told(error: unknown): { code: string; reason: string; next?: string } {
  if (error instanceof LorekeepError) return { code: error.code, reason: error.details.reason, ...(error.details.next === undefined ? {} : { next: error.details.next }) };
  return { code: "INTERNAL", reason: error instanceof Error ? error.message : String(error) };
}
