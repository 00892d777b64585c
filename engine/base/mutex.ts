/** Runs tasks one at a time in the order they came. A task whose signal aborts while it waits leaves the line. */
export class Mutex {
  private tail: Promise<void> = Promise.resolve();

  async run<T>(signal: AbortSignal | undefined, task: () => Promise<T>): Promise<T> {
    const before = this.tail;
    let done: () => void = () => undefined;
    const mine = new Promise<void>((resolve) => { done = resolve; });
    this.tail = before.then(() => mine);
    try {
      await turn(before, signal);
      return await task();
    } finally {
      done();
    }
  }
}

/** Listens to the signal only while it waits: a signal that lives as long as a thousand tasks must not collect as many listeners. */
async function turn(before: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return before;
  let leave: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => { leave = () => reject(signal.reason instanceof Error ? signal.reason : new DOMException("Stopped", "AbortError")); });
  signal.addEventListener("abort", leave, { once: true });
  try {
    signal.throwIfAborted();
    await Promise.race([before, aborted]);
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
