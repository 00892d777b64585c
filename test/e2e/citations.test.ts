import { readFileSync } from "node:fs";
import { join } from "node:path";
import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { sharedData } from "../data.ts";
import { chromiumPath, noBrowser } from "./browser.ts";
import { servedLibrary } from "./library.ts";
import { wordsUnder } from "./words-under.ts";

/** PDF files that programs of all kinds have made. */
const pdfs = ["documents/mixed/test.pdf", "documents/mixed/REPAIR-2022-INV-001_multipage.pdf", "documents/pdf-samples/004-pdflatex-4-pages/pdflatex-4-pages.pdf", "documents/pdf-samples/011-google-doc-document/google-doc-document.pdf"];
const questions = ["What do multi-agent conversations make possible?", "What is the insured name and the policy number?", "What information does a blind text give about the selected font?"];

const letters = (text: string) => text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** The quote without its outermost two letters: pdf.js gives a width per run of text, so where a letter stands in it is an estimate on both sides. */
const core = (quote: string) => letters(quote).slice(2, -2);

/** A table's row is quoted with the names of its columns, "name: value, name: value"; on the page the values are marked. Undefined where it is no row. */
function rowLetters(quote: string): string | undefined {
  const cells = quote.split(", ").map((cell) => /^[^:]+: (.+)$/.exec(cell)?.[1]);
  return cells.every((value) => value !== undefined) ? letters(cells.join("")) : undefined;
}

async function lettersUnder(path: string, page: number, rects: readonly number[][]): Promise<string> {
  const task = getDocument({ data: new Uint8Array(readFileSync(path)), verbosity: 0 });
  try {
    return letters(await wordsUnder(await task.promise, { shown: page, rects }));
  } finally {
    await task.destroy();
  }
}

const shared = sharedData();
const missing = shared === undefined ? "needs the shared test data" : chromiumPath() === undefined ? noBrowser : undefined;
if (missing) console.warn(`Citations over real PDFs are not tested: ${missing}.`);

describe.skipIf(missing !== undefined)("citations over PDFs of many makers", () => {
  const library = servedLibrary({ paths: pdfs.map((path) => join(shared ?? "", path)) });

  /** Clicks every citation of the newest answer; returns how many there were. */
  async function clickAll(page: Page, nth: number): Promise<number> {
    const answer = page.locator("[data-role=assistant]").nth(nth);
    const chips = answer.locator("[data-citation]");
    await chips.first().waitFor({ timeout: 60_000 });
    const count = await chips.count();
    for (let i = 0; i < count; i++) {
      const chip = chips.nth(i);
      await chip.click();
      const quote = (await chip.getAttribute("data-quote")) ?? "";
      const panel = page.locator("[data-source-panel]");
      await expect.poll(() => panel.getAttribute("data-highlight-text")).toBe(quote);
      await page.locator("[data-highlight-rect]").first().waitFor({ timeout: 30_000 });
      const rects = await page.locator("[data-highlight-rect]").evaluateAll((marks) => marks.map((mark) => (mark.getAttribute("data-highlight-rect") ?? "").split(" ").map(Number)));
      const shown = Number(await page.locator("[data-page]").getAttribute("data-page"));
      const number = Number(await panel.getAttribute("data-source-panel"));
      const path = (await newestAnswer()).sources.find((source) => source.number === number)?.passage.path ?? "";
      const under = await lettersUnder(path, shown, rects);
      expect(under === rowLetters(quote) || under.includes(core(quote)), `${quote} (${path}, page ${shown}): “${under}” is marked`).toBe(true);
    }
    return count;
  }

  async function newestAnswer() {
    const [newest] = await library.engine.client.conversations.list();
    const { tree } = await library.engine.client.conversations.get({ id: newest?.id ?? "" });
    const answers = tree.filter((message) => message.role === "assistant");
    const last = answers.at(-1);
    if (last?.role !== "assistant") throw new Error("There is no answer.");
    return last;
  }

  test("every citation leads to its page with the quoted words highlighted", () => library.journey(async (page) => {
    let clicked = 0;
    for (const [n, question] of questions.entries()) {
      await page.getByLabel("Your question").fill(question);
      await page.getByLabel("Your question").press("Enter");
      clicked += await clickAll(page, n);
    }
    expect(clicked).toBeGreaterThanOrEqual(questions.length);
  }), 400_000);
});
