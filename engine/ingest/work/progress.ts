import { extname } from "node:path";
import type { QueueProgress } from "../../contract/library.ts";

/** What the estimate needs to know of a document. */
export interface Weight {
  readonly name: string;
  readonly sizeBytes: number;
}

export interface ActiveWeight extends Weight {
  readonly documentId: string;
  readonly step: "reading" | "embedding";
  readonly fraction: number;
  /** Known once it was read. */
  readonly passages?: number;
}

/** Milliseconds over which the rate is measured, and before which no estimate is honest. */
const WINDOW_MS = 20_000;
const MIN_ELAPSED_MS = 4_000;
const MIN_FINISHED = 3;
const CURRENT_SHOWN = 5;

interface Yield { bytes: number; passages: number }

/** The figures of one run: from the queue's first document to its last. Pure arithmetic, the clock is handed in. */
export class RunProgress {
  private readonly now: () => number;
  private started: number;
  private done = 0;
  private failed = 0;
  private total: Yield = { bytes: 0, passages: 0 };
  private byKind = new Map<string, Yield>();
  private ticks: { time: number; passages: number }[] = [];

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
    this.started = now();
  }

  begin(): void {
    this.started = this.now();
    this.done = this.failed = 0;
    this.total = { bytes: 0, passages: 0 };
    this.byKind = new Map();
    this.ticks = [];
  }

  passagesMade(passages: number): void {
    this.ticks.push({ time: this.now(), passages });
  }

  finished(outcome: "done" | "failed", weight: Weight, passages: number): void {
    if (outcome === "done") this.done++;
    else this.failed++;
    const kind = this.byKind.get(kindOf(weight)) ?? { bytes: 0, passages: 0 };
    this.byKind.set(kindOf(weight), kind);
    for (const sum of [kind, this.total]) {
      sum.bytes += weight.sizeBytes;
      sum.passages += passages;
    }
  }

  /** Passages per second over the last moments; 0 while nothing is being made. */
  get rate(): number {
    const now = this.now();
    this.ticks = this.ticks.filter(({ time }) => now - time <= WINDOW_MS);
    const span = Math.min(WINDOW_MS, now - this.started);
    return span < 500 ? 0 : this.ticks.reduce((sum, { passages }) => sum + passages, 0) / (span / 1000);
  }

  report(queue: { paused: boolean; waiting: readonly Weight[]; active: readonly ActiveWeight[]; activeCount: number }): QueueProgress {
    const rate = this.rate;
    const etaSeconds = queue.paused ? undefined : this.estimate(queue.waiting, queue.active, rate);
    return {
      paused: queue.paused, waiting: queue.waiting.length, active: queue.activeCount, done: this.done, failed: this.failed,
      current: queue.active.slice(0, CURRENT_SHOWN).map(({ documentId, name, step, fraction }) => ({ documentId, name, step, fraction: Math.min(1, Math.max(0, fraction)) })),
      passagesPerSecond: Math.round(rate * 10) / 10,
      ...(etaSeconds === undefined ? {} : { etaSeconds }),
    };
  }

  /**
   * Passages still to come, by how many passages a byte of each kind of file has given in this run, over the rate. Absent while too few
   * have finished, or while most of what waits is of kinds this run has not seen: a guess would not be honest.
   */
  private estimate(waiting: readonly Weight[], active: readonly ActiveWeight[], rate: number): number | undefined {
    if (waiting.length + active.length === 0) return undefined;
    if (this.now() - this.started < MIN_ELAPSED_MS || this.done + this.failed < MIN_FINISHED || rate <= 0) return undefined;
    let passages = 0;
    let bytes = 0;
    let unseen = 0;
    const all: readonly (Weight & Partial<ActiveWeight>)[] = [...waiting, ...active];
    for (const document of all) {
      const known = document.passages;
      const left = document.step === "embedding" ? 1 - (document.fraction ?? 0) : 1;
      const kind = this.byKind.get(kindOf(document));
      bytes += document.sizeBytes;
      if (known === undefined && !kind) unseen += document.sizeBytes;
      passages += (known ?? document.sizeBytes * density(kind ?? this.total)) * left;
    }
    return unseen > bytes / 2 ? undefined : Math.max(1, Math.round(passages / rate));
  }
}

const kindOf = ({ name }: Weight): string => extname(name).toLowerCase();
const density = ({ bytes, passages }: Yield): number => (bytes > 0 ? passages / bytes : 0);
