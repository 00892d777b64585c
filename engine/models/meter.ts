export interface TransferProgress {
  readonly receivedBytes: number;
  readonly totalBytes: number | undefined;
  /** Over the last seconds; 0 while nothing moves. */
  readonly bytesPerSecond: number;
  readonly etaSeconds: number | undefined;
}

const WINDOW_MS = 5000;
const TELL_EVERY_MS = 250;

/** Turns byte counts into progress: speed over a sliding window, told at most four times a second. */
export class TransferMeter {
  private readonly samples: { at: number; bytes: number }[] = [];
  private told = Number.NEGATIVE_INFINITY;
  private readonly total: number | undefined;
  private readonly tell: (progress: TransferProgress) => void;

  constructor(total: number | undefined, tell: (progress: TransferProgress) => void) {
    this.total = total;
    this.tell = tell;
  }

  /** `force` tells at once: at the start and at the end. */
  update(receivedBytes: number, force = false): void {
    const now = performance.now();
    if (!force && now - this.told < TELL_EVERY_MS) return;
    this.told = now;
    this.samples.push({ at: now, bytes: receivedBytes });
    while (this.samples.length > 2 && now - (this.samples[0]?.at ?? now) > WINDOW_MS) this.samples.shift();
    const first = this.samples[0];
    const seconds = first ? (now - first.at) / 1000 : 0;
    const bytesPerSecond = first && seconds > 0 ? Math.max(0, (receivedBytes - first.bytes) / seconds) : 0;
    const left = this.total === undefined ? undefined : Math.max(0, this.total - receivedBytes);
    this.tell({ receivedBytes, totalBytes: this.total, bytesPerSecond, etaSeconds: left === undefined ? undefined : left === 0 ? 0 : bytesPerSecond > 0 ? left / bytesPerSecond : undefined });
  }
}
