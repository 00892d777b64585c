/**
 * Which generations a search may see. Rows of a put stand in the passages table before they count, and rows it replaced still stand
 * there when they count no longer; a search sees exactly what was committed when it began. Time is counted in epochs, one per commit.
 */
export class Visibility {
  private now = 0;
  private readonly pending = new Set<string>();
  /** Generation to the epoch in which it was committed, and in which it was replaced or removed. */
  private readonly committed = new Map<string, number>();
  private readonly retired = new Map<string, number>();
  private readonly readers = new Set<Promise<unknown>>();

  /** Generations that are, or may be, in the table and do not count: for the predicate, so that they take nobody's place. */
  get hidden(): string[] {
    return [...this.pending, ...this.retired.keys()];
  }

  get epoch(): number {
    return this.now;
  }

  /** About to be written. */
  announce(generations: readonly string[]): void {
    for (const generation of generations) this.pending.add(generation);
  }

  /** One commit: `added` count from here on, `replaced` no longer. */
  commit(added: readonly string[], replaced: readonly string[]): void {
    this.now++;
    for (const generation of added) {
      this.pending.delete(generation);
      this.committed.set(generation, this.now);
    }
    for (const generation of replaced) {
      this.committed.delete(generation);
      this.retired.set(generation, this.now);
    }
  }

  /** Their rows are gone from the table. */
  swept(generations: readonly string[]): void {
    for (const generation of generations) {
      this.pending.delete(generation);
      this.retired.delete(generation);
    }
  }

  /** Whether a row of this generation counted at that epoch. */
  counted(generation: string, epoch: number): boolean {
    const since = this.committed.get(generation);
    if (since !== undefined) return since <= epoch;
    return (this.retired.get(generation) ?? 0) > epoch;
  }

  /** Runs a search; until it has ended, no generation that counted at its beginning is swept. */
  async reading<T>(work: () => Promise<T>): Promise<T> {
    const running = work();
    const settled = running.catch(() => undefined);
    this.readers.add(settled);
    try {
      return await running;
    } finally {
      this.readers.delete(settled);
    }
  }

  /** When the searches that are running now have ended. */
  async readersDone(): Promise<void> {
    await Promise.all(this.readers);
  }
}
