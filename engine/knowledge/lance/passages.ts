import { makeArrowTable, type Table } from "@lancedb/lancedb";
import type { Passage } from "../../contract/search.ts";
import type { DocumentWithPassages } from "../store.ts";
import { WORD_LANGUAGES, wordLanguage, wordsColumn, wordsIndex } from "./languages.ts";
import { passageOf, passageRows, textOf, vectorOf, type Row } from "./rows.ts";
import { PASSAGE_COLUMNS, passagesSchema } from "./schema.ts";
import { isIn, literal } from "./sql.ts";

/** Rows per commit: about 20 MB with 384 dimensions, so that one huge document does not double the engine's memory. */
const ROWS_PER_COMMIT = 8192;
const HASHES_PER_QUERY = 2000;

export interface Put {
  readonly embedder: string;
  /** One per document of the batch. */
  readonly generations: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** The passages table: rows of committed generations, and of others that nobody must see (see schema.ts, `generation`). */
export class Passages {
  readonly table: Table;
  private readonly dimensions: number;
  /** Languages whose column has an index, which is to say: that have had a document. */
  private readonly indexed: Set<string>;

  private constructor(table: Table, dimensions: number, indexed: Set<string>) {
    this.table = table;
    this.dimensions = dimensions;
    this.indexed = indexed;
  }

  static async load(table: Table, dimensions: number): Promise<Passages> {
    const columns = new Set((await table.listIndices()).flatMap((index) => index.columns));
    return new Passages(table, dimensions, new Set(WORD_LANGUAGES.filter((language) => columns.has(wordsColumn(language)))));
  }

  get languages(): string[] {
    return [...this.indexed];
  }

  /** @returns the number of commits it took. Stops between commits; what was written until then is the caller's to sweep. */
  async add(batch: readonly DocumentWithPassages[], by: Put): Promise<number> {
    const rows = batch.flatMap((entry, i) => passageRows(entry, { embedder: by.embedder, generation: by.generations[i] ?? "" }));
    await this.indexWords(batch);
    const schema = passagesSchema(this.dimensions);
    let commits = 0;
    for (let at = 0; at < rows.length; at += ROWS_PER_COMMIT, commits++) {
      by.signal?.throwIfAborted();
      await this.table.add(makeArrowTable(rows.slice(at, at + ROWS_PER_COMMIT).map((row) => ({ ...row })), { schema }));
    }
    return commits;
  }

  async sweep(generations: readonly string[]): Promise<void> {
    if (generations.length > 0) await this.table.delete(isIn("generation", generations));
  }

  async relabel(generation: string, valuesSql: Readonly<Record<string, string>>): Promise<void> {
    await this.table.update({ where: `generation = ${literal(generation)}`, valuesSql: { ...valuesSql } });
  }

  async between(generation: string, from: number, to: number): Promise<Passage[]> {
    const where = `generation = ${literal(generation)} AND position >= ${Math.floor(from)} AND position <= ${Math.floor(to)}`;
    const rows: Row[] = await this.table.query().select([...PASSAGE_COLUMNS]).where(where).toArray();
    return rows.map((row) => passageOf(row)).sort((a, b) => a.position - b.position);
  }

  async vectorsByTextHash(hashes: readonly string[]): Promise<Map<string, Float32Array>> {
    const vectors = new Map<string, Float32Array>();
    for (let at = 0; at < hashes.length; at += HASHES_PER_QUERY) {
      const rows: Row[] = await this.table.query().select(["text_hash", "vector"]).where(isIn("text_hash", hashes.slice(at, at + HASHES_PER_QUERY))).toArray();
      for (const row of rows) if (!vectors.has(textOf(row, "text_hash"))) vectors.set(textOf(row, "text_hash"), vectorOf(row));
    }
    return vectors;
  }

  /** A language's index is made with its first document; searching a column without one is an error in LanceDB. */
  private async indexWords(batch: readonly DocumentWithPassages[]): Promise<void> {
    for (const language of new Set(batch.map(({ document }) => wordLanguage(document.language)))) {
      if (this.indexed.has(language)) continue;
      await this.table.createIndex(wordsColumn(language), { config: wordsIndex(language) });
      this.indexed.add(language);
    }
  }
}
