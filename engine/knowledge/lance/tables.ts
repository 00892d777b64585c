import { mkdir } from "node:fs/promises";
import type { Connection, Table } from "@lancedb/lancedb";
import { fromFileSystem, LorekeepError } from "../../base/errors.ts";
import { sha256 } from "../../base/hash.ts";
import { storeKind } from "../../base/store-location.ts";
import { openConnection, type Place } from "./connection.ts";
import { Meta, openOrCreate } from "./meta.ts";
import { migrate, type Migration } from "./migrations.ts";
import { documentsSchema, passagesSchema } from "./schema.ts";

export interface Location extends Place {
  readonly embedderIdentity: string;
  readonly dimensions: number;
  /** Who writes here. A place that another has written is not opened: two writers would sweep away each other's work. */
  readonly owner?: string;
}

export interface Tables {
  readonly documents: Table;
  readonly passages: Table;
  readonly meta: Meta;
  /** Passages and documents of other embedders, kept in case the person goes back; a removal reaches them, too. */
  readonly others: readonly { readonly documents: Table; readonly passages: Table }[];
  close(): void;
}

/**
 * Opens the database, brings it up to date and makes what is missing. Each embedder has its own pair of tables, so vectors of
 * different embedders can never meet in one search.
 */
export async function openTables(location: Location, steps?: readonly Migration[]): Promise<Tables> {
  if (storeKind(location.uri) === "folder") await makeFolder(location.uri);
  const connection = await openConnection(location);
  const meta = await Meta.open(connection);
  await migrate(connection, meta, steps);
  await claim(meta, location);
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

/** Where the place is on this machine, the workspace's lock keeps a second writer out; elsewhere only this does. */
async function claim(meta: Meta, { uri, owner }: Location): Promise<void> {
  if (owner === undefined) return;
  const known = await meta.get("owner");
  if (known === undefined) return meta.set("owner", owner);
  if (known === owner) return;
  throw new LorekeepError("CONFLICT", {
    reason: `The library at ${uri} belongs to another workspace.`,
    next: "Choose a place of its own for this one: two workspaces that write to one place would undo each other's work.",
  });
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
