import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import picomatch from "picomatch";
import type { DocumentReason } from "../../contract/document.ts";
import { reasonOf } from "../registry/reasons.ts";

/** A file as the disk has it. */
export interface FoundFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export interface Skipped {
  readonly path: string;
  readonly reason: DocumentReason;
}

export interface Scan {
  readonly files: readonly FoundFile[];
  readonly skipped: readonly Skipped[];
  /** The folders among the paths that were asked for. */
  readonly folders: readonly string[];
}

/** File-system calls side by side: enough to hide their latency, few enough for any limit of open files. */
const SIDE_BY_SIDE = 32;

/** Is this path below `folder` left out? Hidden names and the person's globs, matched against each name and the path below the folder. */
export function ignoring(globs: readonly string[]): (folder: string, path: string) => boolean {
  const matches = picomatch([...globs], { dot: true, nocase: true });
  return (folder, path) => {
    const below = relative(folder, path);
    if (below === "") return false;
    return below.split(sep).some((name) => name.startsWith(".") || matches(name)) || matches(below.split(sep).join("/"));
  };
}

/**
 * Files and folders (recursively) to a list of files. Files that are named are taken even if they are hidden; links are followed,
 * each real folder once. What is not there or may not be read is skipped with its reason.
 */
export async function scan(paths: readonly string[], options: { ignore: readonly string[]; signal?: AbortSignal }): Promise<Scan> {
  const state = { files: new Map<string, FoundFile>(), skipped: [] as Skipped[], folders: [] as string[], visited: new Set<string>() };
  const ignored = ignoring(options.ignore);
  await eachOf([...new Set(paths.map((path) => resolve(path)))], async (path) => {
    options.signal?.throwIfAborted();
    try {
      const found = await stat(path);
      if (found.isFile()) state.files.set(path, fileOf(path, found));
      else if (found.isDirectory()) state.folders.push(path);
      else state.skipped.push({ path, reason: { code: "unsupported", message: "This is neither a file nor a folder." } });
    } catch (error) {
      state.skipped.push({ path, reason: reasonOf(error) });
    }
  });
  for (const folder of state.folders) await walk(folder, folder, { ...options, ignored, state });
  return { files: [...state.files.values()], skipped: state.skipped, folders: state.folders };
}

interface Walk {
  readonly ignored: ReturnType<typeof ignoring>;
  readonly signal?: AbortSignal;
  readonly state: { files: Map<string, FoundFile>; skipped: Skipped[]; visited: Set<string> };
}

async function walk(root: string, folder: string, options: Walk): Promise<void> {
  options.signal?.throwIfAborted();
  const { state } = options;
  let entries: Dirent[];
  try {
    const real = await realpath(folder);
    if (state.visited.has(real)) return;
    state.visited.add(real);
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    state.skipped.push({ path: folder, reason: reasonOf(error) });
    return;
  }
  const folders: string[] = [];
  await eachOf(entries.filter(({ name }) => !options.ignored(root, join(folder, name))), async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return void folders.push(path);
    if (!entry.isFile() && !entry.isSymbolicLink()) return;
    try {
      const found = await stat(path);
      if (found.isDirectory()) folders.push(path);
      else if (found.isFile()) state.files.set(path, fileOf(path, found));
    } catch (error) {
      state.skipped.push({ path, reason: reasonOf(error) });
    }
  });
  for (const below of folders.sort()) await walk(root, below, options);
}

/** A file's size and time now; undefined when it is not there (or no file). */
export async function lookAt(path: string): Promise<FoundFile | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? fileOf(path, found) : undefined;
  } catch {
    return undefined; // Whoever needs the reason reads the file and gets it.
  }
}

const fileOf = (path: string, { size, mtimeMs }: { size: number; mtimeMs: number }): FoundFile => ({ path, sizeBytes: size, modifiedMs: mtimeMs });

export const nameOf = (path: string): string => basename(path);

/** Runs `work` for every item, a bounded number at a time, and waits for all. The first failure is thrown after the rest has stopped starting. */
export async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const runner = async () => {
    while (next < items.length) {
      const item = items[next++] as T; // next < length: it is there.
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, items.length) }, runner));
}
