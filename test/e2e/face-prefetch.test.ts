import { describe, expect, test } from "vitest";
import { browserFor, journeys } from "./screens.ts";

describe.skipIf(!browserFor("searching ahead"))("searching ahead of the question", () => {
  const journey = journeys();

  test("a pause searches for what was typed, before it is asked", () => journey({ at: "chat" }, async (page, fake) => {
    const box = page.getByLabel("Your question");
    await box.fill("Where does the whale");
    await expect.poll(() => fake.world.prefetched.map(({ text }) => text)).toEqual(["Where does the whale"]);
    expect(await page.locator("[data-role=assistant]").count()).toBe(0);
    await box.press("Enter");
    await page.locator("[data-role=assistant]").first().waitFor();
    expect(fake.world.prefetched).toHaveLength(1);
  }));

  test("typing on takes it back, and searches again for the whole", () => journey({ at: "chat", seed: (world) => { world.prefetchMs = 60_000; } }, async (page, fake) => {
    const box = page.getByLabel("Your question");
    await box.fill("Where does");
    await expect.poll(() => fake.world.prefetched.length).toBe(1);
    await box.fill("Where does the whale sleep?");
    await expect.poll(() => fake.world.prefetched.map(({ text, stopped }) => [text, stopped])).toEqual([["Where does", true], ["Where does the whale sleep?", false]]);
  }));

  test("a follow-up is searched for in its conversation; without documents nothing is", () => journey({ at: "chat" }, async (page, fake) => {
    const box = page.getByLabel("Your question");
    await box.fill("When does the survey start?");
    await box.press("Enter");
    await page.locator("[data-role=assistant]").first().waitFor();
    await page.waitForURL(/#\/chat\/k-/);
    const before = fake.world.prefetched.length;
    await box.fill("And where does it end?");
    await expect.poll(() => fake.world.prefetched.slice(before)).toMatchObject([{ text: "And where does it end?", conversationId: /k-.+/.exec(page.url())?.[0] }]);
    await page.getByRole("radio", { name: "Base", exact: true }).click();
    await box.fill("What is the speed of light?");
    await page.waitForTimeout(800);
    expect(fake.world.prefetched).toHaveLength(before + 1);
  }));
});
