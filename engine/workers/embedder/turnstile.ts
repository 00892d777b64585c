/**
 * One computation at a time; a waiting query goes before all waiting passages. The model runs on one thread, so two at once
 * would only slow each other down, and a person waits for the query.
 */
export class Turnstile {
  private busy = false;
  private readonly queries: (() => void)[] = [];
  private readonly passages: (() => void)[] = [];

  async pass<T>(kind: "query" | "passage", work: () => Promise<T>): Promise<T> {
    if (this.busy) await new Promise<void>((resolve) => (kind === "query" ? this.queries : this.passages).push(resolve));
    this.busy = true;
    try {
      return await work();
    } finally {
      const next = this.queries.shift() ?? this.passages.shift();
      // Handed over without a gap: `busy` stays true, so nobody slips in before the one that waited.
      if (next) next();
      else this.busy = false;
    }
  }
}
