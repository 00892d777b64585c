import { Emitter } from "../base/emitter.ts";
import { LorekeepError } from "../base/errors.ts";
import type { QueueProgress } from "../contract/library.ts";
import type { StoredDocument } from "../knowledge/store.ts";
import type { Source } from "./extract.ts";
import type { Gate } from "./gate.ts";
import { ingestDocument, type Ingested, type IngestSteps } from "./ingest-document.ts";
import type { IngestLimits } from "./limits.ts";
import { RunProgress, type ActiveWeight, type Weight } from "./progress.ts";
import { reasonOf } from "./reasons.ts";
import { nextRecognition, type Recogniser } from "./recognise/recogniser.ts";
import type { DocumentRecord } from "./records.ts";
import type { Registry } from "./registry.ts";
import { Throttle } from "./throttle.ts";

/** Why a document on its way was stopped. Not an error: it decides what becomes of the document. */
class Stopped extends Error {
  readonly why: "cancelled" | "removed" | "changed" | "closing";

  constructor(why: Stopped["why"]) {
    super(`Stopped: ${why}`);
    this.name = "AbortError";
    this.why = why;
  }
}

interface Job {
  readonly id: string;
  readonly weight: Weight;
  readonly stop: AbortController;
  step: "waiting" | "reading" | "embedding" | "committing";
  fraction: number;
  characters: number;
  passages: number | undefined;
  finished: Promise<void>;
}

export interface QueueOptions {
  readonly registry: Registry;
  readonly steps: IngestSteps;
  readonly limits: IngestLimits;
  readonly readers: () => number;
  readonly gate: Gate;
  readonly sourceOf: (record: DocumentRecord) => Source;
  /** Takes a document out of the store and off the shelf, where it is. */
  readonly discard: (ids: readonly string[]) => Promise<void>;
  /** Told after a commit: what the document was stored with. */
  readonly committed: (id: string, label: Label) => Promise<void>;
  /** Takes a document out of the store, where it is, and leaves it on the shelf. */
  readonly unindex: (ids: readonly string[]) => Promise<void>;
  /** Text recognition, which works when nothing is left to read here. */
  readonly recogniser: () => Recogniser;
  readonly ocrMode: () => "auto" | "ask";
  readonly notice: (text: string) => void;
  /** A run has ended: the moment for upkeep. */
  readonly onIdle: (passages: number) => void;
}

export type Label = Pick<StoredDocument, "collectionId" | "path" | "tags">;

const PROGRESS_MS = 250;

/**
 * The queue in front of the four steps. What waits and what became of it is in the registry, so nothing here needs saving: after a
 * crash every document that was on its way is simply queued.
 */
export class IngestQueue {
  readonly changes = new Emitter<true>();
  private readonly options: QueueOptions;
  private readonly waiting = new Set<string>();
  private readonly jobs = new Map<string, Job>();
  readonly progressOfRun = new RunProgress();
  private readonly tell = new Throttle(() => this.changes.emit(true), PROGRESS_MS);
  private passagesOfRun = 0;
  private openGate: (() => void) | undefined;
  private closing = false;

