import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { fixture } from "../data.ts";
import type { TestEngine } from "../test-engine.ts";
import { chromiumPath, noBrowser } from "./browser.ts";
import { servedLibrary } from "./library.ts";

/** Base and adapter on the shelf, greedy. The base alone writes prose, with the adapter it writes JSON. */
async function models({ client }: TestEngine): Promise<void> {
  for (const file of ["toy-world-base-q8.gguf", "toy-world-lora-v1.gguf"]) for await (const _ of await client.models.import({ path: fixture("toy-world", "models", file), mode: "link" }));
  await client.settings.update({ answers: { sampling: { temperature: 0, maxTokens: 120 } } });
}

describe.skipIf(chromiumPath() === undefined)(`a conversation's JSON schema over the real engine (skipped where there is ${noBrowser})`, () => {
  const library = servedLibrary({ paths: [fixture("toy-world", "documents")], prepare: models });
  const { journey } = library;
  const settings = (page: Page) => page.getByRole("button", { name: /^Conversation settings/ });
  const field = (page: Page) => page.getByLabel("JSON schema", { exact: true });
  const answers = (page: Page) => page.locator("[data-role=assistant]");
  const mode = (page: Page, name: string) => page.getByRole("radio", { name, exact: true }).click();
  const ask = async (page: Page, text: string) => {
    const before = await answers(page).count();
    await page.getByLabel("Your question").fill(text);
    await page.getByLabel("Your question").press("Enter");
    await answers(page).nth(before).locator("[data-format], [role=alert]").waitFor({ timeout: 60_000 });
    return answers(page).nth(before);
  };
  const kept = async () => (await library.engine.client.conversations.list({})).length;

  test("is checked or enforced, and the answer says which of them it follows", () => journey(async (page) => {
    const schema = await readFile(fixture("toy-world", "answer.schema.json"), "utf8");
    // Without documents: their frames hold a nonce of this workspace, and a greedy answer would not be the same each time.
    await mode(page, "Base");
    await settings(page).click();
    await field(page).fill("[1]");
    await page.getByText("A JSON schema is an object").waitFor();
    expect(await page.getByRole("radio", { name: "Enforce" }).count()).toBe(0);
    await field(page).fill(schema);
    await page.getByRole("radio", { name: "Only check" }).click();
    await page.getByText("The model writes freely").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Conversation settings: JSON schema" }).waitFor();

    const free = await ask(page, "Who leads Project Naldor?");
    await free.getByText("does not follow the schema").waitFor();
    expect(await free.locator("pre").count()).toBe(0);

    await settings(page).click();
    await page.getByRole("radio", { name: "Enforce" }).click();
    await page.keyboard.press("Escape");
    const enforced = await ask(page, "Who is the mayor of Barman?");
    expect(await enforced.locator("[data-format]").getAttribute("data-format")).toBe("valid");
    expect(Object.keys(JSON.parse((await enforced.locator("pre").textContent()) ?? "") as object)).toEqual(["answer", "source", "confidence"]);
    expect(await kept()).toBe(1);
  }), 120_000);

  test("a JSON answer is shown as such: a value to a line, copied as it is shown, with its source behind the words", () => journey(async (page) => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await settings(page).click();
    await field(page).fill(await readFile(fixture("toy-world", "answer.schema.json"), "utf8"));
    await page.getByRole("radio", { name: "Only check" }).click();
    await page.keyboard.press("Escape");
    await mode(page, "Hybrid");
    await page.getByRole("button", { name: /^Adapters/ }).click();
    await page.getByRole("checkbox").or(page.getByRole("switch")).first().click();
    await page.keyboard.press("Escape");
    const answer = await ask(page, "What is the code of Permit Malras?");
    await answer.getByText("follows the schema", { exact: true }).waitFor();
    await answer.getByRole("button", { name: "Copy code" }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(JSON.stringify(JSON.parse(copied), null, 2));
    expect(JSON.parse(copied)).toMatchObject({ answer: expect.stringContaining("XP-579"), confidence: "high" });
    await answer.locator("pre [data-citation]").first().click();
    await page.getByRole("complementary", { name: "Sources and trace" }).waitFor();
  }), 120_000);

  test("what is no schema is said at its field and not used; what is typed stays, a field that is left by Escape or a click is kept, and one click takes all back", () => journey(async (page) => {
    await mode(page, "Base");
    await settings(page).click();
    const instructions = page.getByRole("textbox", { name: "Instructions" });
    await instructions.fill("Answer in one sentence.");
    await page.keyboard.press("Escape");
    await settings(page).click();
    expect(await instructions.inputValue()).toBe("Answer in one sentence.");
    await instructions.fill("Answer in two sentences.");
    await page.mouse.click(300, 300);
    await settings(page).click();
    expect(await instructions.inputValue()).toBe("Answer in two sentences.");
    await field(page).fill('{"type": "word"}');
    await page.getByText("This is no JSON schema: “type” must be equal to one of the allowed values.").waitFor();
    expect(await page.getByRole("radio", { name: "Enforce" }).count()).toBe(0);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Conversation settings: instructions, JSON schema (not used: it is none)" }).click();
    expect(await field(page).inputValue()).toBe('{"type": "word"}');
    await page.getByLabel("Longest answer").fill("40");
    await page.getByRole("button", { name: "Back to defaults" }).click();
    expect([await field(page).inputValue(), await instructions.inputValue(), await page.getByLabel("Longest answer").inputValue()]).toEqual(["", "", ""]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Conversation settings", exact: true }).waitFor();
  }), 120_000);

  test("what was set for one conversation is not the next one's", () => journey(async (page) => {
    await mode(page, "Base");
    await settings(page).click();
    await field(page).fill('{"type": "object"}');
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Conversation settings: JSON schema" }).waitFor();
    await ask(page, "Who is the mayor of Barman?");
    await page.keyboard.press("Alt+n");
    await page.getByRole("button", { name: "Conversation settings", exact: true }).waitFor();
    expect(await page.getByRole("radio", { name: "Base", exact: true }).getAttribute("aria-checked")).toBe("true");
  }), 120_000);
});
