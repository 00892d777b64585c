import { unlessAborted } from "./unless-aborted.ts";

/** Runs tasks one at a time in the order they came. A task whose signal aborts while it waits leaves the line. */
export class Mutex {
  private tail: Promise<void> = Promise.resolve();
  private there = 0;

  /** A task runs or waits. */
  get busy(): boolean {
    return this.there > 0;
  }

  async run<T>(signal: AbortSignal | undefined, task: () => Promise<T>): Promise<T> {
    const before = this.tail;
    this.there++;
    let done: () => void = () => undefined;
    const mine = new Promise<void>((resolve) => { done = resolve; });
    this.tail = before.then(() => mine);
    try {
      await unlessAborted(before, signal);
      signal?.throwIfAborted();
      return await task();
    } finally {
      this.there--;
      done();
    }
  }
}
