import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { fromFileSystem, LorekeepError } from "../base/errors.ts";
import { storeKind, storeProblem, type StoreKind } from "../base/store-location.ts";

/** Where this workspace's tables are. */
export interface StorePlace {
  readonly uri: string;
  readonly kind: StoreKind;
  /** Told to whoever opens it, so that no other workspace writes there; absent in the workspace's own folder, which its lock guards. */
  readonly owner?: string;
}

export interface Wishes {
  /** Given for this start (`--store`, LOREKEEP_STORE); wins over what is set. */
  readonly given?: string | undefined;
  /** `library.store` of the settings; empty: the workspace's own folder. */
  readonly set: string;
}

/** @throws LorekeepError INVALID where tables cannot be kept there. */
export async function placeOf(workspace: string, { given, set }: Wishes): Promise<StorePlace> {
  const uri = given ?? set;
  const problem = storeProblem(uri);
  if (problem) throw new LorekeepError("INVALID", { reason: problem, field: "store" });
  if (uri === "") return { uri: join(workspace, "knowledge"), kind: "folder" };
  return { uri, kind: storeKind(uri), owner: await ownerOf(workspace) };
}

/** What a person should know about a place that is not this machine; undefined for a folder. */
export function placeNotice({ uri, kind }: StorePlace): string | undefined {
  if (kind === "folder") return undefined;
  return `Your library is kept at ${uri}, not on this machine: the text of your documents, their vectors and what is searched for go there.`;
}

/** This workspace's name among those that might write to the same place: made once, kept in `store-owner`. */
async function ownerOf(workspace: string): Promise<string> {
  const file = join(workspace, "store-owner");
  try {
    const known = await readFile(file, "utf8").catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
      throw error;
    });
    if (known.trim() !== "") return known.trim();
    const made = randomUUID();
    await writeFileAtomic(file, made);
    return made;
  } catch (error) {
    throw fromFileSystem(error, file);
  }
}
