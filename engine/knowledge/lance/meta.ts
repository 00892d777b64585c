import { makeArrowTable, type Connection, type Table } from "@lancedb/lancedb";
import { metaSchema } from "./schema.ts";
import { textOf, type Row } from "./rows.ts";
import { literal } from "./sql.ts";

/** The small table of facts about the database: one text per key. */
export class Meta {
  private readonly table: Table;

  private constructor(table: Table) {
    this.table = table;
  }

  static async open(connection: Connection): Promise<Meta> {
    return new Meta(await connection.createEmptyTable("meta", metaSchema(), { existOk: true }));
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
