import { makeArrowTable, type Table } from "@lancedb/lancedb";
import type { DocumentWithPassages } from "../store.ts";
import { documentRow, numberOf, textOf, type Row } from "./rows.ts";
import { documentsSchema } from "./schema.ts";
import { isIn, literal } from "./sql.ts";
import type { Visibility } from "./visibility.ts";

/** What every passage of a document repeats in its own row, for filters. */
export const LABEL_COLUMNS = ["collection_id", "path", "title", "format", "modified"] as const;

/** What is remembered of a committed document: enough to tell its passages from leftovers, to count, and to name where a passage stands. */
export interface Committed {
  /** By {@link LABEL_COLUMNS}: so a search need not fetch them with each passage. */
  readonly labels: Row;
  readonly collectionId: string;
  readonly contentHash: string;
  readonly passages: number;
  readonly generation: string;
  readonly revision: number;
}

const COLUMNS = ["id", ...LABEL_COLUMNS, "content_hash", "passages", "generation", "revision"];

/** The documents table and its image in memory. A row here is the commit mark of a document; {@link Visibility} is told in the same turn. */
export class Documents {
  readonly table: Table;
  private readonly visibility: Visibility;
  private readonly rows = new Map<string, Committed>();
  private sum = 0;

  private constructor(table: Table, visibility: Visibility) {
    this.table = table;
    this.visibility = visibility;
  }

  static async load(table: Table, visibility: Visibility): Promise<Documents> {
    const documents = new Documents(table, visibility);
    await documents.reload();
    return documents;
  }

  get(id: string): Committed | undefined {
    return this.rows.get(id);
  }

  get size(): number {
    return this.rows.size;
  }

  /** Passages of all committed documents. */
  get passages(): number {
    return this.sum;
  }

  entries(): IterableIterator<[string, Committed]> {
    return this.rows.entries();
  }

  /** Writes the rows of a put in one commit. @returns the generations that they replace. */
  async commit(batch: readonly DocumentWithPassages[], by: { embedder: string; generations: readonly string[] }): Promise<string[]> {
    const rows = batch.map((entry, i) => documentRow(entry, { embedder: by.embedder, generation: by.generations[i] ?? "" }));
    const data = makeArrowTable(rows, { schema: documentsSchema() });
    const replaced = batch.flatMap(({ document }) => this.rows.get(document.id)?.generation ?? []);
    if (replaced.length === 0) await this.table.add(data);
    else await this.table.mergeInsert("id").whenMatchedUpdateAll().whenNotMatchedInsertAll().execute(data);
    for (const row of rows) this.remember(row);
    this.visibility.commit(by.generations, replaced);
    return replaced;
  }

  /** @returns the generations that are committed no longer. */
  async remove(ids: readonly string[]): Promise<string[]> {
    const generations = ids.flatMap((id) => this.rows.get(id)?.generation ?? []);
    if (generations.length === 0) return [];
    await this.table.delete(isIn("id", ids));
    for (const id of ids) this.forget(id);
    this.visibility.commit([], generations);
    return generations;
  }

  async relabel(id: string, valuesSql: Readonly<Record<string, string>>): Promise<void> {
    await this.table.update({ where: `id = ${literal(id)}`, valuesSql: { ...valuesSql } });
    const rows: Row[] = await this.table.query().select(COLUMNS).where(`id = ${literal(id)}`).toArray();
    for (const row of rows) this.remember(row);
  }

  /** The image in memory is made anew: at start, and after a failed write that may have gone through. */
  async reload(): Promise<void> {
    const rows: Row[] = await this.table.query().select(COLUMNS).toArray();
    const before = this.generations();
    this.rows.clear();
    this.sum = 0;
    for (const row of rows) this.remember(row);
    const after = this.generations();
    this.visibility.commit([...after].filter((generation) => !before.has(generation)), [...before].filter((generation) => !after.has(generation)));
  }

  private generations(): Set<string> {
    return new Set([...this.rows.values()].map(({ generation }) => generation));
  }

  private forget(id: string): void {
    this.sum -= this.rows.get(id)?.passages ?? 0;
    this.rows.delete(id);
  }

  private remember(row: Row): void {
    const id = textOf(row, "id");
    this.forget(id);
    this.sum += numberOf(row, "passages");
    this.rows.set(id, {
      labels: Object.fromEntries(LABEL_COLUMNS.map((column) => [column, row[column]])),
      collectionId: textOf(row, "collection_id"),
      contentHash: textOf(row, "content_hash"),
      passages: numberOf(row, "passages"),
      generation: textOf(row, "generation"),
      revision: numberOf(row, "revision"),
    });
  }
}
