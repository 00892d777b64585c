import { makeArrowTable, type Connection, type Table } from "@lancedb/lancedb";
import type { Schema } from "apache-arrow";
import { metaSchema } from "./schema.ts";
import { textOf, type Row } from "./rows.ts";
import { literal } from "./sql.ts";

/** An existing table keeps the schema it has: whether that one will do is for the migrations to say. */
export async function openOrCreate(connection: Connection, name: string, schema: Schema): Promise<Table> {
  return (await connection.tableNames()).includes(name) ? connection.openTable(name) : connection.createEmptyTable(name, schema, { existOk: true });
}

/** The small table of facts about the database: one text per key. */
export class Meta {
  private readonly table: Table;

  private constructor(table: Table) {
    this.table = table;
  }

  static async open(connection: Connection): Promise<Meta> {
    return new Meta(await openOrCreate(connection, "meta", metaSchema()));
  }

  async get(key: string): Promise<string | undefined> {
    const rows: Row[] = await this.table.query().where(`key = ${literal(key)}`).toArray();
    return rows[0] ? textOf(rows[0], "value") : undefined;
  }

  async set(key: string, value: string): Promise<void> {
    if ((await this.get(key)) === value) return;
    await this.table.mergeInsert("key").whenMatchedUpdateAll().whenNotMatchedInsertAll().execute(makeArrowTable([{ key, value }], { schema: metaSchema() }));
  }

  close(): void {
    this.table.close();
  }
}
