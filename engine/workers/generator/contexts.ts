import { effective, versionsOf, type AdapterUse, type AdapterVersions } from "./adapters.ts";
import { TooLittleMemory, type ContextRequest, type ContextSize, type OpenContext } from "./open-context.ts";

/** A context that is kept, with its key-value cache: what this adapter set has read so far. */
export interface Slot extends OpenContext {
  readonly key: string;
  /** The files in it, without their scales. */
  readonly files: string;
}

export interface ContextPoolOptions {
  readonly open: (request: ContextRequest) => Promise<OpenContext>;
  /** Told of each adapter before it is applied for the first time. @throws LorekeepError MODEL_REFUSED. */
  readonly check: (adapter: AdapterUse, signal: AbortSignal | undefined) => Promise<void>;
  /** Most contexts kept at a time; the least recently used goes first. */
  readonly most: number;
}

/**
 * Of the same adapters at different strengths only so many are kept: a slider moved through twenty positions must not cost the base and
 * the other adapters their caches. Two, so that one can still be compared with another.
 */
const MOST_STRENGTHS = 2;

/**
 * One context per adapter set and strength. Each keeps its own key-value cache, so that switching between base and fine-tune neither mixes
 * caches nor loses them, as long as memory allows; all share the weights. Not for concurrent use: the generator runs one request at a time.
 */
export class ContextPool {
  private readonly options: ContextPoolOptions;
  /** Least recently used first. */
  private readonly slots = new Map<string, Slot>();
  private contextSize: ContextSize;
  /** Every file the runtime was given since the weights were loaded. */
  private readonly given = new Map<string, string>();

  constructor(options: ContextPoolOptions, contextSize: ContextSize) {
    this.options = options;
    this.contextSize = contextSize;
  }

  /** Tokens that every context here holds; a range before the first is made. */
  get size(): ContextSize {
    return this.contextSize;
  }

  /** Keys of what is kept, least recently used first. */
  get kept(): readonly string[] {
    return [...this.slots.keys()];
  }

  /**
   * Whether a file was replaced since the runtime read it. The runtime knows adapters by their path and keeps each until the weights go, so a
   * changed file is read again only once they are loaded anew.
   */
  isOutdated(versions: AdapterVersions): boolean {
    return [...versions].some(([path, version]) => (this.given.get(path) ?? version) !== version);
  }

  /** Books files as read by the runtime, also where a context of another owner holds them. */
  remember(versions: AdapterVersions): void {
    for (const [path, version] of versions) this.given.set(path, version);
  }

  /** @throws LorekeepError MODEL_REFUSED (an adapter that does not fit), NOT_FOUND, MODEL_FAILED (memory). */
  async get(adapters: readonly AdapterUse[], signal?: AbortSignal): Promise<Slot> {
    const active = effective(adapters);
    const versions = await versionsOf(active);
    const key = JSON.stringify(active.map(({ path, scale }) => [path, scale, versions.get(path)]));
    const kept = this.slots.get(key);
    if (kept) {
      this.slots.delete(key);
      this.slots.set(key, kept);
      return kept;
    }
    for (const adapter of active) await this.options.check(adapter, signal);
    const files = JSON.stringify(active.map(({ path }) => path));
    await this.makeRoom(files);
    const open = await this.open({ adapters: active, contextSize: this.contextSize, signal });
    this.remember(versions);
    this.contextSize = open.context.contextSize; // every later context gets what the first one got
    const slot = { ...open, key, files };
    this.slots.set(key, slot);
    return slot;
  }

  /** Lets go of the least recently used context. @returns false where there is none left */
  async evictOldest(): Promise<boolean> {
    const oldest = this.slots.values().next().value;
    if (oldest) await this.drop(oldest);
    return oldest !== undefined;
  }

  async dispose(): Promise<void> {
    while (await this.evictOldest());
  }

  private async makeRoom(files: string): Promise<void> {
    const [oldestStrength, ...others] = [...this.slots.values()].filter((slot) => slot.files === files);
    if (oldestStrength && others.length + 1 >= MOST_STRENGTHS) await this.drop(oldestStrength);
    while (this.slots.size >= this.options.most) await this.evictOldest();
  }

  private async open(request: ContextRequest): Promise<OpenContext> {
    for (;;) {
      try {
        return await this.options.open(request);
      } catch (error) {
        if (!(error instanceof TooLittleMemory)) throw error;
        if (!(await this.evictOldest())) throw error.failure;
      }
    }
  }

  private async drop(slot: Slot): Promise<void> {
    this.slots.delete(slot.key);
    await slot.context.dispose();
  }
}
