import { stat } from "node:fs/promises";
import { LRUCache } from "lru-cache";
import { fromFileSystem } from "../../base/errors.ts";
import { readRun, type RunContent } from "./run-file.ts";

/** Runs that are read at a glance, as the list of them is. */
const KEPT = 16;

/** Reads runs that are not under way, and keeps the last few for as long as their files stay as they are. */
export class RunReader {
  private readonly kept = new LRUCache<string, { stamp: string; content: RunContent | undefined }>({ max: KEPT });
  private readonly onNotice: (text: string) => void;

  constructor(onNotice: (text: string) => void) {
    this.onNotice = onNotice;
  }

  /** undefined where the file holds no run. */
  async read(path: string): Promise<RunContent | undefined> {
    const { mtimeMs, size } = await stat(path).catch((error: unknown) => { throw fromFileSystem(error, path); });
    const stamp = `${mtimeMs} ${size}`;
    const known = this.kept.get(path);
    if (known?.stamp === stamp) return known.content;
    const { content, lost } = await readRun(path);
    if (lost > 0) this.onNotice(`${lost} lines of the run ${path} could not be read; a copy was kept beside it.`);
    this.kept.set(path, { stamp, content });
    return content;
  }
}
