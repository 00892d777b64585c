import { readFile } from "node:fs/promises";
import { getDocument, type PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { fixture } from "../data.ts";
import { chromiumPath, noBrowser } from "./browser.ts";
import { servedLibrary } from "./library.ts";
import { wordsUnder } from "./words-under.ts";

const here = chromiumPath() !== undefined;
if (!here) console.warn(`The citations' test in the browser is skipped: ${noBrowser}.`);

const pdfs = ["projects.pdf", "permits.pdf"].map((name) => fixture("toy-world", "documents", name));
/** Half are answered with quotes, half by the toy model from the documents. */
const questions: readonly { mode: "Quotes" | "Documents"; text: string }[] = [
  { mode: "Quotes", text: "When is the weekly meeting of Survey Sordan?" },
  { mode: "Quotes", text: "What is the budget of Survey Delras?" },
  { mode: "Quotes", text: "Where does Survey Delras meet?" },
  { mode: "Quotes", text: "When does Survey Sordan get under way?" },
  { mode: "Quotes", text: "Which permit is needed, and who grants it?" },
  { mode: "Documents", text: "When is the weekly meeting of Survey Sordan?" },
  { mode: "Documents", text: "What is the budget of Survey Sordan?" },
  { mode: "Documents", text: "Where does Survey Delras meet?" },
  { mode: "Documents", text: "On which day does Survey Delras meet?" },
  { mode: "Documents", text: "When does Survey Sordan get under way?" },
];

/** What the panel marks on the page it shows. */
async function marksOf(page: Page): Promise<{ shown: number; rects: number[][] }> {
  const pages = page.locator("[data-source-panel] [data-page]");
  await expect.poll(() => pages.locator("[data-highlight-rect]").count()).toBeGreaterThan(0);
  const rects = await pages.locator("[data-highlight-rect]").evaluateAll((all) => all.map((one) => (one.getAttribute("data-highlight-rect") ?? "").split(" ").map(Number)));
  return { shown: Number(await pages.getAttribute("data-page")), rects };
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
/** Share of the words of `wanted` that stand in `found`. */
const covered = (wanted: string, found: string): number => {
  const got = wordsOf(found).join(" ");
  const words = wordsOf(wanted);
  return words.filter((word) => got.includes(word)).length / Math.max(1, words.length);
};

describe.skipIf(!here)("ten answers over PDFs", () => {
  const library = servedLibrary({
    paths: pdfs,
    prepare: async ({ client }) => {
      for await (const event of await client.models.import({ path: fixture("toy-world", "models", "toy-world-base-q8.gguf") })) if (event.type === "done") expect(event.item.kind).toBe("model");
    },
  });

  test("every citation opens the right page, and the highlighted words are the quoted words", () => library.journey(async (page) => {
    const opened = new Map<string, PDFDocumentProxy>();
    let clicked = 0;
    for (const [index, question] of questions.entries()) {
      await page.getByRole("radio", { name: question.mode, exact: true }).click();
      await page.getByLabel("Your question").fill(question.text);
      await page.getByLabel("Your question").press("Enter");
      const answer = page.locator("[data-role=assistant]").nth(index);
      await answer.waitFor({ timeout: 60_000 });
      expect(await answer.getAttribute("data-state")).toBe("complete");
      const chips = answer.locator("[data-citation]");
      const count = await chips.count();
      expect(count, question.text).toBeGreaterThan(0);
      for (let chip = 0; chip < count; chip++) {
        const quote = (await chips.nth(chip).getAttribute("data-quote")) ?? "";
        await chips.nth(chip).click();
        await checkPanel(page, quote, opened);
        clicked++;
      }
    }
    for (const pdf of opened.values()) await pdf.loadingTask.destroy();
    expect(clicked).toBeGreaterThanOrEqual(questions.length);
  }), 240_000);

  async function checkPanel(page: Page, quote: string, opened: Map<string, PDFDocumentProxy>): Promise<void> {
    const panel = page.locator("[data-source-panel]");
    await expect.poll(() => panel.getAttribute("data-highlight-text")).toBe(quote);
    await panel.locator("[data-page] img").waitFor();
    const path = (await panel.locator("h2").getAttribute("title")) ?? "";
    const pdf = opened.get(path) ?? (await getDocument({ data: new Uint8Array(await readFile(path)), verbosity: 0 }).promise);
    opened.set(path, pdf);
    // A sentence may rest on words of several pages: the panel opens the first and names the others.
    let under = await wordsUnder(pdf, await marksOf(page));
    const others = await panel.locator("[data-jump]").evaluateAll((all) => all.map((one) => one.getAttribute("data-jump")));
    for (const other of others) {
      await panel.locator(`[data-jump="${other}"]`).click();
      await expect.poll(() => panel.locator("[data-page]").getAttribute("data-page")).toBe(other);
      under += await wordsUnder(pdf, await marksOf(page));
    }
    expect(covered(quote, under), `“${quote}” under the marks: “${under.replace(/\s+/g, " ").trim()}”`).toBeGreaterThanOrEqual(0.9);
    // Nothing but the quoted words: a word at either end may be touched.
    expect(wordsOf(under).length).toBeLessThanOrEqual(wordsOf(quote).length + 2);
  }
});
