import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import PQueue from "p-queue";
import { fromFileSystem } from "../base/errors.ts";
import { Owner } from "../base/lifetime.ts";
import type { Settings } from "../contract/settings.ts";
import type { ChangeEvent } from "../contract/system.ts";
import type { Embedder, KnowledgeStore } from "../knowledge/store.ts";
import type { WorkerHost } from "../workers/host.ts";
import type { WorkerState } from "../workers/supervisor.ts";
import { EmbedLane } from "./steps/embed.ts";
import { ReaderPool } from "./steps/extract.ts";
import { ExtractionShelf } from "./steps/extractions.ts";
import { defaultWatchTimes, FolderWatch, type WatchTimes } from "./sources/folders.ts";
import { Gate } from "./work/gate.ts";
import { defaultLimits, type IngestLimits } from "./limits.ts";
import { Outcomes } from "./work/outcome.ts";
import { OwnedFiles } from "./sources/owned-files.ts";
import { discard, pushLabels, sourceOf, unindex, type FetchPage, type LibraryParts } from "./parts.ts";
import type { IngestSteps } from "./ingest-document.ts";
import { IngestQueue } from "./work/queue.ts";
import { missingLanguage } from "./recognise/languages.ts";
import { PageCache } from "./recognise/page-cache.ts";
import { Recogniser } from "./recognise/recogniser.ts";
import { Scanner } from "./recognise/scanner.ts";
import { Registry } from "./registry/registry.ts";
import type { Label } from "./work/run-job.ts";
import { PageViewer } from "./show/show.ts";
import { reconcile } from "./start.ts";
import { GroupCommit } from "./steps/store.ts";
import { Throttle } from "./work/throttle.ts";

export type LibraryTopic = Extract<ChangeEvent["topic"], "documents" | "collections" | "folders">;

export interface LibraryOptions {
  /** Folder of the workspace. The caller holds its lock. */
  readonly workspace: string;
  /** Store and embedder are not disposed here, answers use them too; they must outlive the library. */
  readonly store: KnowledgeStore;
  readonly embedder: Embedder;
  readonly workerHost: WorkerHost;
  readonly settings: () => Settings;
  /** Without it web pages cannot be added. */
  readonly fetchPage?: FetchPage;
  /** At most four times a second per topic. */
  readonly onChange?: (topic: LibraryTopic) => void;
  /** Something a person should know that is no document's own reason. */
  readonly onNotice?: (text: string) => void;
  readonly limits?: Partial<IngestLimits>;
  readonly watchTimes?: Partial<WatchTimes>;
}

/** Everything a person's documents go through. See `libraryRoutes` for what may be asked of it. */
export interface Library {
  readonly parts: LibraryParts;
  readonly folders: FolderWatch;
  readonly pages: PageViewer;
  readonly embedder: Embedder;
  /** What answers may not see until it is unlocked. */
  privacy(): { excludeDocumentIds: string[]; excludeCollectionIds: string[] };
  /** Indexing gives way between its steps until the returned function is called. */
  yieldTo(): () => void;
  /** Reader processes, for the status page. */
  workers(): WorkerState[];
  dispose(): Promise<void>;
}

const CHANGE_MS = 250;

/**
 * Opens the library of a workspace, brings it in order after whatever ended the last session, and goes on with its queue.
 * @throws LorekeepError NO_SPACE, READ_ONLY, or CONFLICT where a newer version wrote it.
 */
export async function createLibrary(options: LibraryOptions): Promise<Library> {
  const owner = new Owner();
  try {
    return await openLibrary(options, owner);
  } catch (error) {
    await owner.dispose();
    throw error;
  }
}

async function openLibrary(options: LibraryOptions, owner: Owner): Promise<Library> {
  const limits = { ...defaultLimits, ...options.limits };
  const notice = options.onNotice ?? (() => undefined);
  const tell = tellers(owner, options.onChange ?? (() => undefined));
  await prepare(options.workspace);
  const registry = await Registry.open(join(options.workspace, "library.jsonl"), { changed: tell, notice });
  owner.onDispose(() => registry.dispose());
  const shelf = await ExtractionShelf.open(options.workspace);
  const owned = new OwnedFiles(options.workspace);
  const recognised = new PageCache(options.workspace);
  const hashes = new Set([...registry.all()].map(({ contentHash }) => contentHash));
  await recognised.sweep((hash) => hashes.has(hash));
  const stored = await reconcile({ registry, store: options.store, shelf, owned });

  const gate = new Gate();
  const base = { workspace: options.workspace, registry, store: options.store, shelf, recognised, owned, stored, passwords: new Map<string, string>(), settings: options.settings, notice };
  const { queue, recogniser, workers } = buildQueue({ owner, options, limits, gate, base });
  const closing = new AbortController();
  const parts: LibraryParts = { ...base, queue, recogniser, fetchPage: options.fetchPage, changes: new PQueue({ concurrency: 1 }), closing: closing.signal };
  const pages = owner.own(new PageViewer(options.workerHost, limits));
  const folders = owner.own(new FolderWatch(parts, () => tell("folders"), { ...defaultWatchTimes, ...options.watchTimes }));
  owner.onDispose(() => closing.abort());
  queue.start();
  for (const folder of registry.allFolders()) folders.follow(folder).catch((error: unknown) => notice(`“${folder.path}” is not followed: ${String(error)}`));
  return {
    parts, folders, pages, embedder: options.embedder,
    privacy: () => privacyOf(registry),
    yieldTo: () => gate.close(),
    workers: () => [...workers(), pages.state],
    dispose: () => owner.dispose(),
  };
}

