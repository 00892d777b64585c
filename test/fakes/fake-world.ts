import { EventPublisher } from "@orpc/server";
import type { ChangeEvent, CheckVerdict, Collection, Conversation, Download, QuestionSet, QueueProgress, RuntimeState, Settings, ShelfItem } from "../../engine/contract/index.ts";
import { settings } from "../../engine/contract/index.ts";
import type { FakeDocument } from "./corpus.ts";

export interface Folder { id: string; path: string; collectionId: string; state: "watching" | "missing" | "off"; documents: number }

/** What the fake engine knows. One object, no module state: two fakes can live in one process. */
export class FakeWorld {
  readonly collections: Collection[] = [];
  readonly documents = new Map<string, FakeDocument>();
  readonly conversations = new Map<string, Conversation>();
  readonly uploads = new Map<string, string>();
  readonly running = new Map<string, AbortController>();
  folders: Folder[] = [];
  models: ShelfItem[] = [];
  downloads: Download[] = [];
  runtime: RuntimeState = { state: "empty" };
  settings: Settings = settings.parse({});
  queue: { waiting: string[]; active: string | undefined; done: number; paused: boolean; running: boolean } = { waiting: [], active: undefined, done: 0, paused: false, running: false };
  /** What the health check of an item ends with; absent: it fits. */
  readonly verdicts = new Map<string, CheckVerdict>();
  /** Merges and conversions whose stream was closed before they were done. */
  readonly stopped: string[] = [];
  readonly sets = new Map<string, QuestionSet>();
  disposed = false;
  /** What was searched for ahead of a question, and whether it was taken back. */
  readonly prefetched: { text: string; conversationId: string | undefined; stopped: boolean }[] = [];
  prefetchMs = 1;
  readonly stepMs: number;
  readonly tokenMs: number;
  readonly #events = new EventPublisher<{ change: ChangeEvent; queue: QueueProgress; runtime: RuntimeState; downloads: Download[] }>();
  #next = 1;

  constructor(options: { stepMs: number; tokenMs: number }) {
    this.stepMs = options.stepMs;
    this.tokenMs = options.tokenMs;
  }
  id(kind: string): string { return `${kind}-${this.#next++}`; }
  sleep(ms: number): Promise<void> { return new Promise((resolve) => setTimeout(resolve, ms)); }
  changed(topic: ChangeEvent["topic"], id?: string): void { this.#events.publish("change", { topic, ...(id ? { id } : {}) }); }
  queueChanged(progress: QueueProgress): void { this.#events.publish("queue", progress); }
  setRuntime(state: RuntimeState): void { this.runtime = state; this.#events.publish("runtime", state); }
  downloadsChanged(): void { this.#events.publish("downloads", this.downloads); this.changed("downloads"); }
  changes(signal: AbortSignal | undefined) { return this.#events.subscribe("change", { signal }); }
  queueEvents(signal: AbortSignal | undefined) { return this.#events.subscribe("queue", { signal }); }
  runtimeEvents(signal: AbortSignal | undefined) { return this.#events.subscribe("runtime", { signal }); }
  downloadEvents(signal: AbortSignal | undefined) { return this.#events.subscribe("downloads", { signal }); }
}
