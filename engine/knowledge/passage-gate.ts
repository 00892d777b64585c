import { LorekeepError } from "../base/errors.ts";

/**
 * Lets one batch of passages through at a time and none while paused: indexing gives way between batches while an answer is being
 * written (DESIGN §5). Pauses nest; each is ended by the function it returned.
 */
export class PassageGate {
  private pauses = 0;
  private busy = false;
  private closed = false;
  private readonly waiting: (() => void)[] = [];

  pause(): () => void {
    this.pauses++;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.pauses--;
      this.admit();
    };
  }

  async pass<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.enter(signal);
    try {
      return await work();
    } finally {
      this.busy = false;
      this.admit();
    }
  }

  /** Everyone who waits, now or later, fails with WORKER_DIED. */
  close(): void {
    this.closed = true;
    for (const wake of this.waiting.splice(0)) wake();
  }

  private async enter(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (!this.closed && (this.busy || this.pauses > 0)) await this.turn(signal);
    else this.busy = true;
    if (this.closed) throw new LorekeepError("WORKER_DIED", "The embedder is shut down.");
  }

  private turn(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.waiting.splice(this.waiting.indexOf(wake), 1);
        reject(signal?.reason);
      };
      const wake = (): void => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      this.waiting.push(wake);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Marks the gate busy on behalf of the one it wakes, so that nobody overtakes between waking and running. */
  private admit(): void {
    if (this.busy || this.pauses > 0) return;
    const next = this.waiting.shift();
    if (!next) return;
    this.busy = true;
    next();
  }
}
