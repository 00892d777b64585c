import type { DocumentWithPassages, KnowledgeStore } from "../../knowledge/store.ts";
import type { IngestLimits } from "../limits.ts";

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
  private closing = false;
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
        if (this.waiting.length === before) return;
        if (this.waiting.length === 0) this.rest();
        entry.fail(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      this.waiting.push(entry);
      this.timer ??= setTimeout(() => this.flush(), this.limits.commitMs);
      this.nudge();
    });
  }

  /** Commits now if there is reason not to wait. */
  nudge(): void {
    if (this.isWorthIt) this.flush();
  }

  /** Commits what waits. */
  async dispose(): Promise<void> {
    this.closing = true;
    this.flush();
    await this.committing;
    this.rest();
  }

  private rest(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private flush(): void {
    this.rest();
    this.committing ??= this.commitAll();
  }

  private async commitAll(): Promise<void> {
    do await this.commit(this.waiting.splice(0));
    while (this.isWorthIt || (this.closing && this.waiting.length > 0));
    // In the same turn as the last look at what waits: whoever comes next starts the next commit.
    this.committing = undefined;
    if (this.waiting.length > 0) this.timer ??= setTimeout(() => this.flush(), this.limits.commitMs);
  }

  /** Is there reason not to wait: enough passages, or nothing else on its way? */
  private get isWorthIt(): boolean {
    const passages = this.waiting.reduce((sum, entry) => sum + entry.passages, 0);
    return this.waiting.length > 0 && (passages >= this.limits.commitPassages || !this.moreComing());
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
