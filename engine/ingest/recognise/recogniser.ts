import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { LorekeepError } from "../../base/errors.ts";
import type { QueueProgress, Recognition } from "../../contract/index.ts";
import type { Source } from "../steps/extract.ts";
import type { ExtractionShelf } from "../steps/extractions.ts";
import type { Gate } from "../work/gate.ts";
import type { DocumentRecord } from "../registry/records.ts";
import type { Registry } from "../registry/registry.ts";
import type { PageCache } from "./page-cache.ts";
import { costsOf, isOpen, isPending, type Costs } from "./record.ts";
import type { Scanner } from "./scanner.ts";

export interface RecogniserOptions {
  readonly registry: Registry;
  readonly shelf: ExtractionShelf;
  readonly cache: PageCache;
  readonly scanner: Scanner;
  readonly gate: Gate;
  readonly sourceOf: (record: DocumentRecord) => Source;
  readonly settings: () => { readonly isOn: boolean; readonly languages: readonly string[]; readonly maxPages: number; /** For all of the languages. */ readonly hasData: boolean; readonly askAbove: number };
  /** False while there are documents with text to read: they come first. */
  readonly mayWork: () => boolean;
  /** Documents whose pictures are all recognised, or whose file has changed, are read again. */
  readonly readAgain: (ids: readonly string[]) => void;
  readonly changed: () => void;
  readonly notice: (text: string) => void;
}

/** Assumed before the first picture was measured on this machine. */
const ASSUMED_SECONDS = 4;
/** Weight of the newest picture in the running mean. */
const NEWEST = 0.1;

interface Current { readonly id: string; readonly name: string; readonly stop: AbortController; done: number; total: number }

/**
 * Text recognition behind the queue: one picture after the other, each kept as soon as it is read, so that whatever ends this process
 * costs one picture. When a document's pictures are all there, it goes through the queue again and is stored with their text.
 */
export class Recogniser {
  private readonly options: RecogniserOptions;
  private running: Promise<void> | undefined;
  private current: Current | undefined;
  private secondsPerPicture: number | undefined;
  /** Documents whose file was not there when their turn came: passed over until the next nudge. */
  private readonly absent = new Set<string>();
  /** Folders a person was told of. */
  private readonly told = new Set<string>();
  private closing = false;

  constructor(options: RecogniserOptions) {
    this.options = options;
  }

  /** Something is left that needs nobody's word. */
  get isBusy(): boolean {
    return !this.closing && (this.running !== undefined || this.next() !== undefined);
  }

  /** Goes on, if there is something to do and nothing else is. */
  nudge(): void {
    this.absent.clear();
    this.goOn();
  }

  private goOn(): void {
    if (this.closing || this.running || !this.options.mayWork() || !this.next()) return;
    this.running = this.run()
      .catch((error: unknown) => {
        this.options.notice(`Text recognition stopped: ${error instanceof Error ? error.message : String(error)}`);
        return false;
      })
      .then((goOn) => {
        this.running = undefined;
        this.options.changed();
        // The queue may have become idle while this was ending.
        if (goOn) this.goOn();
      });
  }

  /** Lets go of documents that are being changed, cancelled or removed; resolves when none of them is worked on. */
  async leave(ids: Iterable<string>): Promise<void> {
    if (this.current && new Set(ids).has(this.current.id)) {
      this.current.stop.abort(new DOMException("Stopped", "AbortError"));
      await this.running;
    }
  }

  /** What is being done, what waits and what asks, with its cost. */
  progress(): { current: QueueProgress["current"]; recognition?: Costs } {
    const recognition = costsOf(this.options.registry.all(), this.pace);
    if (!recognition) return { current: [] };
    const current = this.current ? [{ documentId: this.current.id, name: this.current.name, step: "recognising" as const, fraction: this.current.done / Math.max(1, this.current.total) }] : [];
    return { current, recognition };
  }

  /**
   * Leaves the pictures of documents unread that wait for recognition; without ids, of all. What has text of its own stays indexed without them.
   * `except`: those whose way through the queue decides. Returns how many, and which of them have nothing else to be indexed.
   */
  async skip(ids: readonly string[] | undefined, except: ReadonlySet<string>): Promise<{ skipped: number; empty: string[] }> {
    const { registry } = this.options;
    const records = ids ? ids.flatMap((id) => registry.find(id) ?? []) : [...registry.all()];
    const open = records.filter((record) => !except.has(record.id) && isOpen(record));
    await this.leave(open.map(({ id }) => id));
    await registry.updateAll(open.flatMap(({ id, recognition }) => (recognition ? [[id, { recognition: { ...recognition, state: "skipped" as const } }] as const] : [])));
    return { skipped: open.length, empty: open.filter(({ state }) => state === "recognising").map(({ id }) => id) };
  }

  async dispose(): Promise<void> {
    this.closing = true;
    this.current?.stop.abort(new DOMException("Closing", "AbortError"));
    await this.running;
  }

