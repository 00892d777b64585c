import { stat } from "node:fs/promises";
import { sha256File } from "../../base/hash.ts";
import type { DocumentReason, Extraction } from "../../contract/document.ts";
import type { WorkerHost } from "../../workers/host.ts";
import type { readerContract } from "../../workers/reader/contract.ts";
import { Supervisor, type WorkerState } from "../../workers/supervisor.ts";
import type { IngestLimits } from "../limits.ts";
import { isSuddenDeath, readerReason, Refused } from "../registry/reasons.ts";

/** A file to read. */
export interface Source {
  /** Where the bytes are. */
  readonly file: string;
  /** The name a person knows it by; its ending breaks ties about the format. */
  readonly name: string;
  readonly mediaType?: string;
  readonly password?: string;
}

export interface Extracted {
  readonly extraction: Extraction;
  /** Of the very bytes that were read. */
  readonly contentHash: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export interface ReadOptions {
  readonly signal: AbortSignal;
  /** Called when a reader is free and the file is opened. */
  readonly onStart: () => void;
  /** 0..1 within the file. */
  readonly onProgress: (fraction: number) => void;
}

export interface ReaderPoolOptions {
  readonly host: WorkerHost;
  readonly limits: IngestLimits;
  /** Readers side by side, asked again for every file. */
  readonly readers: () => number;
  /** Largest file, bytes. */
  readonly maxBytes: () => number;
  /** Waited for before a file is opened: the place to give way. */
  readonly gate: (signal: AbortSignal) => Promise<void>;
}

type Reader = Supervisor<typeof readerContract>;

/** Reader processes, one file each at a time, so that a death names its file. */
export class ReaderPool {
  private readonly options: ReaderPoolOptions;
  private readonly all = new Set<Reader>();
  private readonly free: Reader[] = [];
  private readonly waiting: (() => void)[] = [];

  constructor(options: ReaderPoolOptions) {
    this.options = options;
  }

  get states(): WorkerState[] {
    return [...this.all].map((reader) => reader.state);
  }

  /**
   * Bytes to blocks. The hash and the blocks belong together: a file that changes while it is read is read again.
   * @throws Refused with the document's reason; the signal's reason when aborted.
   */
  async extract(source: Source, options: ReadOptions): Promise<Extracted> {
    const reader = await this.take(options.signal);
    // A reader that is stuck in a hostile file hears no signal: only its end stops it.
    const stop = () => reader.stop("Reading was stopped.");
    try {
      await this.options.gate(options.signal);
      options.onStart();
      options.signal.addEventListener("abort", stop, { once: true });
      for (let attempt = 0; ; attempt++) {
        const before = await stat(source.file);
        this.refuseSize(before.size);
        const contentHash = await sha256File(source.file, options.signal);
        const extraction = await this.read(reader, source, { ...options, sizeBytes: before.size });
        const after = await stat(source.file);
        if (after.size === before.size && after.mtimeMs === before.mtimeMs) return { extraction, contentHash, sizeBytes: after.size, modifiedMs: after.mtimeMs };
        if (attempt === 2) throw new Refused({ code: "unreadable", message: "The file kept changing while it was read.", next: "Retry when it is no longer being written." });
      }
    } finally {
      options.signal.removeEventListener("abort", stop);
      this.giveBack(reader);
    }
  }

  dispose(): void {
    for (const reader of this.all) reader.dispose();
    this.all.clear();
  }

  private refuseSize(size: number): void {
    const maxBytes = this.options.maxBytes();
    if (size <= maxBytes) return;
    const mb = (bytes: number) => Math.ceil(bytes / 2 ** 20);
    throw new Refused({ code: "too-large", message: `The file has ${mb(size)} MB; at most ${mb(maxBytes)} MB are read.`, next: "Raise the limit in the settings, or split the file." });
  }

  private async read(reader: Reader, source: Source, options: ReadOptions & { sizeBytes: number }): Promise<Extraction> {
    const { limits } = this.options;
    const deadlineMs = limits.readMs + (options.sizeBytes / 2 ** 20) * limits.readMsPerMb;
    for (let deaths = 0; ; deaths++) {
      try {
        const outcome = await reader.call((client, signal) => this.follow(client.extract({
          path: source.file, name: source.name,
          ...(source.mediaType === undefined ? {} : { mediaType: source.mediaType }),
          ...(source.password === undefined ? {} : { password: source.password }),
          limits: { maxBytes: this.options.maxBytes(), maxCharacters: limits.maxCharacters, maxInflatedBytes: limits.maxInflatedBytes },
        }, { signal }), options), { deadlineMs, signal: options.signal });
        if ("refused" in outcome) throw new Refused(outcome.refused);
        return outcome.extraction;
      } catch (error) {
        options.signal.throwIfAborted();
        if (error instanceof Refused) throw error;
        if (isSuddenDeath(error) && deaths < limits.suddenDeaths) continue;
        throw new Refused(readerReason(error), { cause: error });
      }
    }
  }

  /** A refusal is a value here: the supervisor would take a throw for the worker's fault. */
  private async follow(events: ReturnType<ReaderClient["extract"]>, options: ReadOptions): Promise<{ extraction: Extraction } | { refused: DocumentReason }> {
    for await (const event of await events) {
      if (event.type === "progress") options.onProgress(event.total > 0 ? event.done / event.total : 0);
      else if (event.type === "refused") return { refused: event.reason };
      else return { extraction: event.extraction };
    }
    return { refused: { code: "reader-died", message: "The reader stopped without a result.", next: "Retry." } };
  }

  private async take(signal: AbortSignal): Promise<Reader> {
    signal.throwIfAborted();
    while (this.free.length === 0 && this.all.size >= this.options.readers()) {
      await new Promise<void>((resolve, reject) => {
        const wake = () => { signal.removeEventListener("abort", leave); resolve(); };
        const leave = () => { this.waiting.splice(this.waiting.indexOf(wake), 1); reject(signal.reason); };
        this.waiting.push(wake);
        signal.addEventListener("abort", leave, { once: true });
      });
    }
    const reader = this.free.pop() ?? new Supervisor<typeof readerContract>(this.options.host, "reader", { memoryMb: this.options.limits.readerMemoryMb, idleMs: 30_000, startMs: 30_000 });
    this.all.add(reader);
    return reader;
  }

  private giveBack(reader: Reader): void {
    if (this.all.size > this.options.readers()) {
      this.all.delete(reader);
      reader.dispose();
    } else if (this.all.has(reader)) {
      this.free.push(reader);
    }
    this.waiting.shift()?.();
  }
}

type ReaderClient = Parameters<Parameters<Reader["call"]>[0]>[0];
