import { randomBytes } from "node:crypto";
import PQueue from "p-queue";
import type { Passage } from "../../contract/search.ts";
import { LorekeepError } from "../../base/errors.ts";
import type { DocumentWithPassages, KnowledgeStore, LexicalOptions, ScoredPassage, SearchScope, SearchView, StoreStats } from "../store.ts";
import { storeKind } from "../../base/store-location.ts";
import { bytesOf } from "./bytes.ts";
import { Documents } from "./documents.ts";
import { changeSql, type LabelChange } from "./labels.ts";
import type { Migration } from "./migrations.ts";
import { fromLance } from "./native-errors.ts";
import { Passages, type Put } from "./passages.ts";
import { recover } from "./recover.ts";
import { RowView } from "./row-view.ts";
import { textOf } from "./rows.ts";
import { dense, lexical, lexicalOf, scoredPassage, type Scored, type SearchParts } from "./search.ts";
import { isIn } from "./sql.ts";
import { openTables, type Location, type Tables } from "./tables.ts";
import { defaultLimits, hasVectorIndex, Upkeep, type UpkeepLimits } from "./upkeep.ts";
import { Visibility } from "./visibility.ts";
import { warmUp } from "./warm-up.ts";
import { WideView } from "../wide-view.ts";

export interface KnowledgeOptions extends Location {
  /** When indexes and compaction run; the defaults are measured ones. */
  readonly limits?: Partial<UpkeepLimits>;
  /** Passages up to which a search reads through all row addresses to find some again; by default {@link READ_THROUGH}. */
  readonly readThrough?: number;
  /** Steps from older schemas to the newest; the default is the product's own list. */
  readonly migrations?: readonly Migration[];
}

/**
 * Opens the store at a folder or URI and makes its tables where there are none. One engine at a time may have it open; the caller's
 * lock on the workspace sees to that.
 * @throws LorekeepError CONFLICT where a newer version wrote it, READ_ONLY or NO_SPACE where it cannot be written, DOWNLOAD_FAILED where object storage or a server is not reached.
 */
export async function openKnowledge(options: KnowledgeOptions): Promise<KnowledgeStore> {
  try {
    const tables = await openTables(options, options.migrations);
    const visibility = new Visibility();
    const documents = await Documents.load(tables.documents, visibility);
    const passages = await Passages.load(tables.passages, options.dimensions);
    return new LanceKnowledgeStore({ options, tables, documents, passages, visibility });
  } catch (error) {
    throw fromLance(error, options.uri);
  }
}

/** LanceDB reads as many row addresses, to find some among them, sooner than it looks a hundred ids up in their index (docs/scale.md). */
const READ_THROUGH = 400_000;

/** The passages asked about are named: no filter comes on top. */
const EVERYTHING: SearchScope = { filter: {}, excludeDocumentIds: [], excludeCollectionIds: [] };

interface Parts {
  readonly options: KnowledgeOptions;
  readonly tables: Tables;
  readonly documents: Documents;
  readonly passages: Passages;
  readonly visibility: Visibility;
}

class LanceKnowledgeStore implements KnowledgeStore {
  private readonly options: KnowledgeOptions;
  private readonly tables: Tables;
  private readonly documents: Documents;
  private readonly passages: Passages;
  private readonly visibility: Visibility;
  private readonly upkeep: Upkeep;
  private readonly writes = new PQueue({ concurrency: 1 });
  private disposed = false;
  private warming: Promise<void> = Promise.resolve();
  private writes_ = 0;

  constructor(parts: Parts) {
    this.options = parts.options;
    this.tables = parts.tables;
    this.documents = parts.documents;
    this.passages = parts.passages;
    this.visibility = parts.visibility;
    this.upkeep = new Upkeep({ ...defaultLimits, ...parts.options.limits }, storeKind(parts.options.uri));
  }

  put(batch: readonly DocumentWithPassages[], signal?: AbortSignal): Promise<void> {
    return this.write(async () => {
      this.check(batch);
      signal?.throwIfAborted();
      if (batch.length === 0) return;
      // Writes come one after the other, so what is hidden now is what an earlier one could not take back.
      await this.sweep(this.visibility.hidden);
      const generations = batch.map(() => randomBytes(8).toString("hex"));
      const by: Put = { embedder: this.options.embedderIdentity, generations, signal };
      this.visibility.announce(generations);
      await this.sweep(await this.commit(batch, by));
      await this.keepUp();
    });
  }

