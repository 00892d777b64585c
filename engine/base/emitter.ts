/** A typed broadcast: `emit` reaches every listener; `stream` is the same as an async iterator that ends with its signal. */
export class Emitter<T> {
  private readonly listeners = new Set<(value: T) => void>();

  emit(value: T): void {
    for (const listener of [...this.listeners]) listener(value);
  }

  listen(listener: (value: T) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get listenerCount(): number {
    return this.listeners.size;
  }

  /** Values emitted from now on. Ends quietly when `signal` aborts or the consumer returns. Buffers without bound: emit small values. */
  async *stream(signal?: AbortSignal): AsyncGenerator<T, void, void> {
    const buffer: T[] = [];
    let wake: () => void = () => undefined;
    const off = this.listen((value) => {
      buffer.push(value);
      wake();
    });
    const onAbort = () => wake();
    signal?.addEventListener("abort", onAbort);
    try {
      while (!signal?.aborted) {
        if (buffer.length > 0) for (const value of buffer.splice(0)) yield value;
        else await new Promise<void>((resolve) => { wake = resolve; });
      }
    } finally {
      off();
      signal?.removeEventListener("abort", onAbort);
    }
  }
}
