import { Emitter } from "../../base/emitter.ts";
import type { QueueProgress } from "../../contract/library.ts";
import type { Gate } from "./gate.ts";
import type { Ingested } from "../ingest-document.ts";
import { jobOf, Jobs, Stopped, weightOf, type Job } from "./job.ts";
import type { IngestLimits } from "../limits.ts";
import { Pause } from "./pause.ts";
import { RunProgress } from "./progress.ts";
import { reasonOf } from "../registry/reasons.ts";
import type { Recogniser } from "../recognise/recogniser.ts";
import type { DocumentRecord } from "../registry/records.ts";
import { runJob, type JobMeans } from "./run-job.ts";
import { Throttle } from "./throttle.ts";

export interface QueueOptions extends JobMeans {
  readonly limits: IngestLimits;
  readonly readers: () => number;
  readonly gate: Gate;
  /** Text recognition, which works when nothing is left to read here. */
  readonly recogniser: () => Recogniser;
  readonly notice: (text: string) => void;
  /** A run has ended: the moment for upkeep. */
  readonly onIdle: (passages: number) => void;
}

const PROGRESS_MS = 250;

/**
 * The queue in front of the four steps. What waits and what became of it is in the registry, so nothing here needs saving: after a
 * crash every document that was on its way is simply queued.
 */
export class IngestQueue {
  readonly changes = new Emitter<true>();
  private readonly options: QueueOptions;
  private readonly waiting = new Set<string>();
  private readonly jobs = new Jobs();
  readonly progressOfRun = new RunProgress();
  private readonly tell = new Throttle(() => this.changes.emit(true), PROGRESS_MS);
  private passagesOfRun = 0;
  private readonly paused: Pause;
  private closing = false;

  constructor(options: QueueOptions) {
    this.options = options;
    this.paused = new Pause(options.registry, options.gate);
    for (const { id, state } of options.registry.all()) if (state === "queued") this.waiting.add(id);
  }

  /** Documents whose record says "queued". One that is on its way starts over, since its file has changed. */
  enqueue(ids: Iterable<string>): void {
    if (this.isIdle) this.beginRun();
    const all = [...ids];
    this.options.recogniser().leave(all).catch((error: unknown) => this.options.notice(String(error)));
    for (const id of all) {
      this.jobs.get(id)?.stop.abort(new Stopped("changed"));
      this.waiting.add(id);
    }
    this.pump();
  }

  start(): void {
    this.beginRun();
    this.pump();
    this.nudge();
  }

  /** Text recognition goes on, if nothing is left to read. */
  nudge(): void {
    this.options.recogniser().nudge();
    this.tell.call();
  }

  /** A document whose pictures are recognised. Its record says so first, so that a crash in between costs nothing. */
  readAgain(ids: readonly string[]): void {
    for (const id of ids) this.options.registry.passing(id, "queued");
    if (this.isIdle) this.beginRun();
    for (const id of ids) this.waiting.add(id);
    this.pump();
  }

  /** Takes documents out of the queue for good and waits until nothing works on them any more. */
  async withdraw(ids: readonly string[]): Promise<void> {
    await this.options.recogniser().leave(ids);
    await this.stop(ids, "removed");
  }

  /** Takes documents out of the queue; they stay in the library as cancelled. */
  async cancel(ids: readonly string[] | undefined): Promise<number> {
    const chosen = (ids ?? [...this.waiting, ...this.jobs.keys()]).filter((id) => this.waiting.has(id) || this.jobs.has(id));
    const resting = chosen.filter((id) => !this.jobs.has(id));
    const { skipped, empty } = await this.options.recogniser().skip(ids, new Set(chosen));
    await this.stop(chosen, "cancelled");
    await this.options.outcomes.cancelled([...resting, ...empty]);
    this.settled();
    return chosen.length + skipped;
  }

  async pause(): Promise<void> {
    await this.paused.begin(() => {
      this.options.steps.commits.nudge();
      this.tell.call();
    });
  }

  async resume(): Promise<void> {
    await this.paused.end();
    this.pump();
    this.nudge();
  }

