/**
 * Turns a function that emits values into an async iterator: values wait in a queue, so a slow reader does not slow the work. When the
 * reader leaves or `signal` aborts, the work's own signal aborts, and the iterator ends only once the work has. It rejects with
 * what the work rejects with. The queue has no bound: emit small values.
 */
export async function* pump<T>(work: (emit: (value: T) => void, signal: AbortSignal) => Promise<void>, signal?: AbortSignal): AsyncGenerator<T, void, void> {
  const stop = new AbortController();
  const queue: T[] = [];
  let wake: () => void = () => undefined;
  let finished = false;
  const emit = (value: T) => {
    queue.push(value);
    wake();
  };
  const running = work(emit, signal ? AbortSignal.any([signal, stop.signal]) : stop.signal).finally(() => {
    finished = true;
    wake();
  });
  running.catch(() => undefined); // awaited below; this keeps an early failure from counting as unhandled
  try {
    for (;;) {
      if (queue.length > 0) for (const value of queue.splice(0)) yield value;
      else if (finished) break;
      else await new Promise<void>((resolve) => { wake = resolve; });
    }
    await running;
  } finally {
    stop.abort();
    await running.catch(() => undefined); // told above, or nobody is left to be told
  }
}
