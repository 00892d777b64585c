import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { browserFor, journeys } from "./screens.ts";

describe.skipIf(!browserFor("Compare"))("compare", () => {
  const journey = journeys();
  const column = (page: Page, place: number) => page.locator(`[data-contender="${place}"]`);
  const ask = async (page: Page, text: string) => {
    await page.getByLabel("Your message").fill(text);
    await page.keyboard.press("Enter");
  };
  const pictures = process.env.LOREKEEP_PICTURES;
  const picture = async (page: Page, name: string) => { if (pictures) await page.screenshot({ path: `${pictures}/${name}.png` }); };

  test("asks every corner, shows figures and sources, keeps the choice, goes on in the chat", () => journey({ at: "compare" }, async (page, fake) => {
    await ask(page, "How long is the coast that was surveyed?");
    for (const [place, name] of ["Base", "Documents", "Fine-tune", "Hybrid"].entries()) await column(page, place).getByRole("heading", { name }).waitFor();
    await page.getByRole("group", { name: "Your choice" }).waitFor();
    await picture(page, "compare-light");
    expect(await column(page, 1).locator("[data-source]").count()).toBeGreaterThan(0);
    expect(await column(page, 1).textContent()).toMatch(/First word.*tokens\/s/);
    await column(page, 1).getByRole("button", { name: /\d sources?/ }).click();
    await page.getByRole("complementary", { name: "Sources and trace" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("switch", { name: "Mark what is not in A" }).click();
    expect(await column(page, 1).locator("mark[data-own]").count()).toBeGreaterThan(0);
    expect(await column(page, 0).locator("mark[data-own]").count()).toBe(0);
    await picture(page, "compare-marked");
    await column(page, 1).getByRole("button", { name: "This one is better" }).click();
    await column(page, 1).getByText("better", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Standings" }).click();
    await page.getByRole("row", { name: "Documents 1 0 1" }).waitFor();
    await page.keyboard.press("Escape");
    const [conversation] = [...fake.world.conversations.values()].filter(({ title }) => title.startsWith("How long is the coast"));
    expect(conversation?.tree.filter(({ role }) => role === "user")).toHaveLength(1);
    expect(conversation?.tree).toHaveLength(5);
    await page.reload();
    await column(page, 1).getByText("better", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Go on in the chat" }).click();
    await page.getByRole("group", { name: "Versions of this answer" }).waitFor();
  }));

  test("figures of neighbours begin on one line, however many lines a name takes; a comparison is removed only after a word", () => journey({ at: "compare", seed: (world) => { for (const item of world.models) if (item.id === "a-voice") item.name = "Archive voice, trained on three years of letters and minutes"; } }, async (page) => {
    await ask(page, "How long is the coast that was surveyed?");
    await page.getByRole("group", { name: "Your choice" }).waitFor();
    const tops = (what: string) => page.locator(`[data-contender] ${what}`).evaluateAll((all) => [...new Set(all.map((one) => Math.round(one.getBoundingClientRect().top)))]);
    const heights = await page.locator("[data-contender] dl").evaluateAll((all) => new Set(all.map((one) => one.getBoundingClientRect().height)).size);
    expect(heights).toBeGreaterThan(1);
    expect([(await tops("dl")).length, (await tops("[role=region]")).length]).toEqual([1, 1]);
    await page.getByRole("button", { name: "Earlier (1)" }).click();
    await page.getByRole("button", { name: /^Remove the comparison/ }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: /^Remove the comparison/ }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
    await page.getByText("Which way answers better?").waitFor();
  }));

  test("a fresh installation is shown the way to a model and to documents, here and in Retrieval", () => journey({ at: "compare", empty: true, noModels: true }, async (page) => {
    await page.getByText("Comparing needs a model").waitFor();
    await page.getByRole("button", { name: "Add documents" }).waitFor();
    await page.getByRole("button", { name: "Add a model" }).click();
    await page.getByText("No models yet").waitFor();
    await page.getByRole("link", { name: "Retrieval" }).click();
    await page.getByText("There are no documents to search yet").waitFor();
    await page.getByRole("button", { name: "Add documents" }).click();
    await page.getByText("Your library is empty").waitFor();
  }));

  test("blind hides names, sources and speeds until the choice", () => journey({ at: "compare" }, async (page) => {
    await page.getByRole("button", { name: "Fine-tune", exact: true }).click();
    await page.getByRole("button", { name: "Hybrid", exact: true }).click();
    await page.getByRole("switch", { name: /Blind/ }).click();
    await ask(page, "How long is the coast that was surveyed?");
    await page.getByRole("group", { name: "Your choice" }).waitFor();
    const shown = await page.locator("[data-contender]").allTextContents();
    expect(shown.join(" ")).not.toMatch(/Base|Documents|tokens\/s|source/);
    expect(await page.locator("[data-contender] [data-source]").count()).toBe(0);
    await picture(page, "compare-blind");
    await column(page, 0).getByRole("button", { name: "This one is better" }).click();
    await expect.poll(async () => (await page.locator("[data-contender] h2").allTextContents()).sort()).toEqual(["Base", "Documents"]);
    await page.getByText("Kept, chosen blind.").waitFor();
  }));

  test("a contender of one's own, stopping, and the dark and narrow window", () => journey({ at: "compare", tokenMs: 40, context: { colorScheme: "dark", viewport: { width: 800, height: 900 } } }, async (page) => {
    for (const name of ["Base", "Documents", "Hybrid"]) await page.getByRole("button", { name, exact: true }).click();
    await page.getByText("Choose at least two.").waitFor();
    await page.getByRole("button", { name: "Model or version" }).click();
    const own = page.getByRole("dialog", { name: "Add a model or version" });
    await own.getByRole("radio", { name: "Base" }).click();
    await own.getByRole("button", { name: /^Model:/ }).click();
    await page.getByRole("option", { name: /Qwen3 4B Instruct/ }).click();
    await own.getByRole("button", { name: "Add", exact: true }).click();
    await ask(page, "A slow question");
    await column(page, 0).getByText("slow").or(column(page, 0).locator("p")).first().waitFor();
    await column(page, 1).getByRole("heading", { name: "Base · Qwen3 4B Instruct" }).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("button", { name: "Ask", exact: true }).waitFor();
    await column(page, 0).locator("p", { hasText: /\S/ }).first().waitFor();
    await column(page, 1).getByText("Not answered: the comparison ended before its turn.").waitFor();
    expect(await page.getByRole("group", { name: "Your choice" }).count()).toBe(0);
    await picture(page, "compare-dark-800");
  }));
});
