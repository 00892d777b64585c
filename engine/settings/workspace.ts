import { mkdir, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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

/** Milliseconds in which whoever has just taken the lock has also written down who it is; and between two looks. */
const NAMED_MS = 2000;
const LOOK_MS = 25;

/**
 * Makes the folder if needed and takes its lock. A lock left by a killed process is recognised by its process id and taken over. An engine whose
 * lock is taken away while it runs (it slept, or the folder is gone) ends with its process: two must not write.
 * @throws LorekeepError WORKSPACE_BUSY, READ_ONLY, NO_SPACE.
 */
export async function openWorkspace(folder: string, host: string): Promise<Workspace> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 }); // what is in it is its owner's alone; a folder that was there keeps its rights
    const release = await takeLock(folder);
    try {
      await writeFile(holderPath(folder), JSON.stringify({ pid: process.pid, host, since: new Date().toISOString() } satisfies z.infer<typeof holder>));
    } catch (error) {
      await release();
      throw error;
    }
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
  const options = { lockfilePath: lockPath(folder), stale: STALE_MS, update: STALE_MS / 2, onCompromised: (error: Error) => { throw lost(folder, error); } };
  for (const begun = performance.now(); ; await sleep(LOOK_MS)) {
    const who = await readHolder(folder);
    const there = who !== undefined && isAlive(who.pid);
    // Of several that find a dead holder, the one that takes its name away removes its lock, and none removes the lock that follows.
    if (who && !there && (await unlink(holderPath(folder)).then(() => true, () => false))) await rm(lockPath(folder), { recursive: true, force: true });
    try {
      return await lock(folder, options);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ELOCKED")) throw error;
    }
    if (there) throw busy(`is already open in another Lorekeep (${who.host}, process ${who.pid})`, "Use the window that is open, close it first, or choose another workspace with --workspace.");
    if (performance.now() - begun > NAMED_MS) throw busy("is being opened or closed by another Lorekeep at this moment", "Try again in a few seconds.");
  }
}

const busy = (how: string, next: string) => new LorekeepError("WORKSPACE_BUSY", { reason: `This workspace ${how}.`, next });
const lost = (folder: string, cause: Error) => new LorekeepError("WORKSPACE_BUSY", { reason: `The workspace ${folder} was taken over by another Lorekeep while this one slept, or its folder is gone. This one ends.`, next: "Start Lorekeep again." }, { cause });

async function readHolder(folder: string): Promise<z.infer<typeof holder> | undefined> {
  try {
    return holder.parse(JSON.parse(await readFile(holderPath(folder), "utf8")));
  } catch {
    return undefined; // Not there or torn: whoever has the lock is writing it down or letting go; or it is gone, and the lock's age decides.
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
