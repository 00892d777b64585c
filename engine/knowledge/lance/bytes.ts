import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { storeKind } from "../../base/store-location.ts";
import type { Tables } from "./tables.ts";

/** Bytes on disk with indexes and old versions; elsewhere the live data only, which is what LanceDB can tell. */
export async function bytesOf(uri: string, tables: Tables): Promise<number> {
  if (storeKind(uri) !== "folder") return (await tables.passages.stats()).totalBytes + (await tables.documents.stats()).totalBytes;
  const entries = await readdir(uri, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(entries.filter((entry) => entry.isFile()).map((entry) => sizeOf(join(entry.parentPath, entry.name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Compaction may take a file away between listing and looking; it then has no size. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0;
    throw error;
  }
}