  /** Seconds for one picture: measured here, else on an earlier day, else assumed. */
  private get pace(): number {
    if (this.secondsPerPicture !== undefined) return this.secondsPerPicture;
    for (const { recognition } of this.options.registry.all()) if (recognition?.secondsPerPicture !== undefined) return recognition.secondsPerPicture;
    return ASSUMED_SECONDS;
  }

  private next(): DocumentRecord | undefined {
    if (!this.options.settings().isOn) return undefined;
    for (const record of this.options.registry.all()) if (isPending(record) && !this.absent.has(record.id)) return record;
    return undefined;
  }

  /** false: it was told to let go of a document, and whoever told it says when to go on. */
  private async run(): Promise<boolean> {
    await this.askFirst();
    for (let record = this.next(); record && this.options.mayWork() && !this.closing; record = this.next()) {
      if (!(await this.document(record))) return false;
    }
    return true;
  }

  /** Large amounts wait for a person's word, with what they cost. */
  private async askFirst(): Promise<void> {
    const unasked = [...this.options.registry.all()].filter((record) => isPending(record) && record.recognition?.state === "waiting");
    const pictures = unasked.reduce((sum, { recognition }) => sum + (recognition ? recognition.pictures - recognition.done : 0), 0);
    if (pictures <= this.options.settings().askAbove) return;
    await this.options.registry.updateAll(unasked.flatMap(({ id, recognition }) => (recognition ? [[id, { recognition: { ...recognition, state: "ask" as const } }] as const] : [])));
  }

  /** false: it was stopped. */
  private async document(record: DocumentRecord): Promise<boolean> {
    const stop = new AbortController();
    this.current = { id: record.id, name: record.name, stop, done: record.recognition?.done ?? 0, total: record.recognition?.pictures ?? 0 };
    try {
      if (!(await this.pictures(record, this.current))) return true;
      if (await isThere(this.options.sourceOf(record).file)) this.options.readAgain([record.id]);
      else this.passOver(record);
      return true;
    } catch (error) {
      if (stop.signal.aborted) return false;
      const locked = error instanceof LorekeepError && error.code === "NEEDS_PASSWORD";
      if (locked && record.state === "recognising") {
        // Nothing of it is in the index that could be lost, and reading it asks for the password.
        this.options.readAgain([record.id]);
        return true;
      }
      const why = locked ? "read it again to enter its password." : error instanceof Error ? error.message : String(error);
      this.options.notice(`The pictures in “${record.name}” were not recognised: ${why}`);
      await this.note(record.id, { state: "ask" });
      return true;
    } finally {
      this.current = undefined;
      this.options.changed();
    }
  }

  /** A drive that is not plugged in must not cost what is indexed of its documents. */
  private passOver({ id, path }: DocumentRecord): void {
    this.absent.add(id);
    const folder = dirname(path);
    if (!this.told.has(folder)) this.options.notice(`There are files missing in “${folder}”: the pictures in them wait until they are back.`);
    this.told.add(folder);
  }

  /** true: all are there, or cannot be for want of language data, or the file is another one by now: reading it again says which. false: others come first. */
  private async pictures(record: DocumentRecord, current: Current): Promise<boolean> {
    const { shelf, cache, scanner, gate, mayWork } = this.options;
    const { signal } = current.stop;
    const { languages, maxPages, hasData } = this.options.settings();
    if (!hasData) return true;
    const { pictures = [], pages } = await shelf.read(record.id);
    const { contentHash } = record;
    if (contentHash === undefined) return true;
    const wanted = pictures.slice(0, maxPages);
    current.total = wanted.length;
    current.done = 0;
    for (const picture of wanted) {
      const key = { contentHash, picture, languages };
      if (!(await cache.read(key))) {
        await gate.pass(signal);
        if (!mayWork()) return false;
        if (!(await isUnchanged(this.options.sourceOf(record).file, record))) return true;
        const recognised = await scanner.scan(this.options.sourceOf(record), picture, { page: pages.find(({ page }) => page === picture.page), languages, signal });
        // A file that vanished under it says nothing of its picture.
        if (recognised.failed !== undefined && !(await isUnchanged(this.options.sourceOf(record).file, record))) return true;
        await cache.keep(key, recognised);
        this.measured(recognised.seconds);
      }
      current.done++;
      await this.note(record.id, { done: current.done, secondsPerPicture: Math.round(this.pace * 100) / 100 });
      this.options.changed();
    }
    return true;
  }

  private measured(seconds: number): void {
    this.secondsPerPicture = this.secondsPerPicture === undefined ? seconds : this.secondsPerPicture * (1 - NEWEST) + seconds * NEWEST;
  }

  private async note(id: string, change: Partial<Recognition>): Promise<void> {
    const recognition = this.options.registry.find(id)?.recognition;
    if (recognition) await this.options.registry.update(id, { recognition: { ...recognition, ...change } });
  }
}

const isThere = (file: string): Promise<boolean> => stat(file).then(() => true, () => false);

async function isUnchanged(file: string, { sizeBytes, modifiedMs }: DocumentRecord): Promise<boolean> {
  const now = await stat(file).catch(() => undefined);
  return now !== undefined && now.size === sizeBytes && now.mtimeMs === modifiedMs;
}
