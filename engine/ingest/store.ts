import type { DocumentWithPassages, KnowledgeStore } from "../knowledge/store.ts";
import type { IngestLimits } from "./limits.ts";

interface Waiting {
  /** Asked at the moment of the commit, so that a document moved meanwhile is stored where it is now; undefined: it is gone. */
  readonly item: () => DocumentWithPassages | undefined;
  readonly passages: number;
  readonly signal: AbortSignal;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Group commit: the passages of several documents go into the store in one write. A commit costs the same for one small document as
 * for a hundred, so documents wait for each other, but not long and not when nothing else is coming.
 */
export class GroupCommit {
  private readonly store: Pick<KnowledgeStore, "put">;
  private readonly limits: Pick<IngestLimits, "commitPassages" | "commitMs">;
  private readonly moreComing: () => boolean;
  private readonly stop = new AbortController();
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | undefined;
  private committing: Promise<void> | undefined;

  /** `moreComing`: are there documents on their way that may share this commit? */
  constructor(store: GroupCommit["store"], limits: GroupCommit["limits"], moreComing: () => boolean) {
    this.store = store;
    this.limits = limits;
    this.moreComing = moreComing;
  }

  /** Resolves when the document is committed. Aborting takes it out until the commit has begun; from then on it is finished. */
  put(item: Waiting["item"], passages: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => { signal.removeEventListener("abort", leave); act(); };
      const entry: Waiting = { item, passages, signal, done: () => settle(resolve), fail: (error) => settle(() => reject(error)) };
      const leave = () => {
        const before = this.waiting.length;
        this.waiting = this.waiting.filter((other) => other !== entry);
        if (this.waiting.length < before) entry.fail(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      this.waiting.push(entry);
      this.timer ??= setTimeout(() => this.flush(), this.limits.commitMs);
      this.nudge();
    });
  }

  /** Commits now if there is reason not to wait: enough passages, or nothing else on its way. */
  nudge(): void {
    const passages = this.waiting.reduce((sum, entry) => sum + entry.passages, 0);
    if (this.waiting.length > 0 && (passages >= this.limits.commitPassages || !this.moreComing())) this.flush();
  }

  /** Finishes what waits, then refuses nothing: there is nothing left to refuse. */
  async dispose(): Promise<void> {
    this.flush();
    await this.committing;
    clearTimeout(this.timer);
    this.stop.abort();
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.committing ??= this.commitAll().finally(() => { this.committing = undefined; });
  }

  private async commitAll(): Promise<void> {
    while (this.waiting.length > 0) {
      await this.commit(this.waiting.splice(0));
      if (!this.stop.signal.aborted && this.waiting.length > 0) {
        this.timer ??= setTimeout(() => this.flush(), this.limits.commitMs);
        if (this.waiting.reduce((sum, entry) => sum + entry.passages, 0) < this.limits.commitPassages && this.moreComing()) return;
      }
    }
  }

  /** A failed commit of several is tried again for each alone: one document cannot fail the others. */
  private async commit(batch: readonly Waiting[]): Promise<void> {
    const items = batch.flatMap(({ item }) => item() ?? []);
    try {
      if (items.length > 0) await this.store.put(items);
      for (const { done } of batch) done();
    } catch (error) {
      if (batch.length === 1) batch[0]?.fail(error);
      else for (const entry of batch) await this.commit([entry]);
    }
  }
}
