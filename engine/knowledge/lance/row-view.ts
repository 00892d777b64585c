import type { Table } from "@lancedb/lancedb";
import type { Passage } from "../../contract/search.ts";
import type { FoundPassage, LexicalOptions, SearchScope, SearchView } from "../store.ts";
import { plainRows } from "./arrow-rows.ts";
import { LABEL_COLUMNS } from "./documents.ts";
import { passageOf, textOf, vectorOf, type Row } from "./rows.ts";
import { PASSAGE_COLUMNS } from "./schema.ts";
import { dense, lexical, lexicalOf, type Scored } from "./search.ts";

export interface RowsUnderView {
  readonly table: Table;
  readonly scope: SearchScope;
  readonly hidden: readonly string[];
  readonly languages: readonly string[];
  /** Of a document, by {@link LABEL_COLUMNS}. */
  readonly labels: (documentId: string) => Row | undefined;
}

/** `generation` only tells which rows count: those whose addresses were found do. */
const OWN_COLUMNS = PASSAGE_COLUMNS.filter((column) => column !== "generation" && !LABEL_COLUMNS.some((label) => label === column));

const ADDRESSES = { addresses: true, columns: [] };

/** The passages asked about are named: no filter comes on top. */
const EVERYTHING: SearchScope = { filter: {}, excludeDocumentIds: [], excludeCollectionIds: [] };

/** Finds row addresses, and fetches rows by them: no look-up of keys, and no text that nobody reads. Good while no row moves. */
export class RowView implements SearchView {
  private readonly under: RowsUnderView;

  constructor(under: RowsUnderView) {
    this.under = under;
  }

  async dense(vector: Float32Array, limit: number): Promise<FoundPassage[]> {
    return (await dense({ ...this.under, limit, ...ADDRESSES }, vector)).map(found);
  }

  async lexical(query: string, limit: number, options: Pick<LexicalOptions, "every" | "vectors"> = {}): Promise<FoundPassage[]> {
    return (await lexical({ ...this.under, limit, ...ADDRESSES }, query, { ...options, languages: this.under.languages })).map(found);
  }

  async lexicalScores(ids: readonly string[], query: string): Promise<ReadonlyMap<string, number>> {
    if (ids.length === 0) return new Map();
    const hits = await lexicalOf({ table: this.under.table, scope: EVERYTHING, hidden: [], limit: ids.length, rows: ids, ...ADDRESSES }, query, this.under.languages);
    return new Map(hits.map(found).map(({ id, score }) => [id, score]));
  }

  async passages(ids: readonly string[]): Promise<ReadonlyMap<string, Passage>> {
    return new Map((await this.take(ids, OWN_COLUMNS)).map((row) => [addressOf(row), passageOf({ ...row, ...this.under.labels(textOf(row, "document_id")) })]));
  }

  private async take(ids: readonly string[], columns: readonly string[]): Promise<Row[]> {
    if (ids.length === 0) return [];
    return plainRows(await this.under.table.takeRowIds(ids.map(BigInt)).withRowId().select([...columns]).toArrow());
  }
}

const found = ({ row, score }: Scored): FoundPassage => ({ id: addressOf(row), score, ...("vector" in row ? { vector: vectorOf(row) } : {}) });

function addressOf({ _rowid: address }: Row): string {
  if (typeof address !== "bigint") throw new Error(`Column _rowid holds ${typeof address}, not a row's address`);
  return String(address);
}
