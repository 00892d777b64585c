/**
 * The pictures of the README, taken from the real app: real engine, real workers, the toy world of `npm run demo`, a real browser.
 *   node scripts/run.mjs scripts/screenshots.ts [OUT=docs/images]
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium, type Page } from "playwright-core";
import { serve } from "../cli/serve.ts";
import { cornerNames } from "../engine/contract/index.ts";
import { createEngine } from "../engine/engine.ts";
import { createNodeWorkerHost } from "../engine/workers/node-host.ts";

const out = resolve(process.argv[2] ?? "docs/images");
/** All of them. */
const QUESTIONS = 56;
const toy = resolve("test/fixtures/toy-world");
const workspace = mkdtempSync(join(tmpdir(), "lorekeep-pictures-"));
const engine = await createEngine({ workspace, hostKind: "serve", workerHost: createNodeWorkerHost(resolve("out/workers")), resources: resolve("."), version: "0.1.0" });
const { client } = engine;

async function seed(): Promise<void> {
  await client.documents.add({ paths: [join(toy, "documents")] });
  await client.queue.idle();
  for (const file of ["toy-world-base-q8.gguf", "toy-world-lora-v1.gguf"]) for await (const _ of await client.models.import({ path: join(toy, "models", file), mode: "link" }));
  await client.settings.update({ models: { threads: 1 }, answers: { sampling: { temperature: 0 } } });
  const shelf = await client.models.list();
  const base = shelf.find(({ kind }) => kind === "model");
  const adapter = shelf.find(({ kind }) => kind === "adapter");
  if (!base || !adapter) throw new Error("The toy world's models are not on the shelf.");
  await client.models.setBase({ id: adapter.id, baseId: base.id });
  for await (const _ of await client.models.check({ id: adapter.id }));
  await client.models.fineTunes.create({ name: "Answers as JSON", itemId: adapter.id, notes: "The first one: rank 8, alpha 16" });
  const questions = readFileSync(join(toy, "questions.jsonl"), "utf8").trim().split("\n").slice(0, QUESTIONS).join("\n");
  const { set } = await client.evaluation.sets.import({ text: questions, name: "Toy world" });
  await client.evaluation.sets.save({ ...set, jsonSchema: JSON.parse(readFileSync(join(toy, "answer.schema.json"), "utf8")) });
  const adapters = [{ modelId: adapter.id, scale: 1 }];
  const run = await client.evaluation.runs.start({ setId: set.id, variants: [{ name: cornerNames.base, mode: "base" }, { name: cornerNames.documents, mode: "documents" }, { name: cornerNames["fine-tune"], mode: "fine-tune", adapters }, { name: cornerNames.hybrid, mode: "hybrid", adapters }] });
  for await (const _ of await client.evaluation.runs.watch({ id: run.id }));
}

async function ask(page: Page, mode: string, text: string): Promise<void> {
  await page.getByRole("radio", { name: mode, exact: true }).click();
  const before = await page.locator("[data-role=assistant][data-state=complete], [data-role=assistant]").count();
  await page.getByLabel("Your question").fill(text);
  await page.getByLabel("Your question").press("Enter");
  await page.locator("[data-role=assistant]").nth(before).waitFor();
  await page.getByRole("button", { name: /^Stop/ }).waitFor({ state: "hidden", timeout: 60_000 });
  await page.waitForTimeout(800);
}

const shot = async (page: Page, name: string) => {
  await page.waitForTimeout(700);
  await page.screenshot({ path: join(out, `${name}.png`) });
  console.log(name);
};
const go = (page: Page, where: string) => page.evaluate((hash) => { location.hash = hash; }, `#/${where}`);

try {
  mkdirSync(out, { recursive: true });
  await seed();
  const served = await serve({ engine, rendererFolder: resolve("out/renderer") });
  const browser = await chromium.launch({ executablePath: process.env.LOREKEEP_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-background-networking"] });
  for (const colorScheme of ["light", "dark"] as const) {
    const context = await browser.newContext({ viewport: { width: 1360, height: 860 }, colorScheme, reducedMotion: "reduce" });
    const page = await context.newPage();
    await page.goto(served.newLink());
    await page.getByLabel("Your question").waitFor();
    await ask(page, "Documents", "What is the code of Permit Malras?");
    await page.locator("[data-citation]").first().click();
    await page.locator("[data-highlight-rect]").first().waitFor();
    await page.locator("[data-page] img").first().waitFor({ timeout: 30_000 });
    await shot(page, `chat-${colorScheme}`);
    await page.getByRole("tab", { name: "How this answer was made" }).click();
    await shot(page, `trace-${colorScheme}`);
    await go(page, "library");
    await shot(page, `library-${colorScheme}`);
    await page.getByRole("grid", { name: "Documents" }).locator("[data-row]").filter({ hasText: "permits.pdf" }).first().dblclick();
    await page.getByRole("tab", { name: "What was read" }).click();
    await shot(page, `inspector-${colorScheme}`);
    await page.keyboard.press("Escape");
    await go(page, "retrieval");
    await page.getByRole("searchbox", { name: "Question" }).fill("Who leads Project Naldor?");
    await page.locator("[data-passage]").first().waitFor();
    await shot(page, `retrieval-${colorScheme}`);
    await go(page, `retrieval/${encodeURIComponent(`why:${JSON.stringify({ question: "Who leads Project Naldor?", phrase: "Permit Malras" })}`)}`);
    await page.locator("[data-verdict]").waitFor({ timeout: 30_000 });
    await shot(page, `why-${colorScheme}`);
    await go(page, "models");
    await shot(page, `models-${colorScheme}`);
    await page.getByRole("button", { name: /^Health: / }).click();
    await page.locator("[data-verdict]").waitFor();
    await shot(page, `health-${colorScheme}`);
    await page.keyboard.press("Escape");
    await go(page, "models/fine-tunes");
    await page.getByRole("button", { name: "Version 1", exact: true }).click();
    await shot(page, `fine-tunes-${colorScheme}`);
    await go(page, "compare");
    await page.getByLabel("Your message").fill("What is the code of Permit Malras?");
    await page.keyboard.press("Enter");
    await page.getByRole("group", { name: "Your choice" }).waitFor({ timeout: 60_000 });
    await shot(page, `compare-${colorScheme}`);
    const [run] = await client.evaluation.runs.list({});
    await go(page, `evaluate/${encodeURIComponent(`run:${run?.id ?? ""}`)}`);
    await page.locator("[data-run-page=done] figure").first().waitFor({ timeout: 30_000 });
    await shot(page, `report-${colorScheme}`);
    await context.close();
  }
  await browser.close();
  await served.close();
} finally {
  await engine.dispose();
  rmSync(workspace, { recursive: true, force: true });
}
