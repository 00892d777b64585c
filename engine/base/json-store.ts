import { access, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { Emitter } from "./emitter.ts";
import { fromFileSystem, LorekeepError } from "./errors.ts";

/** Lifts the content of one version to the next. It sees the stored object without its `version`. */
export type Migration = (content: Record<string, unknown>) => Record<string, unknown>;

export interface JsonStoreOptions<T extends object> {
  readonly path: string;
  /** The content of the newest version, `version` not included. */
  readonly schema: z.ZodType<T>;
  /** Content of a store that was never written. */
  readonly defaults: () => T;
  /** `migrations[i]` lifts version i + 1 to i + 2; the newest version is `migrations.length + 1`. */
  readonly migrations?: readonly Migration[];
}

/** A file that could not be read, moved out of the way with every byte it had. */
export interface SetAside {
  readonly path: string;
  readonly movedTo: string;
  /** What is wrong with it, for a person. */
  readonly reason: string;
}

const versioned = z.looseObject({ version: z.number().int().positive() });

/**
 * One JSON file, validated by its schema, written atomically: `{ "version": n, ...content }`. Older versions are migrated on
 * opening, the file as it was stays beside it as `<path>.v<n>`. An unreadable file becomes `<path>.broken-<n>` and is reported in
 * {@link JsonStore.setAside}, never silently replaced.
 */
export class JsonStore<T extends object> {
  /** Set when opening found an unreadable file; the store then began with its defaults. */
  readonly setAside: SetAside | undefined;
  private readonly options: JsonStoreOptions<T>;
  private readonly changes = new Emitter<T>();
  private content: T;
  private tail: Promise<unknown> = Promise.resolve();

  private constructor(options: JsonStoreOptions<T>, content: T, setAside: SetAside | undefined) {
    this.options = options;
    this.content = content;
    this.setAside = setAside;
  }

  /**
   * Reads, migrates and validates. A missing file is not an error and is not created before the first update.
   * @throws LorekeepError UNSUPPORTED for a file of a newer version, READ_ONLY or NO_SPACE; other file-system errors as they are.
   */
  static async open<T extends object>(options: JsonStoreOptions<T>): Promise<JsonStore<T>> {
    const text = await readIfThere(options.path);
    if (text === undefined) return new JsonStore(options, options.defaults(), undefined);
    const read = parse(text, options);
    if ("reason" in read) return new JsonStore(options, options.defaults(), await moveAside(options.path, read.reason));
    const store = new JsonStore(options, read.content, undefined);
    if (read.from < newest(options)) {
      await keepOld(`${options.path}.v${read.from}`, text);
      await store.write(read.content);
    }
    return store;
  }

  /** The content as last read or written. Treat it as frozen; change it through {@link update}. */
  get value(): T {
    return this.content;
  }

  /**
   * Replaces the content by `change(content)`. Updates run one after the other; each resolves once its bytes are on disk. When
   * writing fails the content stays as it was.
   * @throws LorekeepError INVALID (the change breaks the schema), NO_SPACE, READ_ONLY; whatever `change` throws.
   */
  update(change: (content: T) => T): Promise<T> {
    const run = this.tail.then(async () => {
      const next = this.options.schema.safeParse(change(this.content));
      if (!next.success) throw new LorekeepError("INVALID", { reason: `This cannot be saved: ${z.prettifyError(next.error)}` }, { cause: next.error });
      await this.write(next.data);
      this.content = next.data;
      this.changes.emit(next.data);
      return next.data;
    });
    this.tail = run.catch(() => undefined); // The caller of the failed update is told; the next one must still run.
    return run;
  }

  /** Calls `listener` after each update that reached the disk. Returns the way to stop. */
  onChange(listener: (content: T) => void): () => void {
    return this.changes.listen(listener);
  }

  /** Resolves when every update so far is on disk. */
  async dispose(): Promise<void> {
    await this.tail;
  }

  private async write(content: T): Promise<void> {
    const { path } = this.options;
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFileAtomic(path, `${JSON.stringify({ version: newest(this.options), ...content }, null, 2)}\n`);
    } catch (error) {
      throw fromFileSystem(error, path);
    }
  }
}

function newest(options: { readonly migrations?: readonly Migration[] }): number {
  return (options.migrations?.length ?? 0) + 1;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw fromFileSystem(error, path);
  }
}

function parse<T extends object>(text: string, options: JsonStoreOptions<T>): { content: T; from: number } | { reason: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { reason: text.trim() === "" ? "The file is empty." : `The file is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const head = versioned.safeParse(json);
  if (!head.success) return { reason: "The file has no version number." };
  const { version, ...stored } = head.data;
  if (version > newest(options)) {
    throw new LorekeepError("UNSUPPORTED", {
      reason: `${options.path} was written by a newer Lorekeep (version ${version}, this one knows ${newest(options)}).`,
      next: "Update Lorekeep, or open another workspace.",
    });
  }
  return migrate(stored, version, options);
}

/** A migration that throws means the file is not what its version says: unreadable, so reported like the rest. */
function migrate<T extends object>(stored: Record<string, unknown>, version: number, options: JsonStoreOptions<T>): { content: T; from: number } | { reason: string } {
  let content = stored;
  try {
    for (const lift of (options.migrations ?? []).slice(version - 1)) content = lift(content);
  } catch (error) {
    return { reason: `The file could not be brought from version ${version} to ${newest(options)}: ${error instanceof Error ? error.message : String(error)}` };
  }
  const valid = options.schema.safeParse(content);
  return valid.success ? { content: valid.data, from: version } : { reason: z.prettifyError(valid.error) };
}

async function moveAside(path: string, reason: string): Promise<SetAside> {
  for (let n = 1; ; n++) {
    const movedTo = `${path}.broken-${n}`;
    if (await exists(movedTo)) continue;
    try {
      await rename(path, movedTo);
    } catch (error) {
      throw fromFileSystem(error, path);
    }
    return { path, movedTo, reason };
  }
}

/** The first copy wins: it is the one that was made before anything was changed. */
async function keepOld(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw fromFileSystem(error, path);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}
