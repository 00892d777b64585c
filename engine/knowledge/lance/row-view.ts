import type { Table } from "@lancedb/lancedb";
import type { Passage } from "../../contract/search.ts";
import { partsOfPassageId } from "../passage-id.ts";
import type { FoundPassage, LexicalOptions, SearchScope, SearchView } from "../store.ts";
import { plainRows } from "./arrow-rows.ts";
import { LABEL_COLUMNS } from "./documents.ts";
import { passageOf, textOf, type Row } from "./rows.ts";
import { PASSAGE_COLUMNS } from "./schema.ts";
import { dense, lexical, lexicalOf, type Scored } from "./search.ts";

export interface RowsUnderView {
  readonly table: Table;
  readonly scope: SearchScope;
  readonly hidden: readonly string[];
  /** Whether passages are found again by their ids, which have an index, or by their addresses, for which all are read. */
  readonly byId: boolean;
  readonly languages: readonly string[];
  /** Of a document, by {@link LABEL_COLUMNS}. */
  readonly labels: (documentId: string) => Row | undefined;
}

/** What a passage's id says, and its document's labels, need not be fetched; `generation` only tells which rows count: those whose addresses were found do. */
const KNOWN: readonly string[] = ["document_id", "position", "generation", ...LABEL_COLUMNS];
const OWN_COLUMNS = PASSAGE_COLUMNS.filter((column) => !KNOWN.includes(column));

const ADDRESSES = { addresses: true, columns: [] };

/** The passages asked about are named: no filter comes on top. */
const EVERYTHING: SearchScope = { filter: {}, excludeDocumentIds: [], excludeCollectionIds: [] };

/** Finds row addresses, and fetches rows by them: no look-up of keys, and no text that nobody reads. Good while no row moves. */
export class RowView implements SearchView {
  private readonly under: RowsUnderView;
  /** By address, where passages are found again by them. */
  private readonly ids = new Map<string, string>();

  constructor(under: RowsUnderView) {
    this.under = under;
  }

  async dense(vector: Float32Array, limit: number): Promise<FoundPassage[]> {
    const { byId } = this.under;
    const hits = await dense({ ...this.under, limit, addresses: true, columns: byId ? ["id"] : [] }, vector);
    if (byId) for (const { row } of hits) this.ids.set(addressOf(row), textOf(row, "id"));
    return hits.map(found);
  }

  async lexical(query: string, limit: number, options: Pick<LexicalOptions, "every" | "vectors"> = {}): Promise<FoundPassage[]> {
    return (await lexical({ ...this.under, limit, ...ADDRESSES }, query, { ...options, languages: this.under.languages })).map(found);
  }

  async lexicalScores(ids: readonly string[], query: string): Promise<ReadonlyMap<string, number>> {
    if (ids.length === 0) return new Map();
    const { table, hidden, languages } = this.under;
    const passages = ids.flatMap((id) => this.ids.get(id) ?? []);
    const which = passages.length === ids.length ? { ids: passages, hidden } : { rows: ids, hidden: [] };
    const hits = await lexicalOf({ table, scope: EVERYTHING, limit: ids.length, ...which, ...ADDRESSES }, query, languages);
    return new Map(hits.map(found).map(({ id, score }) => [id, score]));
  }

  async passages(ids: readonly string[]): Promise<ReadonlyMap<string, Passage>> {
    return new Map((await this.take(ids, OWN_COLUMNS)).map((row) => [addressOf(row), this.whole(row)]));
  }

  private whole(row: Row): Passage {
    const { documentId } = partsOfPassageId(textOf(row, "id"));
    return passageOf(row, this.under.labels(documentId));
  }

  private async take(ids: readonly string[], columns: readonly string[]): Promise<Row[]> {
    if (ids.length === 0) return [];
    return plainRows(await this.under.table.takeRowIds(ids.map(BigInt)).withRowId().select([...columns]).toArrow());
  }
}

/** Vectors are views into what LanceDB handed over: they are looked at once and go with the search. */
const found = ({ row, score }: Scored): FoundPassage => ({ id: addressOf(row), score, ...(row.vector instanceof Float32Array ? { vector: row.vector } : {}) });

function addressOf({ _rowid: address }: Row): string {
  if (typeof address !== "bigint") throw new Error(`Column _rowid holds ${typeof address}, not a row's address`);
  return String(address);
}