  remove(documentIds: readonly string[]): Promise<void> {
    return this.write(async () => {
      await this.sweep(await this.documents.remove(documentIds));
      for (const other of this.tables.others) {
        await other.documents.delete(isIn("id", documentIds));
        await other.passages.delete(isIn("document_id", documentIds));
      }
      await this.keepUp();
    });
  }

  relabel(documentId: string, change: LabelChange): Promise<void> {
    return this.write(async () => {
      const committed = this.documents.get(documentId);
      if (!committed) throw new LorekeepError("NOT_FOUND", "The document is not in the index.");
      const values = changeSql(change, committed.revision + 1);
      // The document's row first: where the passages' change is cut off, `recover` finds the older revision there and goes on.
      await this.documents.relabel(documentId, values);
      await this.passages.relabel(committed.generation, values);
      this.upkeep.wrote(2, committed.passages);
      await this.keepUp();
    });
  }

  committed(): Promise<ReadonlyMap<string, { contentHash: string; passages: number }>> {
    return Promise.resolve(new Map([...this.documents.entries()].map(([id, { contentHash, passages }]) => [id, { contentHash, passages }])));
  }

  vectorsByTextHash(hashes: readonly string[]): Promise<ReadonlyMap<string, Float32Array>> {
    return this.read(() => this.passages.vectorsByTextHash(hashes));
  }

  async searchDense(vector: Float32Array, scope: SearchScope, limit: number): Promise<ScoredPassage[]> {
    return (await this.search(scope, limit, (parts) => dense(parts, vector))).map(scoredPassage);
  }

  async searchLexical(query: string, scope: SearchScope, limit: number, options: LexicalOptions = {}): Promise<ScoredPassage[]> {
    const languages = this.passages.languages;
    return (await this.search(scope, limit, (parts) => lexical(parts, query, { ...options, languages }))).map(scoredPassage);
  }

  async lexicalScores(passageIds: readonly string[], query: string): Promise<ReadonlyMap<string, number>> {
    const found = await this.search(EVERYTHING, passageIds.length, (parts) => lexicalOf({ ...parts, ids: passageIds, columns: ["id", "generation"] }, query, this.passages.languages));
    return new Map(found.map(({ row, score }) => [textOf(row, "id"), score]));
  }

  /** By row address while nothing is written, which rows stand still for; otherwise, and where the tables are not on this machine, each leg brings its passages along. */
  async view<T>(scope: SearchScope, work: (view: SearchView) => Promise<T>): Promise<T> {
    const { version } = this;
    // Odd: a write is under way.
    if (storeKind(this.options.uri) === "folder" && version % 2 === 0) {
      const { hidden } = this.visibility;
      const view = new RowView({ table: this.tables.passages, scope, hidden, byId: this.documents.passages > (this.options.readThrough ?? READ_THROUGH), languages: this.passages.languages, labels: (id) => this.documents.get(id)?.labels });
      try {
        const result = await this.read(() => this.visibility.reading(() => work(view)));
        if (this.version === version) return result;
      } catch (error) {
        if (this.version === version) throw error;
      }
    }
    return work(new WideView(this, scope));
  }

  languages(): readonly string[] {
    return this.passages.languages;
  }

  get version(): number {
    return this.writes_;
  }

  neighbours(documentId: string, fromPosition: number, toPosition: number): Promise<Passage[]> {
    return this.read(() => this.visibility.reading(async () => {
      const committed = this.documents.get(documentId);
      return committed ? this.passages.between(committed.generation, fromPosition, toPosition) : [];
    }));
  }

