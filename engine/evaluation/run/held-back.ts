import { asError, type Failure } from "../failure.ts";

/** One question may take a worker down; so many in a row are no accident. */
const MOST_FAILURES = 3;

/** A question that is too long is its own fault, however many there are. */
const explained = (code: string): boolean => code === "TOO_LONG";

/**
 * Keeps results one after the other, failed ones only once a later one succeeds or the work is at its end: then it was the question that failed. So many in a
 * row are the machine's fault; none of them is kept, and they are made anew when the run goes on.
 */
export class HeldBack<T> {
  private readonly held: T[] = [];
  private readonly keep: (one: T) => Promise<void>;

  constructor(keep: (one: T) => Promise<void>) {
    this.keep = keep;
  }

  /** @throws LorekeepError WORKER_DIED after too many failures in a row; what keeping throws */
  async take(one: T, failure: Failure | undefined): Promise<void> {
    if (failure && !explained(failure.code)) {
      this.held.push(one);
      if (this.held.length >= MOST_FAILURES) throw asError({ ...failure, code: "WORKER_DIED", reason: `${this.held.length} questions in a row failed: ${failure.reason}` });
      return;
    }
    if (!failure) await this.end();
    await this.keep(one);
  }

  /** Keeps what is held back. */
  async end(): Promise<void> {
    for (const one of this.held.splice(0)) await this.keep(one);
  }
}
