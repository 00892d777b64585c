import { mkdir, rm, stat } from "node:fs/promises";
import { basename, isAbsolute, join, relative } from "node:path";
import { ensureDiskSpace, type FreeBytes } from "../base/disk.ts";
import { fromFileSystem, LorekeepError } from "../base/errors.ts";
import { copyWhole, freeName, moveWhole } from "./copy.ts";
import type { ImportOptions, StoredItem } from "./types.ts";

type Place = Pick<StoredItem, "path" | "storage">;

/** Where the files of the shelf lie: linked ones where they are, stored ones in a folder of the workspace. */
export class ShelfFiles {
  /** Of stored files. */
  readonly folder: string;
  private readonly freeBytes: FreeBytes | undefined;

  constructor(folder: string, freeBytes: FreeBytes | undefined) {
    this.folder = folder;
    this.freeBytes = freeBytes;
  }

  absolute(item: Place): string {
    return item.storage === "stored" && !isAbsolute(item.path) ? join(this.folder, item.path) : item.path;
  }

  /** Puts the file where it is to stay. @throws LorekeepError NO_SPACE, READ_ONLY, CONFLICT where it changed meanwhile; AbortError */
  async place(from: string, about: { options: ImportOptions; total: number; sha256: string }): Promise<Place & { sizeBytes: number }> {
    const { options: { mode, signal, onProgress }, total } = about;
    const inside = relative(this.folder, from);
    if (inside !== "" && !inside.startsWith("..") && !isAbsolute(inside)) return { path: inside, storage: "stored", sizeBytes: total };
    if (mode === "link") return { path: from, storage: "linked", sizeBytes: total };
    const name = await freeName(this.folder, basename(from));
    const to = join(this.folder, name);
    const onBytes = (done: number) => onProgress?.({ step: "copying", done, total });
    if (mode === "move") {
      await moveWhole(from, to, { signal, onBytes });
    } else {
      await this.checkSpace(total);
      const copied = await copyWhole(from, to, { signal, onBytes });
      if (copied !== about.sha256) {
        await rm(to, { force: true });
        throw new LorekeepError("CONFLICT", { reason: `${basename(from)} changed while it was copied.`, next: "Add it again when it is complete." });
      }
    }
    return { path: name, storage: "stored", sizeBytes: total };
  }

  private async checkSpace(bytes: number): Promise<void> {
    await mkdir(this.folder, { recursive: true }).catch((error: unknown) => { throw fromFileSystem(error, this.folder); });
    await ensureDiskSpace(this.folder, bytes, this.freeBytes);
  }
}

/** Milliseconds since 1970. @throws LorekeepError NOT_FOUND */
export async function changeOf(path: string): Promise<number> {
  return (await stat(path).catch((error: unknown) => { throw fromFileSystem(error, path); })).mtimeMs;
}
