import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, describe, expect, test, vi } from "vitest";
import { buildFace } from "../../scripts/build.mjs";
import { fixture, projectRoot } from "../data.ts";
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
      await electron.evaluate(({ Menu, BrowserWindow }) => {
        const [window] = BrowserWindow.getAllWindows();
        const guide = Menu.getApplicationMenu()?.items.flatMap((item) => item.submenu?.items ?? []).find((item) => item.label === "User Guide");
        if (!window || !guide?.enabled) throw new Error("Help has no user guide.");
        guide.click(undefined, window, window.webContents);
      });
      await page.getByRole("main", { name: "User guide" }).getByRole("heading", { name: "First steps" }).waitFor();
      await page.getByRole("navigation", { name: "User guide" }).getByRole("link", { name: "Privacy" }).click();
      await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Privacy");
      await page.getByRole("navigation", { name: "Lorekeep" }).getByRole("link", { name: "Chat", exact: true }).click();
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

  test("answers from a PDF, shows the cited words on their page, and leaves no process behind", async () => {
    if (!existsSync(join(projectRoot, "out", "renderer", "index.html"))) await buildFace();
    const machine = await createMachine({ runtime: String(runtime.path), display: display as Display, face: true });
    const faults: string[] = [];
    let main: ChildProcess | undefined;
    try {
      const { electron, page } = await machine.launch([fixture("toy-world", "documents", "projects.pdf")]);
      main = electron.process();
      page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
      page.on("pageerror", (error) => faults.push(error.message));
      const ended = new Promise<string>((resolve) => main?.once("exit", (code, signal) => resolve(`ended: ${signal ?? code}`)));
      expect(await Promise.race([ended, askAndOpenCitation(page)]), "Electron's main process").toBe("asked");
      await electron.close();
      await expect.poll(() => machine.processes(), { timeout: 20_000 }).toEqual([]);
      expect(faults).toEqual([]);
    } finally {
      if (main?.exitCode === null && main.signalCode === null) main.kill("SIGKILL");
      await vi.waitUntil(() => machine.processes().length === 0, { timeout: 20_000 }); // They write into the folder until then.
      machine.remove();
    }
  }, 240_000);
});

/** Waits until the document given at the start is read, asks about it, and follows every citation to its page. */
async function askAndOpenCitation(page: Page): Promise<"asked"> {
  await page.getByText("1 document ready to answer from").waitFor({ timeout: 90_000 });
  await page.getByRole("radio", { name: "Quotes", exact: true }).click();
  await page.getByLabel("Your question").fill("When is the weekly meeting of Survey Sordan?");
  await page.getByLabel("Your question").press("Enter");
  const answer = page.locator("[data-role=assistant]");
  await answer.waitFor({ timeout: 60_000 });
  await expect.poll(() => answer.getAttribute("data-state"), { timeout: 60_000 }).toBe("complete");
  const chips = answer.locator("[data-citation]");
  const count = await chips.count();
  expect(count).toBeGreaterThan(0);
  for (let index = 0; index < count; index++) {
    const quote = await chips.nth(index).getAttribute("data-quote");
    expect(quote?.trim()).toBeTruthy();
    await chips.nth(index).click();
    const panel = page.locator("[data-source-panel]");
    await expect.poll(() => panel.getAttribute("data-highlight-text"), { timeout: 30_000 }).toBe(quote);
    expect(await panel.locator("h2").textContent()).toContain("Projects of the year");
    const picture = panel.locator("[data-page] img");
    await picture.waitFor({ timeout: 60_000 });
    await expect.poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth), { timeout: 60_000 }).toBeGreaterThan(100);
    await expect.poll(() => marksInside(panel), { timeout: 30_000 }).toBe("all");
  }
  return "asked";
}

/** Whether the marks of a shown page lie on its picture. */
async function marksInside(panel: Locator): Promise<"none" | "some" | "all"> {
  const picture = await panel.locator("[data-page] img").boundingBox();
  const boxes = await Promise.all((await panel.locator("[data-page] [data-highlight-rect]").all()).map((mark) => mark.boundingBox()));
  if (!picture || boxes.length === 0) return "none";
  const inside = boxes.filter((box) => box && box.width > 0 && box.height > 0 && box.x >= picture.x - 1 && box.y >= picture.y - 1 && box.x + box.width <= picture.x + picture.width + 1 && box.y + box.height <= picture.y + picture.height + 1);
  return inside.length === boxes.length ? "all" : "some";
}
