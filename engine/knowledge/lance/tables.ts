import { mkdir } from "node:fs/promises";
import { connect, type Connection, Session, type Table } from "@lancedb/lancedb";
import { fromFileSystem } from "../../base/errors.ts";
import { sha256 } from "../../base/hash.ts";
import { Meta, openOrCreate } from "./meta.ts";
import { migrate, type Migration } from "./migrations.ts";
import { documentsSchema, passagesSchema } from "./schema.ts";

/** LanceDB would keep up to 6 GB of index and 1 GB of metadata in memory; beyond these the operating system's file cache serves as well. */
const INDEX_CACHE_BYTES = 512n * 2n ** 20n;
const METADATA_CACHE_BYTES = 64n * 2n ** 20n;

export interface Location {
  /** A folder, or any URI LanceDB accepts. */
  readonly uri: string;
  readonly embedderIdentity: string;
  readonly dimensions: number;
  /** For object storage: credentials and the like, as LanceDB names them. */
  readonly storageOptions?: Readonly<Record<string, string>>;
}

export interface Tables {
  readonly documents: Table;
  readonly passages: Table;
  readonly meta: Meta;
  /** Passages and documents of other embedders, kept in case the person goes back; a removal reaches them, too. */
  readonly others: readonly { readonly documents: Table; readonly passages: Table }[];
  close(): void;
}

export const isRemote = (uri: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(uri);

/**
 * Opens the database, brings it up to date and makes what is missing. Each embedder has its own pair of tables, so vectors of
 * different embedders can never meet in one search.
 */
export async function openTables(location: Location, steps?: readonly Migration[]): Promise<Tables> {
  const { uri, storageOptions } = location;
  if (!isRemote(uri)) await makeFolder(uri);
  const session = new Session(INDEX_CACHE_BYTES, METADATA_CACHE_BYTES);
  const connection = await connect(uri, storageOptions ? { storageOptions: { ...storageOptions } } : {}, session);
  const meta = await Meta.open(connection);
  await migrate(connection, meta, steps);
  const suffix = sha256(location.embedderIdentity).slice(0, 10);
  await meta.set(`embedder-${suffix}`, location.embedderIdentity);
  const documents = await openOrCreate(connection, `documents_${suffix}`, documentsSchema());
  const passages = await openOrCreate(connection, `passages_${suffix}`, passagesSchema(location.dimensions));
  const others = await openOthers(connection, suffix);
  return {
    documents, passages, meta, others,
    close: () => {
      for (const table of [documents, passages, ...others.flatMap((pair) => [pair.documents, pair.passages])]) table.close();
      meta.close();
      connection.close();
    },
  };
}

/** Node makes ENOENT of a read-only disk where it makes folders recursively, so the plain way is tried first and its reason kept. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path).catch((error: unknown) => {
      if (!(error instanceof Error) || !("code" in error) || (error.code !== "ENOENT" && error.code !== "EEXIST")) throw error;
      return mkdir(path, { recursive: true });
    });
  } catch (error) {
    throw fromFileSystem(error, path);
  }
}

async function openOthers(connection: Connection, own: string): Promise<{ documents: Table; passages: Table }[]> {
  const names = await connection.tableNames();
  const suffixes = names.filter((name) => name.startsWith("documents_")).map((name) => name.slice("documents_".length));
  const complete = suffixes.filter((suffix) => suffix !== own && names.includes(`passages_${suffix}`));
  return Promise.all(complete.map(async (suffix) => ({
    documents: await connection.openTable(`documents_${suffix}`),
    passages: await connection.openTable(`passages_${suffix}`),
  })));
}
