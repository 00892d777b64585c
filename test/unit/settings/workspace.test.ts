import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { LorekeepError } from "../../../engine/base/errors.ts";
import { openWorkspace } from "../../../engine/settings/workspace.ts";

const folders: string[] = [];
const temporary = () => {
  const folder = mkdtempSync(join(tmpdir(), "lorekeep-workspace-"));
  folders.push(folder);
  return folder;
};
function leftByTheDead(folder: string): void {
  const dead = spawnSync(process.execPath, ["-e", "0"]).pid;
  mkdirSync(join(folder, "workspace.lock"));
  writeFileSync(join(folder, "open-in.json"), JSON.stringify({ pid: dead, host: "cli", since: new Date().toISOString() }));
}
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

test("a second engine is told who has the workspace, and gets it once the first has closed", async () => {
  const folder = temporary();
  const first = await openWorkspace(folder, "test");
  await expect(openWorkspace(folder, "cli")).rejects.toMatchObject({ code: "WORKSPACE_BUSY", message: expect.stringContaining(String(process.pid)) as string });
  await first.dispose();
  const second = await openWorkspace(folder, "cli");
  await second.dispose();
});

test("of two that open it at the same moment one gets it, also where a killed process has left its lock", async () => {
  for (const left of [false, true]) {
    const folder = temporary();
    if (left) leftByTheDead(folder);
    const tried = await Promise.allSettled(["a", "b", "c"].map((host) => openWorkspace(folder, host)));
    const [got, ...more] = tried.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(more).toEqual([]);
    expect(tried.filter((one) => one.status === "rejected").map(({ reason }) => (reason as LorekeepError).code)).toEqual(["WORKSPACE_BUSY", "WORKSPACE_BUSY"]);
    await got?.dispose();
  }
});

test("a lock that nobody has put a name to is not taken away: the other may be just about to", async () => {
  const folder = temporary();
  mkdirSync(join(folder, "workspace.lock"));
  await expect(openWorkspace(folder, "cli")).rejects.toMatchObject({ code: "WORKSPACE_BUSY", details: { next: "Try again in a few seconds." } });
  const waiting = openWorkspace(folder, "cli");
  setTimeout(() => rmSync(join(folder, "workspace.lock"), { recursive: true }), 200); // The other lets go.
  await (await waiting).dispose();
});

test("the lock of a killed process is taken over at once", async () => {
  const folder = temporary();
  leftByTheDead(folder);
  const workspace = await openWorkspace(folder, "test");
  await workspace.dispose();
});

test.skipIf(process.platform === "win32")("a folder that it makes is its owner's alone; one that is there keeps its rights", async () => {
  const [made, shared] = [join(temporary(), "made"), temporary()];
  chmodSync(shared, 0o750);
  for (const folder of [made, shared]) await (await openWorkspace(folder, "test")).dispose();
  expect([made, shared].map((folder) => (statSync(folder).mode & 0o777).toString(8))).toEqual(["700", "750"]);
});

test("a folder that cannot be made is a typed error", async () => {
  const file = join(temporary(), "a-file");
  writeFileSync(file, "");
  await expect(openWorkspace(join(file, "inside"), "test")).rejects.toThrow();
});
