import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { LRUCache } from "lru-cache";
import { fromFileSystem, LorekeepError } from "../../base/errors.ts";
import { readRun, type RunContent } from "./run-file.ts";

/** Runs that are kept in memory, as a list of them shows. */
const KEPT = 16;

/** The files of the runs that are not under way. */
export class RunFolder {
  private readonly kept = new LRUCache<string, { stamp: string; content: RunContent | undefined }>({ max: KEPT });
  private readonly folder: string;
  private readonly onNotice: (text: string) => void;

  constructor(folder: string, onNotice: (text: string) => void) {
    this.folder = folder;
    this.onNotice = onNotice;
  }

  path(id: string): string {
    return join(this.folder, `${id}.jsonl`);
  }

  async ids(): Promise<string[]> {
    try {
      return (await readdir(this.folder)).filter((name) => name.endsWith(".jsonl")).map((name) => name.slice(0, -".jsonl".length));
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
      throw fromFileSystem(error, this.folder);
    }
  }

  /** The path of a run that is there. @throws LorekeepError NOT_FOUND */
  async existing(id: string): Promise<string> {
    if (!(await this.ids()).includes(id)) throw noSuchRun();
    return this.path(id);
  }

  /** Kept for as long as the file stays as it is. @throws LorekeepError NOT_FOUND */
  async content(id: string): Promise<RunContent> {
    const path = await this.existing(id);
    const { mtimeMs, size } = await stat(path).catch((error: unknown) => { throw fromFileSystem(error, path); });
    const stamp = `${mtimeMs} ${size}`;
    const known = this.kept.get(path);
    const content = known?.stamp === stamp ? known.content : await this.read(path, stamp);
    if (!content) throw noSuchRun();
    return content;
  }

  private async read(path: string, stamp: string): Promise<RunContent | undefined> {
    const { content, lost } = await readRun(path);
    if (lost > 0) this.onNotice(`${lost} lines of the run ${path} could not be read; a copy was kept beside it.`);
    if (!content) this.onNotice(`${path} holds no run that this version can read.`);
    this.kept.set(path, { stamp, content });
    return content;
  }
}

export const noSuchRun = (): LorekeepError => new LorekeepError("NOT_FOUND", { reason: "There is no such run.", field: "id" });
