import type { Connection } from "@lancedb/lancedb";
import { LorekeepError } from "../../base/errors.ts";
import type { Meta } from "./meta.ts";

/** Takes the tables from one version to the next. Runs again from its beginning after a crash, so it must bear that. */
export type Migration = (connection: Connection) => Promise<void>;

/**
 * The step at index n leads from version n+1 to n+2. The current version is one more than there are steps. Steps name their columns
 * and types themselves and never use schema.ts, which describes the newest version only.
 */
export const migrations: readonly Migration[] = [];

const KEY = "schema-version";

/**
 * Brings the tables up to date, writing the version down after each step.
 * @throws LorekeepError CONFLICT where the tables were written by a newer version than this one knows.
 */
export async function migrate(connection: Connection, meta: Meta, steps: readonly Migration[] = migrations): Promise<void> {
  const newest = steps.length + 1;
  const found = await meta.get(KEY);
  // No version: nothing but the meta table has been made yet, because the version is written before any other table.
  if (found === undefined) return meta.set(KEY, String(newest));
  const version = Number(found);
  if (!Number.isInteger(version) || version < 1 || version > newest) {
    throw new LorekeepError("CONFLICT", {
      reason: "The library was written by a newer version of Lorekeep.",
      next: "Open it with that version, or choose another workspace.",
      detail: `schema ${found}, known up to ${newest}`,
    });
  }
  for (let next = version; next < newest; next++) {
    await steps[next - 1]?.(connection);
    await meta.set(KEY, String(next + 1));
  }
}
