import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { LRUCache } from "lru-cache";
import { fromFileSystem, LorekeepError } from "../../base/errors.ts";
import { extraction as extractionSchema, type Extraction } from "../../contract/document.ts";

const zip = promisify(gzip);
const unzip = promisify(gunzip);
const ENDING = ".json.gz";

/** What the reader found in every indexed document, kept so that a passage can be shown in its document without reading it again. */
export class ExtractionShelf {
  private readonly folder: string;
  /** Counts what was replaced or removed: what was read from the disk meanwhile may be the one before. */
  private changes = 0;
  private readonly recent = new LRUCache<string, Extraction>({ max: 4 });

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** `<workspace>/extractions/<documentId>.json.gz`. */
  static async open(workspace: string): Promise<ExtractionShelf> {
    const folder = join(workspace, "extractions");
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      throw fromFileSystem(error, folder);
    }
    return new ExtractionShelf(folder);
  }

  /** Packed early, so that what waits for the embedder is small. */
  pack(extraction: Extraction): Promise<Buffer> {
    return zip(JSON.stringify(extraction), { level: 4 });
  }

  /** Replaces the kept extraction at once or not at all. */
  async keep(id: string, packed: Buffer): Promise<void> {
    const path = this.pathOf(id);
    try {
      await writeFile(`${path}.next`, packed);
      await rename(`${path}.next`, path);
    } catch (error) {
      throw fromFileSystem(error, path);
    }
    this.forget(id);
  }

  async read(id: string): Promise<Extraction> {
    const known = this.recent.get(id);
    if (known) return known;
    const before = this.changes;
    try {
      const value: unknown = JSON.parse((await unzip(await readFile(this.pathOf(id)))).toString());
      const read = extractionSchema.parse(value);
      if (this.changes === before) this.recent.set(id, read);
      return read;
    } catch (error) {
      throw new LorekeepError("NOT_FOUND", { reason: "The text of this document is not there.", next: "Retry the document: it is read again." }, { cause: error });
    }
  }

  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await rm(this.pathOf(id), { force: true });
      this.forget(id);
    }
  }

  private forget(id: string): void {
    this.changes++;
    this.recent.delete(id);
  }

  /** Takes away what belongs to no document and what a crash left half-written; returns the ids that are there. */
  async sweep(isKnown: (id: string) => boolean): Promise<ReadonlySet<string>> {
    const there = new Set<string>();
    for (const name of await readdir(this.folder)) {
      const id = name.slice(0, -ENDING.length);
      if (name.endsWith(ENDING) && isKnown(id)) there.add(id);
      else await rm(join(this.folder, name), { force: true });
    }
    return there;
  }

  private pathOf(id: string): string {
    return join(this.folder, `${id}${ENDING}`);
  }
}
