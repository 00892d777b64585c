import { connect, type Table } from "@lancedb/lancedb";
import { join } from "node:path";

/** The table of passages of a workspace that has seen one embedder: the benchmarks look at the index from outside the product. */
export const openPassages = (workspace: string): Promise<Table> => openPassagesAt(join(workspace, "knowledge"));

export async function openPassagesAt(uri: string): Promise<Table> {
  const connection = await connect(uri);
  const [name, ...others] = (await connection.tableNames()).filter((table) => table.startsWith("passages_"));
  if (name === undefined || others.length > 0) throw new Error(`Expected one table of passages in ${uri}, found ${others.length + (name === undefined ? 0 : 1)}`);
  return connection.openTable(name);
}
