import { createHash } from "node:crypto";
import { open, rm, type FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import { fromFileSystem } from "../../base/errors.ts";
import { writeWhole } from "../../base/write-whole.ts";

/** Where a result is written: under a temporary name; who asked for it gives it its own when it is whole. */
export interface OutputPlace {
  readonly temporary: string;
  /** The name it will have, for messages. */
  readonly final: string;
}

/** Bytes between two waits for the disk. The system takes gigabytes into its memory; waiting for all of them at the end, a slow disk would look like a worker that hangs. */
const SYNC_EVERY = 256 * 2 ** 20;

/** A file that grows from front to back and is hashed as it does. */
export class OutputFile {
  bytes = 0;
  private unsynced = 0;
  private readonly hash = createHash("sha256");
  private readonly file: FileHandle;
  private readonly place: OutputPlace;

  private constructor(file: FileHandle, place: OutputPlace) {
    this.file = file;
    this.place = place;
  }

  /**
   * Runs `work` on a fresh file and makes its bytes durable. Whatever goes wrong, the file is gone afterwards.
   * @throws LorekeepError NO_SPACE, READ_ONLY, NOT_FOUND (no such folder), or what `work` throws.
   */
  static async write(place: OutputPlace, work: (output: OutputFile) => Promise<void>): Promise<{ sizeBytes: number; sha256: string }> {
    const file = await open(place.temporary, "wx").catch((error: unknown) => { throw fromFileSystem(error, basename(place.final)); });
    const output = new OutputFile(file, place);
    try {
      try {
        await work(output);
        await file.sync().catch((error: unknown) => { throw fromFileSystem(error, basename(place.final)); });
      } finally {
        await file.close();
      }
    } catch (error) {
      await rm(place.temporary, { force: true });
      throw error;
    }
    return { sizeBytes: output.bytes, sha256: output.hash.digest("hex") };
  }

  async append(bytes: Uint8Array): Promise<void> {
    try {
      await writeWhole(this.file, bytes, this.bytes);
      this.unsynced += bytes.length;
      if (this.unsynced >= SYNC_EVERY) {
        await this.file.datasync();
        this.unsynced = 0;
      }
    } catch (error) {
      throw fromFileSystem(error, basename(this.place.final));
    }
    this.hash.update(bytes);
    this.bytes += bytes.length;
  }

  pad(bytes: number): Promise<void> {
    return bytes === 0 ? Promise.resolve() : this.append(new Uint8Array(bytes));
  }
}
