export interface BatcherOptions<I, O> {
  /** One flight: results in the order of the items. */
  readonly run: (items: readonly I[], signal: AbortSignal) => Promise<readonly O[]>;
  /** Items per flight at most. */
  readonly maxItems: number;
  /** Waited for before every flight: the place to give way. */
  readonly gate?: (signal: AbortSignal) => Promise<void>;
  /** Told after every flight, with its items. */
  readonly onFlight?: (items: number) => void;
}

interface Share<I, O> {
  readonly items: readonly I[];
  readonly results: O[];
  readonly signal: AbortSignal;
  readonly done: (results: readonly O[]) => void;
  readonly fail: (error: unknown) => void;
  /** Items handed to flights so far. */
  taken: number;
}

/**
 * One lane in front of something that is best asked for many things at once. While a flight is under way the callers' items gather
 * and share the next flight, in order. A failed flight that several callers shared is flown again for each alone, so one caller's
 * bad item fails nobody else; an aborted caller's waiting items are dropped.
 */
export class Batcher<I, O> {
  private readonly options: BatcherOptions<I, O>;
  private readonly stop = new AbortController();
  private shares: Share<I, O>[] = [];
  private flying: Promise<void> | undefined;

  constructor(options: BatcherOptions<I, O>) {
    this.options = options;
  }

  submit(items: readonly I[], signal: AbortSignal): Promise<readonly O[]> {
    if (signal.aborted) return Promise.reject(abortReason(signal));
    if (items.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.shares = this.shares.filter((other) => other !== share);
        reject(abortReason(signal));
      };
      const settled = () => signal.removeEventListener("abort", onAbort);
      const share: Share<I, O> = {
        items, results: [], signal, taken: 0,
        done: (results) => { settled(); resolve(results); },
        fail: (error) => { settled(); reject(error); },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.shares.push(share);
      this.flying ??= this.fly();
    });
  }

  async dispose(): Promise<void> {
    this.stop.abort();
    for (const { fail } of this.shares.splice(0)) fail(abortReason(this.stop.signal));
    await this.flying;
  }

  private async fly(): Promise<void> {
    // The first caller's neighbours of the same turn come along.
    await Promise.resolve();
    try {
      while (this.shares.length > 0) {
        await this.options.gate?.(this.stop.signal);
        const crew = this.board();
        if (crew.length > 0) await this.flight(crew);
      }
    } catch (error) {
      for (const { fail } of this.shares.splice(0)) fail(error);
    } finally {
      // In the same turn as the last look at the shares: whoever comes next starts the next flight.
      this.flying = undefined;
    }
  }

  /** Takes the next items, in order, from as many callers as fit. */
  private board(): { share: Share<I, O>; items: readonly I[] }[] {
    const crew: { share: Share<I, O>; items: readonly I[] }[] = [];
    let room = this.options.maxItems;
    while (room > 0) {
      const share = this.shares[0];
      if (!share) break;
      const items = share.items.slice(share.taken, share.taken + room);
      share.taken += items.length;
      room -= items.length;
      crew.push({ share, items });
      if (share.taken < share.items.length) break;
      this.shares.shift();
    }
    return crew;
  }

  private async flight(crew: readonly { share: Share<I, O>; items: readonly I[] }[]): Promise<void> {
    const items = crew.flatMap((member) => member.items);
    try {
      const results = await this.options.run(items, this.stop.signal);
      if (results.length !== items.length) throw new Error(`Asked for ${items.length} results, got ${results.length}`);
      let at = 0;
      for (const { share, items: own } of crew) {
        share.results.push(...results.slice(at, at + own.length));
        at += own.length;
        if (share.results.length === share.items.length) share.done(share.results);
      }
      this.options.onFlight?.(items.length);
    } catch (error) {
      if (crew.length === 1) {
        const failed = crew[0]?.share;
        this.shares = this.shares.filter((share) => share !== failed);
        failed?.fail(error);
        return;
      }
      for (const member of crew) if (!member.share.signal.aborted) await this.flight([member]);
    }
  }
}

function abortReason(signal: AbortSignal): unknown {
  return signal.reason ?? new DOMException("Stopped", "AbortError");
}
