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
      await Promise.race([before, ...(signal ? [aborted(signal)] : [])]);
      signal?.throwIfAborted();
      return await task();
    } finally {
      this.there--;
      done();
    }
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const leave = () => reject(signal.reason instanceof Error ? signal.reason : new DOMException("Stopped", "AbortError"));
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
  });
}