  constructor(options: QueueOptions) {
    this.options = options;
    if (options.registry.paused) this.openGate = options.gate.close();
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

  async leaveRecognition(ids: readonly string[]): Promise<void> {
    await this.options.recogniser().leave(ids);
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
    const unrecognised = await this.cancelRecognition(ids, new Set(chosen));
    await this.stop(chosen, "cancelled");
    await this.markCancelled(resting);
    this.settled();
    return chosen.length + unrecognised;
  }

  /** What has text of its own stays indexed without its pictures; what has none is cancelled. */
  private async cancelRecognition(ids: readonly string[] | undefined, inQueue: ReadonlySet<string>): Promise<number> {
    const { registry } = this.options;
    const records = ids ? ids.flatMap((id) => registry.find(id) ?? []) : [...registry.all()];
    const open = records.filter(({ id, recognition }) => !inQueue.has(id) && (recognition?.state === "waiting" || recognition?.state === "agreed"));
    await this.leaveRecognition(open.map(({ id }) => id));
    await registry.updateAll(open.flatMap(({ id, recognition }) => (recognition ? [[id, { recognition: { ...recognition, state: "skipped" as const } }] as const] : [])));
    await this.markCancelled(open.filter(({ state }) => state === "recognising").map(({ id }) => id));
    return open.length;
  }

  async pause(): Promise<void> {
    this.openGate ??= this.options.gate.close();
    this.options.steps.commits.nudge();
    this.tell.call();
    await this.options.registry.setPaused(true);
  }

  async resume(): Promise<void> {
    await this.options.registry.setPaused(false);
    this.openGate?.();
    this.openGate = undefined;
    this.pump();
    this.nudge();
  }

  get isIdle(): boolean {
    return this.waiting.size === 0 && this.jobs.size === 0;
  }

  /** Could another document still join the next commit? */
  get moreComing(): boolean {
    return !this.options.gate.isClosed && (this.early > 0 || this.waiting.size > 0);
  }

  progress(): QueueProgress {
    const waiting = [...this.waiting].filter((id) => !this.jobs.has(id)).flatMap((id) => { const record = this.options.registry.find(id); return record ? [weightOf(record)] : []; });
    const active = [...this.jobs.values()].flatMap((job): ActiveWeight[] => {
      if (job.step !== "reading" && job.step !== "embedding") return [];
      const { step, fraction, passages } = job;
      return [{ documentId: job.id, ...job.weight, step, fraction, ...(passages === undefined ? {} : { passages }) }];
    });
    const report = this.progressOfRun.report({ paused: this.options.registry.paused, waiting, active, activeCount: this.jobs.size });
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
    const jobs = [...this.jobs.values()];
    for (const job of jobs) job.stop.abort(new Stopped("closing"));
    await Promise.all(jobs.map(({ finished }) => finished));
    await this.options.recogniser().dispose();
    this.changes.emit(true);
    this.tell.dispose();
  }

  private beginRun(): void {
    this.progressOfRun.begin();
    this.passagesOfRun = 0;
  }

  /** Documents that have not reached the commit. */
  private get early(): number {
    return [...this.jobs.values()].filter(({ step }) => step !== "committing").length;
  }

  private pump(): void {
    const { limits, registry, readers } = this.options;
    for (const id of this.waiting) {
      if (this.closing || registry.paused || this.early >= limits.lookAhead + readers()) break;
      if ([...this.jobs.values()].reduce((sum, { characters }) => sum + characters, 0) > limits.lookAheadCharacters) break;
      if (this.jobs.has(id)) continue; // Stopped, and not yet out of the way.
      this.waiting.delete(id);
      const record = registry.find(id);
      if (record) this.launch(record);
    }
    this.tell.call();
  }

  private launch(record: DocumentRecord): void {
    const job: Job = { id: record.id, weight: weightOf(record), stop: new AbortController(), step: "waiting", fraction: 0, characters: 0, passages: undefined, finished: Promise.resolve() };
    this.jobs.set(job.id, job);
    job.finished = this.run(job, record)
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

  private async run(job: Job, record: DocumentRecord): Promise<void> {
    let label: Label | undefined;
    try {
      const made = await ingestDocument({
        id: job.id, source: this.options.sourceOf(record), signal: job.stop.signal, recognise: record.recognition?.state !== "skipped",
        onStep: (step, detail) => this.stepped(job, step, detail),
        onProgress: (fraction) => { job.fraction = fraction; this.tell.call(); },
        label: () => {
          const now = this.options.registry.find(job.id);
          return (label = now && { collectionId: now.collectionId, path: now.path, tags: now.tags });
        },
      }, this.options.steps);
      await this.succeeded(job, made);
      if (label) await this.options.committed(job.id, label);
    } catch (error) {
      const { reason: why } = job.stop.signal;
      if (why instanceof Stopped) await this.stopped(job, why);
      else await this.failed(job, error);
    }
  }

  private stepped(job: Job, step: Exclude<Job["step"], "waiting">, detail: { characters: number; passages: number }): void {
    Object.assign(job, { step, fraction: 0, characters: detail.characters, passages: detail.passages || undefined });
    if (step !== "committing") this.options.registry.passing(job.id, step);
    this.pump();
  }

  private async succeeded(job: Job, made: Ingested): Promise<void> {
    this.passagesOfRun += made.passages;
    this.progressOfRun.finished("done", job.weight, made.passages);
    const { warnings, title, pages, recognition, ...rest } = made;
    const isStored = made.passages > 0;
    if (!isStored) await this.options.unindex([job.id]);
    await this.options.registry.update(job.id, {
      ...rest, title, pages, warnings: [...warnings], state: this.waiting.has(job.id) ? "queued" : isStored ? "indexed" : "recognising",
      recognition: nextRecognition(this.options.registry.find(job.id)?.recognition, recognition, this.options.ocrMode()),
      indexed: isStored ? new Date().toISOString() : undefined, reason: undefined,
    });
  }

  private async failed(job: Job, error: unknown): Promise<void> {
    const reason = reasonOf(error);
    this.progressOfRun.finished("failed", job.weight, 0);
    if (reason.code === "no-space") await this.holdForSpace(error);
    await this.options.discard([job.id]);
    await this.options.registry.update(job.id, { state: "failed", reason, ...nothingIndexed });
  }

  /** A full disk fails every document alike: the rest waits until there is room. */
  private async holdForSpace(error: unknown): Promise<void> {
    if (this.options.registry.paused) return;
    const said = error instanceof LorekeepError ? error.message : "The disk is full.";
    this.options.notice(`${said} Indexing is paused; resume it when there is room.`);
    this.openGate ??= this.options.gate.close();
    await this.options.registry.setPaused(true).catch(() => undefined); // The journal is on the same full disk.
  }

  private async stopped(job: Job, { why }: Stopped): Promise<void> {
    if (why === "cancelled") await this.markCancelled([job.id]);
    else if (why === "changed" || why === "closing") this.options.registry.passing(job.id, "queued");
  }

  private async markCancelled(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.options.discard(ids);
    const reason = { code: "cancelled" as const, message: "Taken out of the queue.", next: "Retry to index it." };
    await this.options.registry.updateAll(ids.map((id) => [id, { state: "cancelled", reason, ...nothingIndexed }] as const));
  }

  private async stop(ids: readonly string[], why: Stopped["why"]): Promise<void> {
    const jobs = ids.flatMap((id) => this.jobs.get(id) ?? []);
    for (const id of ids) this.waiting.delete(id);
    for (const job of jobs) job.stop.abort(new Stopped(why));
    await Promise.all(jobs.map(({ finished }) => finished));
  }
}

const nothingIndexed = { passages: 0, indexed: undefined, contentHash: undefined, warnings: [] };

const weightOf = ({ name, sizeBytes }: DocumentRecord): Weight => ({ name, sizeBytes: sizeBytes ?? 0 });
