import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { openWorkspace } from "../../../engine/settings/workspace.ts";

const folders: string[] = [];
const temporary = () => {
  const folder = mkdtempSync(join(tmpdir(), "lorekeep-workspace-"));
  folders.push(folder);
  return folder;
};
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

test("a second engine is told who has the workspace, and gets it once the first has closed", async () => {
  const folder = temporary();
  const first = await openWorkspace(folder, "test");
  await expect(openWorkspace(folder, "cli")).rejects.toMatchObject({ code: "WORKSPACE_BUSY", message: expect.stringContaining(String(process.pid)) as string });
  await first.dispose();
  const second = await openWorkspace(folder, "cli");
  await second.dispose();
});

test("the lock of a killed process is taken over at once", async () => {
  const folder = temporary();
  const dead = spawnSync(process.execPath, ["-e", "0"]).pid;
  mkdirSync(join(folder, "workspace.lock"));
  writeFileSync(join(folder, "open-in.json"), JSON.stringify({ pid: dead, host: "cli", since: new Date().toISOString() }));
  const workspace = await openWorkspace(folder, "test");
  await workspace.dispose();
});

test("a folder that cannot be made is a typed error", async () => {
  const file = join(temporary(), "a-file");
  writeFileSync(file, "");
  await expect(openWorkspace(join(file, "inside"), "test")).rejects.toThrow();
});
