import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { fixture } from "../data.ts";
import { chromiumPath, noBrowser } from "./browser.ts";
import { servedLibrary } from "./library.ts";

describe.skipIf(chromiumPath() === undefined)(`the retrieval screen over the real engine (skipped where there is ${noBrowser})`, () => {
  const library = servedLibrary({ paths: [fixture("toy-world", "documents")] });
  const { journey } = library;

  const open = (page: Page) => page.getByRole("link", { name: "Retrieval" }).click();
  const cards = (page: Page, column = "Settings") => page.locator(`[data-column="${column}"] [data-passage]`);

  test("a question shows its passages with all scores, and other settings change the outcome at once", () => journey(async (page) => {
    await open(page);
    await page.getByRole("searchbox", { name: "Question" }).fill("Who leads Project Naldor?");
    await cards(page).first().waitFor();
    const first = cards(page).first();
    expect(await first.getAttribute("data-outcome")).toMatch(/used|merged/);
    for (const stage of ["lexical", "dense", "fused"]) expect(await first.locator(`[data-stage=${stage}]`).textContent()).toMatch(/\d/);
    const { candidates } = await library.engine.client.evaluation.probe({ question: "Who leads Project Naldor?" });
    expect(await cards(page).evaluateAll((all) => all.map((card) => card.getAttribute("data-passage")))).toEqual(candidates.slice(0, 20).map(({ passage }) => passage.id));
    // Also in a passage that is shown as part of another's source.
    expect(candidates[0]?.dropped?.reason).toBe("merged");
    expect(await first.locator("mark").textContent()).toMatch(/Project Naldor/);

    await page.getByRole("button", { name: "Compare settings" }).click();
    const sources = page.locator("[data-column=B]").getByRole("slider", { name: "Sources" });
    await sources.focus();
    await sources.press("Home");
    await expect.poll(() => cards(page, "B").evaluateAll((all) => all.filter((card) => card.getAttribute("data-outcome") === "used").length)).toBe(1);
    expect(await cards(page, "A").evaluateAll((all) => all.filter((card) => card.getAttribute("data-outcome") === "used").length)).toBeGreaterThan(1);
  }), 120_000);

  test("a passage is saved as the right answer, the set is run and measured, and deleted", () => journey(async (page) => {
    await open(page);
    await page.getByRole("searchbox", { name: "Question" }).fill("Who leads Project Naldor?");
    await cards(page).first().getByRole("button", { name: "Save as the right answer" }).click();
    await page.getByLabel("Name of the set").fill("Naldor");
    await page.getByRole("button", { name: "Save question" }).click();
    await expect.poll(async () => (await library.engine.client.evaluation.sets.list()).map(({ name, questions }) => [name, questions.length])).toEqual([["Naldor", 1]]);
    await page.getByRole("tab", { name: "Question sets" }).click();
    await page.locator("[data-set=Naldor]").getByRole("button", { name: "Run" }).click();
    const report = page.locator("[data-report=Naldor]");
    await report.waitFor();
    expect(await report.locator("[data-stage=fused] td").first().textContent()).toContain("1.000");
    await page.getByRole("button", { name: "Delete Naldor" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("No questions yet").waitFor();
  }), 120_000);

  test("from an answer: why was it not found, step by step, and the change that brings it in is tried with a click", () => journey(async (page) => {
    await page.getByLabel("Your question").fill("Who leads Project Naldor?");
    await page.getByLabel("Your question").press("Enter");
    const answer = page.locator("[data-role=assistant]").first();
    await answer.locator("[data-citation]").first().click();
    await page.getByRole("tab", { name: "How this answer was made" }).click();
    await page.locator("[data-why-phrase]").fill("Permit Malras");
    await page.getByRole("button", { name: "Find out", exact: true }).click();
    const walk = page.locator("[data-verdict]");
    await walk.waitFor();
    expect(await walk.locator("[data-step]").count()).toBeGreaterThanOrEqual(8);
    const before = await walk.getAttribute("data-verdict");
    expect(["beyond-sources", "not-among-candidates", "no-words-in-common"]).toContain(before);
    expect(await walk.locator("[data-change]").getAttribute("data-proved")).toBe("true");
    await walk.getByRole("button", { name: "Try it" }).click();
    await expect.poll(() => page.locator("[data-verdict]").getAttribute("data-verdict")).toMatch(/found|merged/);
    await page.reload();
    await page.locator("[data-verdict=found], [data-verdict=merged]").waitFor();
  }), 120_000);
});
