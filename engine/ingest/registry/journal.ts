import { copyFile, open, readFile, type FileHandle } from "node:fs/promises";
import writeFileAtomic from "write-file-atomic";
import { fromFileSystem } from "../../base/errors.ts";

export interface JournalStart<T> {
  /** What could be read, oldest first. */
  readonly lines: readonly T[];
  /** Where a copy of an unreadable file was put, with the number of its lines that were lost. */
  readonly setAside?: { readonly path: string; readonly lostLines: number };
}

/**
 * Reads a JSON Lines file. A torn last line is what a crash leaves and is dropped; any other line that is no JSON, or that `parse`
 * does not take, is left out, and the file is copied aside first. The file itself stays until it is replaced whole.
 */
export async function readJournal<T>(path: string, parse: (value: unknown) => T | undefined): Promise<JournalStart<T>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return { lines: [] };
    throw fromFileSystem(error, path);
  }
  const lines: T[] = [];
  let lostLines = 0;
  for (const line of text.slice(0, text.lastIndexOf("\n") + 1).split("\n")) {
    if (line === "") continue;
    const value = parseLine(line);
    const parsed = value === undefined ? undefined : parse(value);
    if (parsed === undefined) lostLines++;
    else lines.push(parsed);
  }
  if (lostLines === 0) return { lines };
  const aside = `${path}.unreadable-${new Date().toISOString().replaceAll(":", "-")}`;
  await copyFile(path, aside);
  return { lines, setAside: { path: aside, lostLines } };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // Counted by the caller, who keeps the original.
  }
}

interface Waiting {
  readonly text: string;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * An append-only JSON Lines file. `append` resolves when the lines are on the disk (fdatasync); appends made while a write is under
 * way share the next one. A write that fails half-way is cut off again, so that the file never holds half a line in its middle.
 */
export class Journal {
  private readonly path: string;
  private handle: FileHandle;
  private length: number;
  private waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;

  private constructor(path: string, handle: FileHandle, length: number) {
    this.path = path;
    this.handle = handle;
    this.length = length;
  }

  /** Replaces the file atomically by `lines` and opens it for appending. */
  static async start(path: string, lines: readonly object[]): Promise<Journal> {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    try {
      await writeFileAtomic(path, text);
      return new Journal(path, await open(path, "a"), Buffer.byteLength(text));
    } catch (error) {
      throw fromFileSystem(error, path);
    }
  }

  append(lines: readonly object[]): Promise<void> {
    if (lines.length === 0) return Promise.resolve();
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    const written = new Promise<void>((done, fail) => this.waiting.push({ text, done, fail }));
    this.writing ??= this.drain();
    return written;
  }

  async dispose(): Promise<void> {
    await this.writing;
    await this.handle.close();
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        await this.write(batch.map(({ text }) => text).join(""));
        for (const { done } of batch) done();
      } catch (error) {
        const told = fromFileSystem(error, this.path);
        for (const { fail } of batch) fail(told);
      }
    }
    this.writing = undefined;
  }

  private async write(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    try {
      await this.handle.appendFile(bytes);
      await this.handle.datasync();
      this.length += bytes.length;
    } catch (error) {
      await this.handle.truncate(this.length);
      throw error;
    }
  }
}
