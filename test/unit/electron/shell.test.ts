import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { browserOpener } from "../../../cli/serve/announce.ts";
import { readArguments, workspaceKey } from "../../../electron/arguments.ts";
import { facePolicy, resolveFaceFile } from "../../../engine/base/face-files.ts";
import { fitToDisplays, readWindowState, writeWindowState, type WindowState } from "../../../electron/window-state.ts";

const folder = mkdtempSync(join(tmpdir(), "lorekeep-shell-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("where the window opens", () => {
  const laptop = { x: 0, y: 25, width: 1440, height: 875 };
  const beside = { x: 1440, y: 0, width: 1920, height: 1080 };
  const saved = (state: Partial<WindowState>): WindowState => ({ x: 100, y: 100, width: 1000, height: 700, maximized: false, ...state });

  test.each<[string, WindowState | undefined, readonly (typeof laptop)[], Partial<WindowState>]>([
    ["a first start: in the middle", undefined, [laptop], { x: 100, y: 53, width: 1240, height: 820, maximized: false }],
    ["as it was", saved({}), [laptop], saved({})],
    ["as it was, on the second screen", saved({ x: 1600, width: 1800 }), [laptop, beside], saved({ x: 1600, width: 1800 })],
    ["the second screen is gone: the usual place", saved({ x: 1600 }), [laptop], { x: 100, width: 1240 }],
    ["a corner is not enough to take hold of", saved({ x: -950 }), [laptop], { x: 100 }],
    ["hanging out to the right stays", saved({ x: 1200 }), [laptop], { x: 1200, width: 1000 }],
    ["title bar above the screen", saved({ y: -30 }), [laptop], { width: 1240 }],
    ["title bar under the menu bar comes down", saved({ y: 10 }), [laptop], { y: 25 }],
    ["larger than the screen shrinks", saved({ width: 5000, height: 5000 }), [laptop], { width: 1440, height: 875 }],
    ["smaller than useful grows", saved({ width: 10, height: 10, x: 200 }), [laptop], { width: 1240 }],
    ["maximized is kept even where the place is not", saved({ x: 9000, maximized: true }), [laptop], { maximized: true, width: 1240 }],
  ])("%s", (_, state, screens, expected) => {
    expect(fitToDisplays(state, screens)).toMatchObject(expected);
  });

  test("what is written is read; nonsense counts as a first start", () => {
    const path = join(folder, "deep", "window.json");
    expect(readWindowState(path)).toBeUndefined();
    writeWindowState(path, saved({ maximized: true }));
    expect(readWindowState(path)).toEqual(saved({ maximized: true }));
    for (const nonsense of ["", "{", "null", "7", '{"x":1}', '{"x":"1","y":1,"width":1,"height":1}', '{"x":1e400,"y":1,"width":1,"height":1}']) {
      writeFileSync(path, nonsense);
      expect(readWindowState(path), nonsense).toBeUndefined();
    }
  });
});

describe("the shell's command line", () => {
  const read = (argv: string[], environment: Record<string, string> = {}) => readArguments(argv, { cwd: folder, appPath: join(folder, "app"), environment });

  test("workspace: the option, else the environment, else the platform's place; relative ones count from where it was started", () => {
    expect(read(["--workspace", "here"]).workspace).toBe(join(folder, "here"));
    expect(read(["--workspace=here"], { LOREKEEP_WORKSPACE: "/elsewhere" }).workspace).toBe(join(folder, "here"));
    expect(read([], { LOREKEEP_WORKSPACE: "/elsewhere" }).workspace).toBe("/elsewhere");
    expect(read([], { LOREKEEP_WORKSPACE: "" }).workspace).toBe(read([], {}).workspace);
    for (const nothing of [["--workspace="], ["--workspace", ""], ["--workspace"]]) expect(read(nothing).workspace, "not the folder it was started in").toBe(read([]).workspace);
    expect(read([]).workspace).toMatch(/Lorekeep/);
  });

  test("existing paths are files to add; switches, the app's own folder and what is not there are not", () => {
    writeFileSync(join(folder, "a.txt"), "");
    expect(read(["--no-sandbox", "app", "a.txt", "missing.txt", "--inspect=0"]).paths).toEqual([join(folder, "a.txt")]);
  });

  test("every workspace has a key of its own", () => {
    expect(workspaceKey("/a")).not.toBe(workspaceKey("/b"));
    expect(workspaceKey("/a")).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe("the face's files", () => {
  test("the policy lets nothing remote in", () => {
    expect(facePolicy()).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(facePolicy()).toContain("script-src 'self';");
  });

  test("hashed assets count as unchanging, other files and folders do not", () => {
    writeFileSync(join(folder, "index.html"), "");
    expect(resolveFaceFile(folder, "/")).toMatchObject({ path: join(folder, "index.html"), immutable: false });
    mkdirSync(join(folder, "assets", "folder.js"), { recursive: true });
    writeFileSync(join(folder, "assets", "main-1a2b.js"), "");
    expect(resolveFaceFile(folder, "/assets/main-1a2b.js")).toMatchObject({ contentType: "text/javascript; charset=utf-8", immutable: true });
    for (const path of ["/index.html/", "/index.html/more.js", "/assets/folder.js", "/assets", "/none.js", ""]) expect(resolveFaceFile(folder, path), path).toBeUndefined();
  });
});

test.each<[NodeJS.Platform, NodeJS.ProcessEnv, string | undefined]>([
  ["darwin", {}, "open"],
  ["win32", {}, "rundll32"],
  ["linux", { PATH: process.env.PATH ?? "" }, undefined],
  ["linux", { DISPLAY: ":0", PATH: "/nowhere" }, undefined],
])("the browser of %s is opened with its own command", (platform, environment, command) => {
  expect(browserOpener(platform, environment)?.command).toBe(command);
});
