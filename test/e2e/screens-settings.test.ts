import { describe, expect, test } from "vitest";
import { enrich } from "../fakes/rich-library.ts";
import { browserFor, journeys, rows } from "./screens.ts";

describe.skipIf(!browserFor("settings and all screens"))("settings and all screens", () => {
  const journey = journeys();
  test("a field saves when it is left, refuses what cannot be, and goes back to its default", () => journey({ at: "settings/answers" }, async (page, fake) => {
    const sources = page.locator("[data-field='answers.sources']");
    await sources.fill("500");
    await sources.press("Enter");
    await page.getByRole("alert").getByText("Between 1 and 50.").waitFor();
    expect(fake.world.settings.answers.sources).toBe(6);
    await sources.fill("9");
    await sources.blur();
    await expect.poll(() => fake.world.settings.answers.sources).toBe(9);
    await page.getByRole("alert").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Reset Sources per answer to its default" }).click();
    await expect.poll(() => fake.world.settings.answers.sources).toBe(6);
    await expect.poll(() => sources.inputValue()).toBe("6");
  }));

  test("an optional number is set, and unset by emptying it; other knobs stay", () => journey({ at: "settings/answers" }, async (page, fake) => {
    const set = async (field: string, text: string) => { await page.locator(`[data-field='${field}']`).fill(text); await page.keyboard.press("Enter"); };
    await set("answers.sampling.temperature", "0,7");
    await set("answers.sampling.seed", "11");
    await expect.poll(() => fake.world.settings.answers.sampling).toEqual({ temperature: 0.7, seed: 11 });
    await set("answers.sampling.temperature", "");
    await expect.poll(() => fake.world.settings.answers.sampling).toEqual({ seed: 11 });
    await page.goto(page.url().replace("answers", "models"));
    await set("models.threads", "4");
    await expect.poll(() => fake.world.settings.models.threads).toBe(4);
    await set("models.threads", "");
    await expect.poll(() => fake.world.settings.models.threads).toBeUndefined();
  }));

  test("an installed reranker can be chosen, then its limits be set, and none again", () => journey({ at: "settings/answers" }, async (page, fake) => {
    const choose = async (name: string) => { await page.getByRole("combobox", { name: "Reranker" }).click(); await page.getByRole("option", { name, exact: true }).click(); };
    await page.getByRole("combobox", { name: "Reranker" }).waitFor();
    expect(await page.locator("[data-field='search.rerankBudgetMs']").count()).toBe(0);
    await choose("BGE reranker v2 M3");
    await expect.poll(() => fake.world.settings.search.reranker).toBe("r-bge");
    await page.locator("[data-field='search.rerankBudgetMs']").fill("800");
    await page.keyboard.press("Enter");
    await expect.poll(() => fake.world.settings.search.rerankBudgetMs).toBe(800);
    await choose("None");
    await expect.poll(() => fake.world.settings.search.reranker).toBe("");
    await page.goto(page.url().replace("settings/answers", "models"));
    await page.getByRole("region", { name: "Rerankers" }).getByText("Sorts found passages again.").waitFor();
    expect(await page.getByRole("article", { name: "BGE reranker v2 M3" }).getByRole("button", { name: "Load" }).count()).toBe(0);
  }));

  test("what was typed is kept when a shortcut takes the screen away", () => journey({ at: "settings/answers" }, async (page, fake) => {
    await page.getByLabel("System prompt").fill("Antworte kurz.");
    await page.keyboard.press("Alt+2");
    await rows(page).first().waitFor();
    await expect.poll(() => fake.world.settings.answers.systemPrompt).toBe("Antworte kurz.");
  }));

  test("theme and text size show at once, and the table's rows grow with it", () => journey({ at: "settings/appearance", many: 60 }, async (page, fake) => {
    await page.getByRole("radio", { name: "Dark" }).click();
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
    await page.getByRole("slider", { name: "Text size" }).press("End");
    await expect.poll(() => fake.world.settings.appearance.textSize).toBe(22);
    await page.goto(page.url().replace("settings/appearance", "library"));
    await rows(page).first().waitFor();
    const clipped = await rows(page).first().evaluate((element) => [...element.querySelectorAll<HTMLElement>("[role=gridcell]")].filter((cell) => cell.scrollHeight > cell.clientHeight + 1).map((cell) => cell.textContent));
    expect(clipped).toEqual([]);
    expect((await rows(page).first().boundingBox())?.height).toBeGreaterThan(60);
  }));

  test("the ledger, the workers and the notices", () => journey({ at: "settings/network" }, async (page) => {
    await page.getByRole("table").getByText("https://hub.example.org/file").waitFor();
    await page.getByRole("link", { name: "About" }).click();
    await page.getByText("killed (SIGKILL)").waitFor();
    await page.getByText("/home/ada/Lorekeep").waitFor();
    await page.getByRole("list", { name: "Notices" }).getByRole("button", { name: "Dismiss" }).click();
    await page.getByRole("list", { name: "Notices" }).waitFor({ state: "detached" });
  }));

  test.each(["library", "models", "models/fine-tunes", "models/catalogue", "retrieval", "compare", "evaluate", "evaluate/sets", "guide", "settings/answers", "settings/network", "settings/about"])("%s at 800 pixels: nothing is wider than the window, every control has a name", (at) => journey({ at, context: { viewport: { width: 800, height: 700 } }, seed: (world) => enrich(world, 60) }, async (page) => {
    await page.getByRole("main").locator("h1, h2").first().waitFor();
    await page.waitForTimeout(300);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(800);
    const outside = await page.evaluate(() => [...document.querySelectorAll("main button, main input, main a")].filter((element) => { const box = element.getBoundingClientRect(); return box.width > 0 && box.right > 801; }).map((element) => element.outerHTML.slice(0, 120)));
    expect(outside).toEqual([]);
    const nameless = await page.evaluate(() => [...document.querySelectorAll<HTMLElement>("button, [role=switch], [role=checkbox]")].filter((element) => !(element.getAttribute("aria-label") ?? element.textContent)?.trim() && !(element.id && document.querySelector(`label[for="${CSS.escape(element.id)}"]`))).map((element) => element.outerHTML.slice(0, 120)));
    expect(nameless).toEqual([]);
  }));
});