  countPassages(): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const [, { collectionId, passages }] of this.documents.entries()) counts.set(collectionId, (counts.get(collectionId) ?? 0) + passages);
    return Promise.resolve(counts);
  }

  maintain(options: { force?: boolean; signal?: AbortSignal } = {}): Promise<void> {
    return this.write(async () => {
      options.signal?.throwIfAborted();
      if (options.force || !this.upkeep.idle) await this.upkeep.run(this.tables);
    });
  }

  recover(): Promise<{ sweptPassages: number }> {
    return this.write(() => recover(this.documents, this.passages, (generations) => this.sweep(generations)));
  }

  stats(): Promise<StoreStats> {
    return this.read(async () => {
      const { passages } = this.documents;
      const [bytes, vectorIndexed] = await Promise.all([bytesOf(this.options.uri, this.tables), hasVectorIndex(this.tables.passages)]);
      return { documents: this.documents.size, passages, bytes, vectorIndexed };
    });
  }

  warmUp(): Promise<void> {
    const warming = this.read(() => warmUp({ store: this, passages: this.tables.passages, stopped: () => this.disposed }));
    this.warming = warming.catch(() => undefined); // Told to the caller; this one only waits.
    return warming;
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    await this.warming;
    await this.writes.onIdle();
    this.tables.close();
  }

  /** Passages, then the rows that make them count. What fails in between leaves passages that stay hidden and are swept. */
  private async commit(batch: readonly DocumentWithPassages[], by: Put): Promise<string[]> {
    try {
      const commits = await this.passages.add(batch, by);
      this.upkeep.wrote(commits + 1, batch.reduce((sum, { passages }) => sum + passages.length, 0));
      by.signal?.throwIfAborted();
      return await this.documents.commit(batch, by);
    } catch (error) {
      await this.takeBack(by.generations);
      throw error;
    }
  }

  /** After a failed put. A disk that is full refuses this, too; then the passages stay hidden until the next put or `recover` sweeps them. */
  private async takeBack(generations: readonly string[]): Promise<void> {
    try {
      await this.documents.reload();
      const counting = new Set([...this.documents.entries()].map(([, { generation }]) => generation));
      await this.sweep(generations.filter((generation) => !counting.has(generation)));
    } catch (error) {
      if (fromLance(error, this.options.uri) === error) throw error;
    }
  }

  private async sweep(generations: readonly string[]): Promise<void> {
    if (generations.length === 0) return;
    await this.visibility.readersDone();
    await this.passages.sweep(generations);
    this.visibility.swept(generations);
    this.upkeep.wrote(2, 0);
  }

  private async keepUp(): Promise<void> {
    if (this.upkeep.due(this.documents.passages)) await this.upkeep.run(this.tables);
  }

  /** Only passages that were committed when the search began leave here. */
  private search(scope: SearchScope, limit: number, run: (parts: SearchParts) => Promise<Scored[]>): Promise<Scored[]> {
    if (limit < 1) return Promise.resolve([]);
    return this.read(() => this.visibility.reading(async () => {
      const { epoch, hidden } = this.visibility;
      const found = await run({ table: this.tables.passages, scope, hidden, limit });
      return found.filter(({ row }) => this.visibility.counted(textOf(row, "generation"), epoch));
    }));
  }

  private check(batch: readonly DocumentWithPassages[]): void {
    const ids = new Set(batch.map(({ document }) => document.id));
    if (ids.size !== batch.length) throw new LorekeepError("INVALID", { reason: "A document stands twice in one batch.", field: "batch" });
    for (const { passages } of batch) {
      const wrong = passages.find(({ vector }) => vector.length !== this.options.dimensions);
      if (wrong) throw new LorekeepError("INVALID", { reason: `A vector has ${wrong.vector.length} dimensions, the index ${this.options.dimensions}.`, field: "vector" });
    }
  }

  /** The version counts before and after, so that nothing found while a write was under way passes for what is there after it. */
  private write<T>(work: () => Promise<T>): Promise<T> {
    return this.read(() => this.writes.add(async () => {
      this.writes_++;
      try {
        return await work();
      } finally {
        this.writes_++;
      }
    }));
  }

  private async read<T>(work: () => Promise<T>): Promise<T> {
    if (this.disposed) throw new LorekeepError("BUSY", "The library is closed.");
    try {
      return await work();
    } catch (error) {
      throw fromLance(error, this.options.uri);
    }
  }
}
