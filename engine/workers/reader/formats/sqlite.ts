import { createRequire } from "node:module";
import initSqlJs, { type Database, type SqlValue } from "sql.js";
import type { DocumentBuilder } from "../blocks.ts";
import { decodeText } from "../encoding.ts";
import { corrupt } from "../refusal.ts";
import type { FormatReader } from "../source.ts";
import { addTable } from "../tables.ts";

const MAX_ROWS_PER_TABLE = 50_000;
const MAX_TABLES = 500;

/** SQLite: every table a heading, every row a block with its column names. Views, triggers and shadow tables are left alone. */
export const readSqlite: FormatReader = async ({ source, out, progress, signal }) => {
  const database = await open(source.bytes);
  try {
    const tables = tableNames(database);
    tables.forEach((table, i) => {
      signal.throwIfAborted();
      if (!out.full) readTable(out, database, table);
      progress(i + 1, tables.length, "parts");
    });
  } finally {
    database.close();
  }
};

async function open(bytes: Uint8Array): Promise<Database> {
  const wasm = createRequire(import.meta.url).resolve("sql.js/dist/sql-wasm.wasm");
  const { Database } = await initSqlJs({ locateFile: () => wasm });
  const copy = Uint8Array.from(bytes);
  // A database in write-ahead mode asks for a second file that is not here; what was checkpointed reads the same in rollback mode.
  if (copy[18] === 2) copy.fill(1, 18, 20);
  try {
    const database = new Database(copy);
    database.exec("SELECT count(*) FROM sqlite_master");
    return database;
  } catch {
    throw corrupt("This SQLite database");
  }
}

/** Virtual tables keep their data in shadow tables named after them; both would only repeat or hide what others hold. */
function tableNames(database: Database): string[] {
  const [found] = database.exec("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid");
  const all = (found?.values ?? []).map(([name, sql]) => ({ name: String(name), isVirtual: /^\s*create\s+virtual/i.test(String(sql)) }));
  const virtual = all.filter((table) => table.isVirtual).map(({ name }) => name);
  return all.filter(({ name, isVirtual }) => !isVirtual && !virtual.some((owner) => name.startsWith(`${owner}_`))).slice(0, MAX_TABLES).map(({ name }) => name);
}

function readTable(out: DocumentBuilder, database: Database, table: string): void {
  const statement = database.prepare(`SELECT * FROM "${table.replaceAll('"', '""')}" LIMIT ${MAX_ROWS_PER_TABLE + 1}`);
  try {
    out.heading(1, table);
    const header = statement.getColumnNames();
    let count = 0;
    const rows = function* () {
      while (statement.step() && count++ < MAX_ROWS_PER_TABLE) yield statement.get().map(valueText);
    };
    addTable(out, { name: table, header, rows: rows() });
    if (count > MAX_ROWS_PER_TABLE) out.warn("truncated", `Only the first ${MAX_ROWS_PER_TABLE.toLocaleString("en")} rows of "${table}" were read.`);
  } catch (error) {
    out.warn("part-unreadable", `The table "${table}" is damaged: ${error instanceof Error ? error.message : String(error)}.`);
  } finally {
    statement.free();
  }
}

function valueText(value: SqlValue): string {
  if (value === null) return "";
  return value instanceof Uint8Array ? (decodeText(value)?.text ?? "") : String(value);
}
