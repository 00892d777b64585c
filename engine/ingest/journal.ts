import { open, readFile, rename, type FileHandle } from "node:fs/promises";
import writeFileAtomic from "write-file-atomic";
import { fromFileSystem } from "../base/errors.ts";

export interface JournalStart {
  /** Lines that could be read, oldest first. */
  readonly lines: readonly unknown[];
  /** Where an unreadable original was put, with the number of its lines that were lost. */
  readonly setAside?: { readonly path: string; readonly lostLines: number };
  /** true where the file's last line was cut by a crash: nothing that anyone was told about is missing. */
  readonly torn: boolean;
}

/** Reads a JSON Lines file. A torn last line is what a crash leaves and is dropped; any other unreadable line sets the file aside. */
export async function readJournal(path: string): Promise<JournalStart> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return { lines: [], torn: false };
    throw fromFileSystem(error, path);
  }
  const complete = text.slice(0, text.lastIndexOf("\n") + 1);
  const lines: unknown[] = [];
  let lostLines = 0;
  for (const line of complete.split("\n")) {
    if (line === "") continue;
    const value = parseLine(line);
    if (value === undefined) lostLines++;
    else lines.push(value);
  }
  const torn = complete.length < text.length;
  if (lostLines === 0) return { lines, torn };
  const aside = `${path}.unreadable-${new Date().toISOString().replaceAll(":", "-")}`;
  await rename(path, aside);
  return { lines, torn, setAside: { path: aside, lostLines } };
}

function parseLine(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
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
