import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { CheckVerdict } from "../../engine/contract/index.ts";
import type { FakeWorld } from "../fakes/fake-world.ts";
import { browserFor, journeys } from "./screens.ts";

describe.skipIf(!browserFor("the shelf"))("the shelf", () => {
  const journey = journeys();
  const card = (page: Page, name: string): Locator => page.getByRole("article", { name, exact: true });
  const dialog = (page: Page): Locator => page.getByRole("dialog");
  /** The adapter belongs to the small model, as if its file said so. */
  const known = (world: FakeWorld) => { for (const item of world.models) if (item.id === "a-voice") Object.assign(item, { isFineTune: true, fineTuneOf: { id: "g-small", name: "Toy World Base", how: "hash" } }); };
  const check = async (page: Page, name: string) => {
    await card(page, name).getByRole("button", { name: "Check", exact: true }).click();
    await dialog(page).getByRole("button", { name: "Check", exact: true }).click();
    await dialog(page).locator("[data-verdict]").waitFor();
  };

  test("the base is asked for once; then the check streams its stages and ends in words", () => journey({ at: "models", stepMs: 1000 }, async (page, fake) => {
    await card(page, "Archive voice").getByRole("button", { name: "Health: Base not known" }).waitFor();
    await card(page, "Archive voice").getByRole("button", { name: "Which model was it made from?" }).click();
    const drawer = page.getByRole("complementary", { name: "Details of Archive voice" });
    await drawer.getByRole("button", { name: "Choose its base…" }).click();
    await page.getByRole("option", { name: /Toy World Base/ }).click();
    await drawer.getByText("As you said.").waitFor();
    expect(fake.world.models.find(({ id }) => id === "a-voice")?.fineTuneOf).toEqual({ id: "g-small", name: "Toy World Base", how: "person" });
    await drawer.getByRole("button", { name: "Check…" }).click();
    await dialog(page).getByRole("button", { name: "Add a question" }).click();
    await dialog(page).getByPlaceholder("One that it was trained for").fill("Who keeps the archive?");
    await dialog(page).getByRole("button", { name: "Check", exact: true }).click();
    await dialog(page).locator("[data-stage=probe][data-state=now]").getByText("0 of 2 questions").waitFor();
    await dialog(page).locator("[data-stage=shapes][data-state=done]").getByText("All 14 tensors").waitFor();
    const report = dialog(page).locator("[data-verdict=fits]");
    await report.getByText("at 40 % of the places another word comes first").waitFor();
    expect(await report.getByRole("region", { name: "How far it moves the model" }).textContent()).toMatch(/Another word first40 %.*Shift on average0\.40 nats.*Largest shift3\.10 nats/);
    expect(await report.getByRole("article", { name: "Who keeps the archive?" }).textContent()).toMatch(/WithoutWithout it\.WithWith it\./);
    await page.keyboard.press("Escape");
    await drawer.getByText("on Toy World Base").waitFor();
    await page.keyboard.press("Escape");
    await card(page, "Archive voice").getByRole("button", { name: "Health: Fits" }).waitFor();
  }));

  const verdicts: readonly (readonly [CheckVerdict, string, RegExp])[] = [
    ["changes-nothing", "Changes nothing", /check it again with one of those/], ["breaks-output", "Breaks the output", /Try it at a lower strength.*Repeats itself/], ["other-base", "For another base", /Choose the base model it was made from.*blk\.0\.attn_q\.weight/], ["damaged", "Damaged", /Download, convert or train it again/],
  ];
  test("every other verdict, with its next step, on the card and in the chat's picker", () => journey({ at: "models", seed: known }, async (page, fake) => {
    for (const [verdict, word, says] of verdicts) {
      fake.world.verdicts.set("a-voice", verdict);
      const item = fake.world.models.find(({ id }) => id === "a-voice");
      if (item) delete item.checks;
      fake.world.changed("models", "a-voice");
      await card(page, "Archive voice").getByRole("button", { name: "Health: Not checked" }).waitFor();
      await check(page, "Archive voice");
      expect(await dialog(page).locator("[data-verdict]").textContent()).toMatch(says);
      await page.keyboard.press("Escape");
      await card(page, "Archive voice").getByRole("button", { name: `Health: ${word}` }).waitFor();
    }
    const item = fake.world.models.find(({ id }) => id === "a-voice");
    for (const report of item?.checks ?? []) report.stale = true;
    fake.world.changed("models", "a-voice");
    await card(page, "Archive voice").getByRole("button", { name: "Health: Check again" }).click();
    await dialog(page).getByText("Its file or its base is another one since this check.").waitFor();
    await page.keyboard.press("Escape");
    await page.evaluate(() => { window.location.hash = "#/chat"; });
    await page.getByRole("radio", { name: "Fine-tune" }).click();
    await page.getByRole("button", { name: /^Adapters:/ }).click();
    await page.locator("[data-adapter=a-voice]").getByText("Check again").waitFor();
  }));

  test("convert: a refusal in the engine's words, put right, and the remark that came with it", () => journey({ at: "models" }, async (page, fake) => {
    const open = async () => { await page.getByRole("button", { name: "Convert or merge" }).click(); await page.getByRole("menuitem", { name: /Convert an adapter/ }).click(); };
    await open();
    await dialog(page).getByLabel("Folder on the machine Lorekeep runs on").fill("/home/ada/training/dora");
    await page.keyboard.press("Enter");
    const jobs = page.getByRole("list", { name: "Being made" });
    await jobs.getByText("dora is a DoRA adapter, which llama.cpp cannot apply. Train it as plain LoRA.").waitFor();
    await jobs.getByRole("button", { name: "Change…" }).click();
    expect(await dialog(page).getByLabel("Folder on the machine Lorekeep runs on").inputValue()).toBe("/home/ada/training/dora");
    await dialog(page).getByLabel("Folder on the machine Lorekeep runs on").fill("/home/ada/training/clerk");
    await dialog(page).getByRole("combobox", { name: "Trained for" }).click();
    await page.getByRole("option", { name: "Toy World Base" }).click();
    await dialog(page).getByRole("button", { name: "Convert", exact: true }).click();
    await card(page, "clerk").getByText("Made from Toy World Base.").waitFor();
    await jobs.getByText("The classification head was left out.").waitFor();
    await jobs.getByRole("button", { name: "Dismiss" }).click();
    await jobs.waitFor({ state: "detached" });
    expect(fake.world.models.find(({ name }) => name === "clerk")?.fineTuneOf?.id).toBe("g-small");
  }));

  test("merge: cancelled it leaves nothing; made again it is a fine-tune of its base", () => journey({ at: "models", stepMs: 500, seed: known }, async (page, fake) => {
    const before = fake.world.models.length;
    await page.getByRole("button", { name: "Convert or merge" }).click();
    await page.getByRole("menuitem", { name: /Merge adapters/ }).click();
    await dialog(page).getByRole("combobox", { name: "Base" }).getByText("Choose a model").waitFor();
    await dialog(page).getByRole("checkbox", { name: "Archive voice" }).click();
    await dialog(page).getByRole("combobox", { name: "Base" }).getByText("Toy World Base").waitFor();
    await page.keyboard.press("Escape");
    const open = async () => { await card(page, "Archive voice").getByRole("button", { name: "Actions for Archive voice" }).press("Enter"); await page.getByRole("menuitem", { name: "Merge into its base…" }).press("Enter"); };
    await open();
    await dialog(page).getByLabel("Strength of Archive voice").fill("9");
    expect(await dialog(page).getByRole("button", { name: "Merge", exact: true }).isDisabled()).toBe(true);
    await dialog(page).getByLabel("Strength of Archive voice").fill("0.8");
    await dialog(page).getByRole("combobox", { name: "Weights" }).click();
    await page.getByRole("option", { name: "F32" }).click();
    await dialog(page).getByRole("button", { name: "Merge into about 8.4 MB" }).click();
    const jobs = page.getByRole("list", { name: "Being made" });
    await jobs.getByText(/Merging · 1\.0 MB of 4\.0 MB/).waitFor();
    await jobs.getByRole("button", { name: "Cancel" }).click();
    await jobs.waitFor({ state: "detached" });
    await expect.poll(() => fake.world.stopped, { timeout: 10_000 }).toEqual(["Toy World Base + Archive voice"]);
    expect(fake.world.models).toHaveLength(before);
    await open();
    await dialog(page).getByLabel("Name (optional)").fill("Archive, merged");
    await dialog(page).getByRole("button", { name: "Merge into about 4.1 MB" }).click();
    await card(page, "Archive, merged").getByText("Made from Toy World Base.").waitFor();
    await card(page, "Archive, merged").getByRole("button", { name: "Health: Not checked" }).waitFor();
    await card(page, "Archive, merged").getByRole("button", { name: "Details", exact: true }).click();
    const facts = page.getByRole("complementary", { name: "Details of Archive, merged" }).getByRole("region", { name: "Facts" });
    expect(await facts.textContent()).toMatch(/SourceMerged here, into .*Merged fromArchive voice × 13{64}/);
  }));

  test("a worse version is stopped by the questions, promoted anyway, and rolled back", () => journey({ at: "models/fine-tunes", stepMs: 200, seed: (world) => {
    known(world);
    const voice = world.models.find(({ id }) => id === "a-voice");
    if (voice) world.models.push({ ...voice, id: "a-worse", name: "Archive voice, worse" });
    world.sets.set("s", { id: "s", name: "Survey", updated: "2026-05-01T08:00:00.000Z", questions: [{ id: "q1", question: "How long is the notice period?", expectAnswers: ["three months"] }, { id: "q2", question: "Who keeps it?", expectAnswers: ["Ada"] }] });
  } }, async (page, fake) => {
    await page.getByRole("button", { name: "New fine-tune" }).click();
    await dialog(page).getByRole("combobox", { name: "Adapter or merged model" }).click();
    await page.getByRole("option", { name: "Archive voice", exact: true }).click();
    await dialog(page).getByLabel("Name", { exact: true }).fill("Clerk");
    await dialog(page).getByRole("button", { name: "Where it came from (optional)" }).click();
    await dialog(page).getByLabel("Trainer’s settings, as JSON").fill("{epochs}");
    await dialog(page).getByText("This is no JSON object.").waitFor();
    await dialog(page).getByLabel("Trainer’s settings, as JSON").fill('{"epochs": 3}');
    await dialog(page).getByRole("button", { name: "Keep" }).click();
    const clerk = card(page, "Clerk");
    await clerk.getByRole("button", { name: "Actions for Clerk" }).press("Enter");
    await page.getByRole("menuitem", { name: "JSON schema…" }).press("Enter");
    await dialog(page).getByLabel("JSON schema", { exact: true }).fill("[1]");
    await dialog(page).getByText("A JSON schema is an object").waitFor();
    await dialog(page).getByLabel("JSON schema", { exact: true }).fill('{"type": "word"}');
    await dialog(page).getByText("This is no JSON schema: “type” must be equal to one of the allowed values.").waitFor();
    expect(await dialog(page).getByRole("button", { name: "Keep" }).isDisabled()).toBe(true);
    await dialog(page).getByLabel("JSON schema", { exact: true }).fill('{"type": "object"}');
    await dialog(page).getByRole("radio", { name: "Enforce" }).click();
    await dialog(page).getByRole("button", { name: "Keep" }).click();
    await clerk.getByText("JSON schema, enforced").waitFor();
    await clerk.getByRole("button", { name: "Add a version" }).click();
    await dialog(page).getByLabel("Notes (optional)").fill("Half the examples");
    await dialog(page).getByRole("button", { name: "Keep" }).click();
    const version = (number: number) => clerk.locator(`[data-version="${number}"]`);
    await version(1).getByRole("button", { name: "Version 1", exact: true }).click();
    await version(1).getByText('"epochs": 3').waitFor();
    await version(2).getByText("Half the examples").waitFor();
    await version(2).getByRole("button", { name: "Make default…" }).click();
    expect(await dialog(page).getByRole("button", { name: "Promote anyway" }).count()).toBe(0);
    await dialog(page).getByRole("combobox", { name: "Asked in" }).click();
    await page.getByRole("option", { name: "Hybrid and Fine-tune" }).click();
    await dialog(page).getByText("8 answers in all.").waitFor();
    await dialog(page).getByLabel("Only the first").fill("some");
    expect(await dialog(page).getByRole("button", { name: "Ask the questions" }).isDisabled()).toBe(true);
    await dialog(page).getByLabel("Only the first").fill("1");
    await dialog(page).getByText("4 answers in all.").waitFor();
    await dialog(page).getByRole("button", { name: "Ask the questions" }).click();
    await dialog(page).getByText(/^[1-4] of 4 answers/).waitFor();
    expect(await dialog(page).getByRole("region", { name: "What the questions say" }).textContent()).toMatch(/Version 20\s%Version 1, the default100\s%.*Hybrid 0\s% against 100\s%.*Fine-tune 0\s% against 100\s%/);
    expect(await dialog(page).getByRole("region", { name: "Questions that got worse" }).textContent()).toMatch(/2 answers got worse.*· Hybrid.*· Fine-tune/);
    await dialog(page).getByRole("button", { name: "Ask again…" }).click();
    await dialog(page).getByRole("combobox", { name: "Asked in" }).click();
    await page.getByRole("option", { name: "As the questions expect it" }).click();
    await dialog(page).getByLabel("Only the first").fill("");
    await dialog(page).getByRole("button", { name: "Ask the questions" }).click();
    await dialog(page).getByText(/^[1-4] of 4 answers/).waitFor();
    await dialog(page).getByText("Version 2 does worse on Survey.").waitFor();
    expect(await dialog(page).getByRole("region", { name: "Questions that got worse" }).textContent()).toMatch(/1 question got worseHow long is the notice period\?BeforeThree months\.NowI don't know\./);
    expect(await dialog(page).getByRole("region", { name: "What the questions say" }).textContent()).toMatch(/Version 250\s%Version 1, the default100\s%/);
    expect(await dialog(page).getByRole("button", { name: "Promote anyway" }).isDisabled()).toBe(true);
    await dialog(page).getByRole("checkbox", { name: "Promote it although it does worse." }).click();
    await dialog(page).getByRole("button", { name: "Promote anyway" }).click();
    await version(2).getByText("Default", { exact: true }).waitFor();
    await clerk.getByRole("button", { name: "Roll back to version 1" }).click();
    await version(1).getByText("Default", { exact: true }).waitFor();
    await clerk.getByRole("button", { name: "History" }).click();
    expect((await clerk.getByRole("list", { name: "History" }).textContent())).toMatch(/Version 1 is the first.*Version 2 became the default although it does worse \(50\s% right on Survey.*1 of 2 questions got worse.*Anyway.*Rolled back to version 1\./);
    expect(fake.world.stopped).toEqual([]);
  }));
});
