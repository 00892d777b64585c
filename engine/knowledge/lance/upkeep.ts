import { Index, type Table } from "@lancedb/lancedb";
import type { StoreKind } from "../../base/store-location.ts";
import type { Tables } from "./tables.ts";

export interface UpkeepLimits {
  /** Commits after which, in a small library, small files are merged and old versions dropped. */
  readonly commits: number;
  /** Passages that no index knows yet, in a small library: the full-text search reads each of them anew, 20 ms per thousand. */
  readonly unindexedRows: number;
  /** Passages from which on vectors are indexed: below, reading all of them takes less than 50 ms. */
  readonly vectorIndexRows: number;
  /** Milliseconds an old version is kept, for the searches that still read it. */
  readonly keepVersionsMs: number;
}

export const defaultLimits: UpkeepLimits = { commits: 64, unindexedRows: 4096, vectorIndexRows: 50_000, keepVersionsMs: 30_000 };

/** A vector index made for so much smaller a table that its partitions no longer fit is made anew. */
const GROWTH = 4;

/** Keeps the tables in shape as they are written: compaction, indexes, old versions. Runs only where the store's writes are held. */
export class Upkeep {
  private commits = 0;
  private unindexed = 0;
  /** Old versions are still there, kept for searches that read them. */
  private versionsLeft = false;
  private readonly limits: UpkeepLimits;
  private readonly kind: StoreKind;

  constructor(limits: UpkeepLimits, kind: StoreKind = "folder") {
    this.limits = limits;
    this.kind = kind;
  }

  /** Books a write. */
  wrote(commits: number, rows: number): void {
    this.commits += commits;
    this.unindexed += rows;
  }

  /** Nothing is left to do since the last run. */
  get idle(): boolean {
    return this.commits === 0 && !this.versionsLeft;
  }

  /** Merging rewrites the small files, up to the whole table, so it comes the more rarely the more there is. */
  due(passages: number): boolean {
    const { commits, unindexedRows } = this.limits;
    return this.commits >= Math.max(commits, passages / 256) || this.unindexed >= Math.max(unindexedRows, passages / 16);
  }

  async run(tables: Tables): Promise<void> {
    // A server merges, indexes and drops old versions by itself, and refuses to be told.
    if (this.kind !== "server") await this.merge(tables);
    this.versionsLeft = this.kind !== "server" && this.commits > 0 && this.limits.keepVersionsMs > 0;
    this.commits = 0;
    this.unindexed = 0;
    await this.indexVectors(tables);
  }

  private async merge(tables: Tables): Promise<void> {
    const cleanupOlderThan = new Date(Date.now() - this.limits.keepVersionsMs);
    // The workspace is open in one engine and its writes are held, so files that no version names are a dead writer's.
    const options = { cleanupOlderThan, deleteUnverified: true };
    await tables.passages.optimize(options);
    await tables.documents.optimize(options);
  }

  private async indexVectors({ passages, meta }: Tables): Promise<void> {
    const rows = await passages.countRows();
    if (rows < this.limits.vectorIndexRows) return;
    const trainedOn = `vector-index-rows-${passages.name}`;
    if ((await hasVectorIndex(passages)) && rows < Number((await meta.get(trainedOn)) ?? 0) * GROWTH) return;
    // Flat, not product-quantised: built in a fifth of the time, exact within its partitions; it costs the vectors' size again on disk.
    await passages.createIndex("vector", { config: Index.ivfFlat({ distanceType: "dot", numPartitions: Math.ceil(Math.sqrt(rows)) }) });
    // Filters and look-ups by these are by key, and at this size a scan is felt.
    for (const column of ["id", "generation", "document_id", "text_hash"]) await passages.createIndex(column, { config: Index.btree() });
    await meta.set(trainedOn, String(rows));
  }
}

export async function hasVectorIndex(passages: Table): Promise<boolean> {
  return (await passages.listIndices()).some(({ columns }) => columns.includes("vector"));
}
