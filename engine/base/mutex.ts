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
      await (signal ? unlessAborted(before, signal) : before);
      signal?.throwIfAborted();
      return await task();
    } finally {
      this.there--;
      done();
    }
  }
}

/** Leaves nothing on the signal: one signal may stand behind many tasks. */
async function unlessAborted(before: Promise<void>, signal: AbortSignal): Promise<void> {
  let leave: () => void = () => undefined;
  const left = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason instanceof Error ? signal.reason : new DOMException("Stopped", "AbortError"));
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
  });
  try {
    await Promise.race([before, left]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