  get isIdle(): boolean {
    return this.waiting.size === 0 && this.jobs.size === 0;
  }

  /** Could another document still join the next commit? */
  get moreComing(): boolean {
    return !this.options.gate.isClosed && (this.jobs.early > 0 || this.waiting.size > 0);
  }

  progress(): QueueProgress {
    const waiting = [...this.waiting].filter((id) => !this.jobs.has(id)).flatMap((id) => { const record = this.options.registry.find(id); return record ? [weightOf(record)] : []; });
    const report = this.progressOfRun.report({ paused: this.options.registry.paused, waiting, active: this.jobs.active, activeCount: this.jobs.size });
    const { current, recognition } = this.options.recogniser().progress();
    return { ...report, current: [...report.current, ...current], ...(recognition ? { recognition } : {}) };
  }

  /** Something about text recognition has changed. */
  recognitionChanged(): void {
    if (this.isIdle && !this.options.recogniser().isBusy) this.changes.emit(true);
    else this.tell.call();
  }

  /** Resolves when nothing waits or works, pictures included but for those that ask first, or the queue is paused. */
  async idle(signal?: AbortSignal): Promise<QueueProgress> {
    const done = () => (this.isIdle && !this.options.recogniser().isBusy) || this.options.registry.paused || this.closing;
    if (!done()) for await (const _ of this.changes.stream(signal)) if (done()) break;
    signal?.throwIfAborted();
    return this.progress();
  }

  async dispose(): Promise<void> {
    this.closing = true;
    // What has its vectors already is committed; the rest is read again next time.
    await this.options.steps.commits.dispose();
    await this.jobs.stop(this.jobs.keys(), "closing");
    await this.options.recogniser().dispose();
    this.changes.emit(true);
    this.tell.dispose();
  }

  private beginRun(): void {
    this.progressOfRun.begin();
    this.passagesOfRun = 0;
  }

  private pump(): void {
    const { limits, registry, readers } = this.options;
    for (const id of this.waiting) {
      if (this.closing || registry.paused || this.jobs.early >= limits.lookAhead + readers()) break;
      if (this.jobs.characters > limits.lookAheadCharacters) break;
      if (this.jobs.has(id)) continue; // Stopped, and not yet out of the way.
      this.waiting.delete(id);
      const record = registry.find(id);
      if (record) this.launch(record);
    }
    this.tell.call();
  }

  private launch(record: DocumentRecord): void {
    const job = jobOf(record);
    this.jobs.set(job.id, job);
    const events = { progressed: () => this.tell.call(), stepped: () => this.pump(), succeeded: (made: Ingested) => this.succeeded(job, made), failed: (error: unknown) => this.failed(job, error) };
    job.finished = runJob(job, record, { means: this.options, events })
      .catch((error: unknown) => this.options.notice(`“${record.name}” could not be booked: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => {
        this.jobs.delete(job.id);
        this.pump();
        this.settled();
      });
  }

  private settled(): void {
    this.options.steps.commits.nudge();
    if (this.isIdle) {
      this.tell.dispose();
      this.changes.emit(true);
      if (!this.closing) this.options.onIdle(this.passagesOfRun);
      this.passagesOfRun = 0;
      this.options.recogniser().nudge();
    }
  }

  private async succeeded(job: Job, made: Ingested): Promise<void> {
    this.passagesOfRun += made.passages;
    this.progressOfRun.finished("done", job.weight, made.passages);
    await this.options.outcomes.succeeded(job.id, made, this.waiting.has(job.id));
  }

  private async failed(job: Job, error: unknown): Promise<void> {
    const reason = reasonOf(error);
    this.progressOfRun.finished("failed", job.weight, 0);
    if (reason.code === "no-space") {
      const said = await this.paused.forSpace(error);
      if (said !== undefined) this.options.notice(said);
    }
    await this.options.outcomes.failed(job.id, reason);
  }

  private async stop(ids: readonly string[], why: Stopped["why"]): Promise<void> {
    for (const id of ids) this.waiting.delete(id);
    await this.jobs.stop(ids, why);
  }
}