async function prepare(workspace: string): Promise<void> {
  try {
    await mkdir(workspace, { recursive: true });
  } catch (error) {
    throw fromFileSystem(error, workspace);
  }
}

function tellers(owner: Owner, onChange: (topic: LibraryTopic) => void): (topic: LibraryTopic) => void {
  const of = (topic: LibraryTopic) => owner.own(new Throttle(() => onChange(topic), CHANGE_MS));
  const throttles = { documents: of("documents"), collections: of("collections"), folders: of("folders") };
  return (topic) => throttles[topic].call();
}

interface Building {
  readonly owner: Owner;
  readonly options: LibraryOptions;
  readonly limits: IngestLimits;
  readonly gate: Gate;
  readonly base: Pick<LibraryParts, "workspace" | "registry" | "store" | "shelf" | "recognised" | "stored" | "passwords" | "settings" | "notice">;
}

/** The machines of the four steps and the queue in front of them. */
function buildQueue({ owner, options, limits, gate, base }: Building): { queue: IngestQueue; recogniser: Recogniser; workers: () => WorkerState[] } {
  const { registry, store, settings, notice } = base;
  const pass = (signal: AbortSignal) => gate.pass(signal);
  const readerCount = () => settings().ingest.readers;
  const readers = owner.own(new ReaderPool({ host: options.workerHost, limits, readers: readerCount, maxBytes: () => settings().ingest.maxFileMb * 2 ** 20, gate: pass }));
  const embedder = owner.own(new EmbedLane({ embedder: options.embedder, store, limits, gate: pass, onEmbedded: (passages) => queue.progressOfRun.passagesMade(passages) }));
  const commits = owner.own(new GroupCommit(store, limits, () => queue.moreComing));
  const upkeep = new AbortController();
  const queue: IngestQueue = new IngestQueue({
    registry, limits, gate, notice, readers: readerCount,
    recogniser: () => recogniser,
    outcomes: new Outcomes({ registry, discard: (ids) => discard(base, ids), unindex: (ids) => unindex(base, ids), ocrMode: () => (settings().ingest.ocr === "ask" ? "ask" : "auto") }),
    steps: { readers, embedder, commits, extractions: base.shelf, recognised: base.recognised, ocr: () => ocrOf(settings(), base.workspace), passageTokens: () => settings().ingest.passageTokens, maxTokens: options.embedder.maxTokens },
    sourceOf: (record) => sourceOf(base, record),
    committed: (id, label) => booked(base, id, label),
    onIdle: (passages) => {
      if (passages > 0) store.maintain({ signal: upkeep.signal }).catch((error: unknown) => { if (!upkeep.signal.aborted) notice(`The upkeep of the index failed: ${String(error)}`); });
    },
  });
  const scanner = owner.own(new Scanner({ host: options.workerHost, limits, workspace: base.workspace }));
  const recogniser = new Recogniser({
    registry, gate, notice, scanner, shelf: base.shelf, cache: base.recognised, sourceOf: (record) => sourceOf(base, record),
    settings: () => ({ isOn: settings().ingest.ocr !== "off", languages: settings().ingest.ocrLanguages, maxPages: settings().ingest.ocrMaxPages, hasData: missingLanguage(base.workspace, settings().ingest.ocrLanguages) === undefined, askAbove: settings().ingest.ocrAskAbove }),
    mayWork: () => queue.isIdle,
    readAgain: (ids) => queue.readAgain(ids),
    changed: () => queue.recognitionChanged(),
  });
  owner.own(queue);
  owner.onDispose(() => upkeep.abort());
  return { queue, recogniser, workers: () => [...readers.states, ...scanner.states] };
}

function ocrOf({ ingest }: Settings, workspace: string): ReturnType<IngestSteps["ocr"]> {
  return ingest.ocr === "off" ? undefined : { languages: ingest.ocrLanguages, maxPages: ingest.ocrMaxPages, missing: missingLanguage(workspace, ingest.ocrLanguages) };
}

/** What was moved or tagged while it was being committed is labelled again. */
async function booked(base: Building["base"], id: string, label: Label): Promise<void> {
  base.stored.add(id);
  const now = base.registry.find(id);
  const same = now && now.collectionId === label.collectionId && now.path === label.path && now.tags.join("\n") === label.tags.join("\n");
  if (now && !same) await pushLabels(base, id);
}

function privacyOf(registry: Registry): { excludeDocumentIds: string[]; excludeCollectionIds: string[] } {
  const collections = new Set(registry.allCollections().filter((collection) => collection.private).map(({ id }) => id));
  const documents = [...registry.all()].filter((record) => record.private && !collections.has(record.collectionId));
  return { excludeDocumentIds: documents.map(({ id }) => id), excludeCollectionIds: [...collections] };
}
