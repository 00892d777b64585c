import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { lock } from "proper-lockfile";
import { z } from "zod";
import { fromFileSystem, LorekeepError } from "../base/errors.ts";

/** Who has the workspace open; written beside the lock so that a second start can say so. */
const holder = z.object({ pid: z.number().int(), host: z.string(), since: z.string() });

/** An open workspace: the folder, held by one engine at a time. */
export interface Workspace {
  readonly folder: string;
  dispose(): Promise<void>;
}

/** Milliseconds after which the lock of a process that vanished counts as free; refreshed at half of it. */
const STALE_MS = 10_000;

/**
 * Makes the folder if needed and takes its lock. A lock left by a killed process is recognised by its process id and taken over.
 * @throws LorekeepError WORKSPACE_BUSY, READ_ONLY, NO_SPACE.
 */
export async function openWorkspace(folder: string, host: string): Promise<Workspace> {
  try {
    await mkdir(folder, { recursive: true });
    const release = await takeLock(folder);
    await writeFile(holderPath(folder), JSON.stringify({ pid: process.pid, host, since: new Date().toISOString() } satisfies z.infer<typeof holder>));
    return {
      folder,
      dispose: async () => {
        await rm(holderPath(folder), { force: true });
        await release();
      },
    };
  } catch (error) {
    throw fromFileSystem(error, folder);
  }
}

const holderPath = (folder: string) => join(folder, "open-in.json");
const lockPath = (folder: string) => join(folder, "workspace.lock");

async function takeLock(folder: string): Promise<() => Promise<void>> {
  const options = { lockfilePath: lockPath(folder), stale: STALE_MS, update: STALE_MS / 2 };
  try {
    return await lock(folder, options);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ELOCKED")) throw error;
    const who = await readHolder(folder);
    if (who && isAlive(who.pid)) {
      throw new LorekeepError("WORKSPACE_BUSY", {
        reason: `This workspace is already open in another Lorekeep (${who.host}, process ${who.pid}).`,
        next: "Use the window that is open, close it first, or choose another workspace with --workspace.",
      });
    }
    await rm(lockPath(folder), { recursive: true, force: true });
    return lock(folder, options);
  }
}

async function readHolder(folder: string): Promise<z.infer<typeof holder> | undefined> {
  try {
    return holder.parse(JSON.parse(await readFile(holderPath(folder), "utf8")));
  } catch {
    return undefined; // Not there or torn: whoever wrote it is gone or has not got that far; the lock's age decides.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
