import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { fixture } from "../data.ts";
import type { TestEngine } from "../test-engine.ts";
import { chromiumPath, noBrowser } from "./browser.ts";
import { servedLibrary } from "./library.ts";

/** Base and adapter on the shelf, greedy. */
async function models({ client }: TestEngine): Promise<void> {
  for (const file of ["toy-world-base-q8.gguf", "toy-world-lora-v1.gguf"]) for await (const _ of await client.models.import({ path: fixture("toy-world", "models", file), mode: "link" }));
}

/** A few of the toy world's questions as a person would paste them, and one line that is broken. */
async function pasted(): Promise<string> {
  const lines = (await readFile(fixture("toy-world", "questions.jsonl"), "utf8")).trim().split("\n").map((line) => JSON.parse(line) as { id: string; question: string; answer: string | null; document: string | null; expects: string });
  const chosen = [...lines.filter(({ expects }) => expects === "fact").slice(0, 4), ...lines.filter(({ expects }) => expects === "unanswerable").slice(0, 1)];
  return [...chosen.map(({ id, question, answer, document }) => JSON.stringify(answer === null ? { id, question, unanswerable: true } : { id, question, expectAnswers: [answer], expectDocument: document })), "{ broken"].join("\n");
}

describe.skipIf(chromiumPath() === undefined)(`evaluating over the real engine (skipped where there is ${noBrowser})`, () => {
  const library = servedLibrary({ paths: [fixture("toy-world", "documents")], prepare: models });
  const { journey } = library;
  const open = async (page: Page) => page.getByRole("link", { name: "Evaluate" }).click();

  test("questions are pasted, asked of all corners, and reported with a recommendation that follows what the work needs", () => journey(async (page) => {
    await open(page);
    await page.getByRole("button", { name: "Make or import a question set" }).click();
    await page.getByRole("button", { name: "Import" }).click();
    await page.getByLabel("Name (optional)").fill("Toy world");
    await page.getByLabel("Or paste them").fill(await pasted());
    await page.getByRole("button", { name: "Import the text" }).click();
    await page.locator("[data-problems]").getByText("Line 6").waitFor();
    await page.getByRole("button", { name: "Look at them" }).click();
    await page.getByRole("button", { name: /For all questions/ }).click();
    await page.getByLabel(/JSON schema every answer/).fill("[]");
    await page.getByText("A JSON schema is an object").waitFor();
    await page.getByLabel(/JSON schema every answer/).fill('{"type": "word"}');
    await page.getByText("This is no JSON schema: “type” must be equal to one of the allowed values.").waitFor();
    expect(await page.getByRole("button", { name: "Keep", exact: true }).isDisabled()).toBe(true);
    await page.getByLabel(/JSON schema every answer/).fill(await readFile(fixture("toy-world", "answer.schema.json"), "utf8"));
    await page.getByRole("button", { name: "Keep", exact: true }).click();
    await expect.poll(async () => (await library.engine.client.evaluation.sets.list())[0]?.jsonSchema !== undefined).toBe(true);

    await page.getByRole("button", { name: "Run…" }).click();
    await page.getByText("5 questions through 4 corners: 20 answers.").waitFor();
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.locator("[data-run-page=done]").waitFor({ timeout: 120_000 });
    const report = page.locator("[data-report]");
    await report.locator("[data-measure=fact] [role=img][aria-label^='Documents: ']").waitFor();
    const share = async (measure: string, corner: string) => Number(/: (\d+) %/.exec((await report.locator(`figure[data-measure=${measure}] [role=img][aria-label^='${corner}: ']`).getAttribute("aria-label")) ?? "")?.[1]);
    expect(await share("fact", "Base")).toBe(0);
    expect(await share("fact", "Documents")).toBeGreaterThanOrEqual(75);
    expect(await share("format", "Fine-tune")).toBe(100);
    expect(await share("format", "Documents")).toBe(0);

    await page.getByRole("button", { name: "Answer five questions about your work" }).click();
    await page.getByRole("combobox", { name: "Is a certain form needed?" }).click();
    await page.getByRole("option", { name: "A fixed format" }).click();
    await expect.poll(() => page.getByRole("region", { name: "Recommendation" }).getAttribute("data-choice")).toBe("hybrid");

    await page.getByRole("tab", { name: "Answers" }).click();
    await page.getByRole("button", { name: "Good answer of Documents" }).first().click();
    await expect.poll(async () => { const [run] = await library.engine.client.evaluation.runs.list({}); return (await library.engine.client.evaluation.runs.answers({ id: run?.id ?? "", variant: "Documents" })).filter(({ thumb }) => thumb === "up").length; }).toBe(1);

    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByRole("menuitem", { name: "Web page (HTML)" }).click();
    const html = await readFile(await (await download).path(), "utf8");
    expect({ title: html.includes("<h1>Toy world</h1>"), chart: html.includes("<svg"), recommendation: html.includes("Recommendation"), script: html.includes("<script") }).toEqual({ title: true, chart: true, recommendation: true, script: false });
  }), 240_000);

  test("a run whose model is another file now says so when it goes on, and is started again with one click", () => journey(async (page) => {
    const { client, workspace } = library.engine;
    const [done] = await client.evaluation.runs.list({});
    const folder = join(workspace, "evaluation", "runs");
    const lines = (await readFile(join(folder, `${done?.id ?? ""}.jsonl`), "utf8")).trim().split("\n").map((line) => JSON.parse(line) as { type: string; variants?: { files?: Record<string, string> }[] });
    const [header, models] = [lines.find(({ type }) => type === "run"), lines.find(({ type }) => type === "models")];
    const others = models?.variants?.map((variant) => ({ ...variant, files: Object.fromEntries(Object.keys(variant.files ?? {}).map((id) => [id, "another file"])) }));
    const stopped = [{ ...header, id: "older", started: "2026-01-01T00:00:00.000Z" }, { ...models, variants: others }, { type: "state", state: "stopped", time: "2026-01-01T00:00:00.000Z" }];
    await writeFile(join(folder, "older.jsonl"), stopped.map((line) => `${JSON.stringify(line)}\n`).join(""));

    await open(page);
    const row = page.locator("[data-run=older]");
    await row.getByRole("button", { name: "Go on" }).click();
    await row.getByText("is another one than this run began with. Put the file back and go on, or start again").waitFor();
    await row.getByRole("button", { name: "Start again" }).click();
    await page.locator("[data-run-page=done]").waitFor({ timeout: 120_000 });
    expect((await client.evaluation.runs.list({})).map(({ id, state }) => [id === "older", state])).toEqual([[false, "done"], [false, "done"], [true, "failed"]]);
  }), 180_000);

  test("an answer of a chat becomes a known question with one click", () => journey(async (page) => {
    await page.getByLabel("Your question").fill("Who is the mayor of Barman?");
    await page.getByRole("radio", { name: "Quotes" }).click();
    await page.getByLabel("Your question").press("Enter");
    await page.getByRole("button", { name: "Keep as a test question" }).click();
    await page.getByRole("combobox", { name: "Question set" }).click();
    await page.getByRole("option", { name: "A new set" }).click();
    await page.getByLabel("Name of the set").fill("From the chat");
    await page.getByLabel(/The right answer/).fill("Wenven");
    await page.getByRole("button", { name: "Keep", exact: true }).click();
    await page.getByText("Kept in “From the chat”").first().waitFor();
    const [set] = (await library.engine.client.evaluation.sets.list()).filter(({ name }) => name === "From the chat");
    expect(set?.questions).toMatchObject([{ question: "Who is the mayor of Barman?", expectAnswers: ["Wenven"] }]);
  }), 60_000);

  test("a set's fields say what is wrong with them, and what is typed in them outlives a change of its questions", () => journey(async (page) => {
    const { client } = library.engine;
    const made = await client.evaluation.sets.save({ name: "Fields", questions: [] });
    await client.evaluation.sets.save({ name: "Taken", questions: [] });
    await page.goto(`${page.url().split("#")[0]}#/evaluate/set:${made.id}`);
    await page.getByRole("button", { name: /For all questions/ }).click();
    await page.getByLabel("Instructions").fill("Be brief.");
    await page.getByRole("button", { name: "Question", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Question", { exact: true }).fill("How high is Krasil?");
    await dialog.getByRole("button", { name: "Number, pattern, JSON schema, rubric" }).click();
    const refused = async (label: string, text: string, why: string) => {
      await dialog.getByLabel(label).fill(text);
      await dialog.getByText(why).waitFor();
      expect(await dialog.getByRole("button", { name: "Keep" }).isDisabled()).toBe(true);
      await dialog.getByLabel(label).fill("");
    };
    await refused("A number", "high", "A number, like 12.5.");
    await refused("May be off by", "1", "Off from which number?");
    await refused("Pattern that must match", "(", "This is no regular expression");
    await refused("JSON schema the answer must follow", '{"type": 7}', "This is no JSON schema");
    await dialog.getByLabel("A number").fill("2028,5");
    await dialog.getByRole("button", { name: "Keep" }).click();
    await page.getByText("number: 2028.5").waitFor();
    expect(await page.getByLabel("Instructions").inputValue()).toBe("Be brief.");
    await page.getByRole("button", { name: "Remove “How high is Krasil?”" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
    await page.getByText("No questions in this set yet").waitFor();
    await page.getByLabel("Name", { exact: true }).fill("Taken");
    await page.getByRole("button", { name: "Keep", exact: true }).click();
    await page.getByText("There is a question set “Taken” already. Choose another name.").waitFor();
    await page.getByLabel("Name", { exact: true }).fill("Fields, kept");
    await page.getByRole("button", { name: "Limit", exact: true }).click();
    await page.getByRole("spinbutton", { name: "Value" }).fill("75");
    await page.getByRole("button", { name: "Keep", exact: true }).click();
    await page.getByRole("heading", { name: "Fields, kept" }).waitFor();
    expect((await client.evaluation.sets.list()).find(({ id }) => id === made.id)).toMatchObject({ systemPrompt: "Be brief.", limits: [{ measure: "fact", value: 0.75 }], questions: [] });
  }), 60_000);
});
