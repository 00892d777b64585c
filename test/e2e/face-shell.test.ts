import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { buildFace } from "../../scripts/build.mjs";
import { projectRoot } from "../data.ts";
import { createMachine, electronRuntime, startDisplay, type Display } from "./electron-app.ts";

const runtime = electronRuntime();
const display: Display | undefined = runtime.path === undefined ? undefined : await startDisplay();
const missing = runtime.path === undefined ? runtime.why : display === undefined ? "no display, and Xvfb is not installed" : undefined;
afterAll(() => display?.stop());

if (missing !== undefined) test("the face in the shell", ({ skip }) => skip(missing));

describe.skipIf(missing !== undefined)("the face in the shell", () => {
  test("starts, shows every screen, and picks up a new engine", async () => {
    if (!existsSync(join(projectRoot, "out", "renderer", "index.html"))) await buildFace();
    const machine = await createMachine({ runtime: String(runtime.path), display: display as Display, face: true });
    const faults: string[] = [];
    try {
      const { electron, page } = await machine.launch();
      page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
      page.on("pageerror", (error) => faults.push(error.message));
      await page.getByRole("heading", { name: "Drop a folder here" }).waitFor({ timeout: 30_000 });
      for (const name of ["Library", "Models", "Settings", "Chat"]) {
        await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
        await page.getByRole("main", { name }).waitFor();
      }
      const engine = machine.processes().find(({ command }) => /child\.mjs .*engine-host|Lorekeep engine/.test(command));
      if (!engine) throw new Error("There is no engine process.");
      process.kill(engine.pid, "SIGKILL");
      // A search asks the engine, so it is answered only once the new one is reached.
      await page.getByRole("searchbox", { name: "Search conversations" }).fill("nothing like this");
      await page.getByRole("heading", { name: "Nothing found" }).waitFor({ timeout: 30_000 });
      await electron.close();
      expect(faults).toEqual([]);
    } finally {
      machine.remove();
    }
  }, 120_000);
});
