import { mkdir, open, readFile, rename, rm, truncate } from "node:fs/promises";
import { dirname } from "node:path";
import { fromFileSystem } from "../../base/errors.ts";
import { Mutex } from "../../base/mutex.ts";
import type { ConversationRecord } from "./records.ts";

/**
 * One conversation's file of JSON Lines. Lines are only ever added, each with its line break in one write and forced to the disk, so a
 * crash can leave at most a last line without its end; that rest is cut off before the next line is added.
 */
export class ConversationFile {
  readonly path: string;
  private readonly line = new Mutex();
  private mended = false;

  constructor(path: string) {
    this.path = path;
  }

  /** The content, or undefined where there is no file. */
  async read(): Promise<string | undefined> {
    try {
      return await readFile(this.path, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** @throws LorekeepError NO_SPACE, READ_ONLY; a line half written to a full disk is cut off again by the next call */
  append(...records: readonly ConversationRecord[]): Promise<void> {
    return this.line.run(undefined, async () => {
      try {
        await mkdir(dirname(this.path), { recursive: true });
        if (!this.mended) await this.cutTornLine();
        this.mended = false;
        await writeThrough(this.path, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
        this.mended = true;
      } catch (error) {
        throw fromFileSystem(error, this.path);
      }
    });
  }

  /** Waits for lines on their way, then deletes the file. */
  remove(): Promise<void> {
    return this.line.run(undefined, () => rm(this.path, { force: true }));
  }

  /** Moves the file out of the way with every byte it has. @returns where it lies now */
  async setAside(): Promise<string> {
    const aside = `${this.path}.unreadable-${new Date().toISOString().replace(/[:.]/g, "-")}`;
    await rename(this.path, aside);
    return aside;
  }

  private async cutTornLine(): Promise<void> {
    const content = await this.read();
    if (content === undefined || content === "" || content.endsWith("\n")) return;
    await truncate(this.path, Buffer.byteLength(content.slice(0, content.lastIndexOf("\n") + 1)));
  }
}

async function writeThrough(path: string, text: string): Promise<void> {
  const file = await open(path, "a");
  try {
    await file.appendFile(text);
    await file.datasync();
  } finally {
    await file.close();
  }
}
