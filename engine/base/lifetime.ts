/** Something with a lifetime. Whoever creates one owns it and disposes it. */
export interface Disposable {
  dispose(): void | Promise<void>;
}

/** Owns disposables and disposes them in reverse order of creation; a failing one does not keep the rest alive. */
export class Owner implements Disposable {
  private readonly owned: Disposable[] = [];
  private disposed = false;

  own<T extends Disposable>(child: T): T {
    if (this.disposed) throw new Error("Owner is already disposed");
    this.owned.push(child);
    return child;
  }

  onDispose(action: () => void | Promise<void>): void {
    this.own({ dispose: action });
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    const failures: unknown[] = [];
    for (const child of this.owned.reverse()) {
      try {
        await child.dispose();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "Some parts did not dispose cleanly");
  }
}
