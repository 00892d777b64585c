/** A gate that work passes between its steps: closed while the queue is paused or while an answer is being written. */
export class Gate {
  private readonly closedBy = new Set<symbol>();
  private opened: Promise<void> = Promise.resolve();
  private open: () => void = () => undefined;

  /** Closes the gate; the returned function takes this one reason away again. */
  close(): () => void {
    const reason = Symbol("reason");
    if (this.closedBy.size === 0) this.opened = new Promise((resolve) => { this.open = resolve; });
    this.closedBy.add(reason);
    return () => {
      if (this.closedBy.delete(reason) && this.closedBy.size === 0) this.open();
    };
  }

  get isClosed(): boolean {
    return this.closedBy.size > 0;
  }

  /** Resolves when the gate is open; rejects when `signal` aborts first. */
  async pass(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while (this.isClosed) {
      let leave: () => void = () => undefined;
      const left = new Promise<never>((_, reject) => {
        leave = () => reject(signal.reason);
        signal.addEventListener("abort", leave, { once: true });
      });
      try {
        await Promise.race([this.opened, left]);
      } finally {
        signal.removeEventListener("abort", leave);
      }
    }
  }
}
