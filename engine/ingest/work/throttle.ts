/** Calls `act` at once and then at most every `ms`; a call in between is made up for at the end of the pause. */
export class Throttle {
  private readonly act: () => void;
  private readonly ms: number;
  private timer: NodeJS.Timeout | undefined;
  private again = false;

  constructor(act: () => void, ms: number) {
    this.act = act;
    this.ms = ms;
  }

  call(): void {
    if (this.timer) {
      this.again = true;
      return;
    }
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.again) this.call();
    }, this.ms);
    this.timer.unref();
    this.again = false;
    this.act();
  }

  /** Forgets the call that is to be made up for. The next one acts at once. */
  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.again = false;
  }
}
