import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildFace } from "../../scripts/build.mjs";
import { projectRoot } from "../data.ts";
import { highlightOf } from "../fakes/corpus.ts";
import type { FakeOptions } from "../fakes/fake-engine.ts";
import { serveFake } from "../fakes/serve-fake.ts";
import { chromiumPath, launch, noBrowser, openPage } from "./browser.ts";

const here = chromiumPath() !== undefined;
if (!here) console.warn(`The face's tests are skipped: ${noBrowser}.`);

describe.skipIf(!here)("the face", () => {
  let browser: Browser;
  beforeAll(async () => {
    if (!existsSync(join(projectRoot, "out", "renderer", "index.html"))) await buildFace();
    browser = await launch();
  }, 120_000);
  afterAll(async () => { await browser?.close(); });

  /** Runs a journey and then checks that nothing went wrong behind it. `expected` faults are those the journey itself provokes. */
  async function journey(options: FakeOptions, run: (page: Page, fake: Awaited<ReturnType<typeof serveFake>>) => Promise<void>, expected?: RegExp): Promise<void> {
    const fake = await serveFake({ stepMs: 20, tokenMs: 2, ...options });
    const { page, faults, close } = await openPage(browser, fake.url);
    try {
      await run(page, fake);
      expect(faults.filter((fault) => !expected?.test(fault))).toEqual([]);
    } finally {
      await close();
      await fake.dispose();
    }
  }

  const composer = (page: Page): Locator => page.getByLabel("Your question");
  const answers = (page: Page): Locator => page.locator("[data-role=assistant]");
  async function ask(page: Page, text: string): Promise<Locator> {
    const before = await answers(page).count();
    await composer(page).fill(text);
    await composer(page).press("Enter");
    const answer = answers(page).nth(before);
    await answer.waitFor();
    return answer;
  }
  const mode = (page: Page, name: string): Promise<void> => page.getByRole("radio", { name, exact: true }).click();

  test("a suggested question is answered with quotes, without a model", () => journey({ noModels: true }, async (page) => {
    await page.getByRole("list", { name: "Questions to begin with" }).getByRole("button").first().click();
    await answers(page).first().waitFor();
    expect(await page.locator("[data-passage]").count()).toBeGreaterThan(0);
    const marked = await page.locator("[data-passage] mark").first().textContent();
    expect(await page.locator("[data-citation]").first().getAttribute("data-quote")).toBe(marked);
    expect(page.url()).toMatch(/#\/chat\/k-/);
  }));

  test("every citation opens its page with the quoted words highlighted", () => journey({}, async (page, fake) => {
    await mode(page, "Documents");
    const answer = await ask(page, "How many cairns were found on the ridge, and when does the survey start?");
    const chips = answer.locator("[data-citation]");
    const count = await chips.count();
    expect(count).toBeGreaterThan(1);
    const tree = [...fake.world.conversations.values()].flatMap((conversation) => conversation.tree);
    const message = tree.find((candidate) => candidate.role === "assistant");
    if (message?.role !== "assistant") throw new Error("The answer was not stored.");
    for (let index = 0; index < count; index++) {
      const chip = chips.nth(index);
      await chip.click();
      const panel = page.locator("[data-source-panel]");
      const quote = await chip.getAttribute("data-quote");
      await expect.poll(() => panel.getAttribute("data-highlight-text")).toBe(quote);
      const [sentence, source] = ((await chip.getAttribute("data-citation")) ?? "").split(".").map(Number);
      const citation = message.sentences[sentence ?? -1]?.citations.find((candidate) => candidate.source === source);
      const document = fake.world.documents.get(message.sources.find((candidate) => candidate.number === source)?.passage.documentId ?? "");
      if (!citation || !document) throw new Error("The chip stands for no citation.");
      expect(document.text.slice(citation.range.start, citation.range.end)).toBe(quote);
      const [where] = highlightOf(document, [citation.range]);
      if (document.document.format === "pdf") {
        await expect.poll(() => page.locator("[data-page]").getAttribute("data-page")).toBe(String(where?.page));
        await expect.poll(() => page.locator("[data-highlight-rect]").evaluateAll((all) => all.map((one) => one.getAttribute("data-highlight-rect")))).toEqual(where?.rects.map((rect) => rect.join(" ")));
        await page.locator("[data-page] img").waitFor();
      } else await expect.poll(async () => (await page.locator("[data-source-panel] mark").allTextContents()).join("")).toBe(quote);
    }
    await expect.poll(() => answer.locator("[data-unsupported]").allTextContents()).toEqual(["The weather is said to have been kind that year."]);
    expect(await answer.textContent()).not.toMatch(/\[\d\]/);
  }));

  test("a quoted table row is shown in its table", () => journey({}, async (page) => {
    await mode(page, "Documents");
    const answer = await ask(page, "Name the seat, the product and the employees of Gallery Torrin");
    await answer.locator("[data-citation]").first().click();
    await expect.poll(() => page.locator("[data-source-panel] tr[data-marked] mark").allTextContents()).toEqual(["Gallery Torrin", "Wilsek", "Pianos", "Porbin Selvek", "48"]);
  }));

  test("hostile Markdown stays text: no script, no remote image, links ask first", () => journey({}, async (page) => {
    await mode(page, "Documents");
    const answer = await ask(page, "Tell me everything about the cairns");
    await expect.poll(() => answer.getByText("remote image not loaded: tracker.example.net").count()).toBe(1);
    expect(await answer.locator("img, script").count()).toBe(0);
    expect(await answer.textContent()).toContain("<b>raw markup</b>");
    expect(await answer.locator(".katex-display").count()).toBe(1);
    expect(await answer.locator("table").count()).toBe(1);
    await answer.getByRole("button", { name: "county archive" }).click();
    expect(await page.getByRole("dialog").textContent()).toContain("https://archive.example.org/cairns?id=23");
    await page.keyboard.press("Escape");
  }));

  test("stop keeps what was written; again in another mode and edited questions are siblings", () => journey({}, async (page) => {
    await mode(page, "Documents");
    await composer(page).fill("Please answer slowly: slow, how many cairns and what of Barman and Wilsek?");
    await composer(page).press("Enter");
    await page.locator("[data-live] p").waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await expect.poll(() => answers(page).first().getAttribute("data-state")).toBe("stopped");
    await page.getByRole("button", { name: "Answer again" }).click();
    await page.getByRole("menuitem", { name: "Base" }).click();
    await expect.poll(() => answers(page).first().getAttribute("aria-label"), { timeout: 10_000 }).toBe("Answer, Base mode");
    const versions = page.getByRole("group", { name: "Versions of this answer" });
    expect(await versions.textContent()).toBe("2/2");
    await versions.getByRole("button", { name: "Previous answer" }).click();
    await expect.poll(() => answers(page).first().getAttribute("data-state")).toBe("stopped");
    await composer(page).press("ArrowUp");
    await page.getByLabel("Edit question").fill("What is the population of Barman?");
    await page.getByLabel("Edit question").press("Enter");
    await expect.poll(() => answers(page).first().textContent()).toContain("The population of Barman is 782.");
    expect(await page.getByRole("group", { name: "Versions of this question" }).textContent()).toBe("2/2");
    await page.getByRole("button", { name: "Previous question" }).click();
    await expect.poll(() => page.locator("[data-role=user]").first().textContent()).toContain("Please answer slowly");
  }));

  test("failures say why and offer the next step", () => journey({}, async (page) => {
    await mode(page, "Documents");
    const answer = await ask(page, "The worker dies while the cairns are counted");
    expect(await answer.getAttribute("data-state")).toBe("failed");
    expect(await answer.getByRole("alert").textContent()).toContain("The model's process ended while it was writing.");
    await answer.getByRole("button", { name: "Try again" }).click();
    await expect.poll(() => page.getByRole("group", { name: "Versions of this answer" }).textContent()).toBe("2/2");
    await composer(page).fill("This question is too long");
    await composer(page).press("Enter");
    await page.locator("[data-refused=TOO_LONG]").waitFor();
    expect(await page.locator("[data-refused]").textContent()).toContain("Shorten it");
  }));

  test("a mode that lacks something says what, and what to do", () => journey({ noModels: true }, async (page) => {
    await mode(page, "Hybrid");
    expect(await page.locator("[data-obstacle=hybrid]").textContent()).toContain("needs a language model");
    await composer(page).fill("anything");
    await composer(page).press("Enter");
    expect(await answers(page).count()).toBe(0);
    await page.getByRole("button", { name: "Use Quotes" }).click();
    await composer(page).press("Enter");
    await answers(page).first().waitFor();
  }));

  test("conversations: search, rename, export, delete", () => journey({}, async (page) => {
    await ask(page, "What is the population of Barman?");
    await page.getByRole("link", { name: "New conversation" }).click();
    await page.getByRole("heading", { name: "What would you like to know?" }).waitFor();
    await ask(page, "When does the survey start?");
    const list = page.getByRole("complementary", { name: "Conversations" });
    await expect.poll(() => list.locator("[data-conversation]").count()).toBe(2);
    await list.getByRole("searchbox").fill("population");
    await expect.poll(() => list.locator("[data-conversation]").allTextContents()).toEqual(["What is the population of Barman?"]);
    await list.locator("[data-conversation]").first().press("F2");
    await page.getByLabel("Name of the conversation").fill("Barman");
    await page.getByLabel("Name of the conversation").press("Enter");
    await list.getByRole("button", { name: "Clear search" }).click();
    await expect.poll(() => list.locator("[data-conversation]").allTextContents()).toContain("Barman");
    await list.getByRole("button", { name: "Actions for “Barman”" }).click();
    const downloaded = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "Export as Markdown" }).click();
    expect((await downloaded).suggestedFilename()).toBe("Barman.md");
    await list.getByRole("button", { name: "Actions for “Barman”" }).click();
    await page.getByRole("menuitem", { name: "Delete…" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await expect.poll(() => list.locator("[data-conversation]").allTextContents()).toEqual(["When does the survey start?"]);
  }));

  test("two thousand conversations: only those in sight are in the page", () => journey({}, async (page, fake) => {
    for (let index = 0; index < 2000; index++) fake.world.conversations.set(`x-${index}`, { id: `x-${index}`, title: `Talk ${index}`, created: new Date(1.7e12 + index * 1e7).toISOString(), updated: new Date(1.7e12 + index * 1e7).toISOString(), messages: 0, options: { mode: "quotes", adapters: [], filter: {}, sampling: {} }, unlocked: false, head: null, tree: [] });
    fake.world.changed("conversations");
    const rows = page.locator("[data-conversation]");
    await expect.poll(() => rows.count()).toBeGreaterThan(10);
    expect(await rows.count()).toBeLessThan(80);
    await page.getByRole("list", { name: "Conversations" }).evaluate((list) => { list.parentElement?.scrollTo(0, 1e9); });
    await expect.poll(() => rows.allTextContents()).toContain("Talk 0");
  }));

  test("first run: files are chosen, read, and asked about", () => journey({ empty: true, noModels: true }, async (page) => {
    await page.getByRole("heading", { name: "Drop a folder here" }).waitFor();
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Choose files" }).click();
    await (await chooser).setFiles([{ name: "feast.md", mimeType: "text/markdown", buffer: Buffer.from("x") }, { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("x") }]);
    await page.getByText("2 documents queued").first().waitFor();
    const suggestions = page.getByRole("list", { name: "Questions to begin with" }).getByRole("button");
    await expect.poll(() => suggestions.count()).toBe(2);
    await ask(page, "When is the lantern feast?");
    expect(await page.locator("[data-passage] mark").first().textContent()).toContain("lantern feast");
  }));

  test("files dropped onto a collection go there", () => journey({}, async (page, fake) => {
    await composer(page).waitFor();
    const data = await page.evaluateHandle(() => { const transfer = new DataTransfer(); transfer.items.add(new File(["x"], "dropped.md")); return transfer; });
    await page.dispatchEvent("body", "dragenter", { dataTransfer: data });
    await page.locator("[data-drop]").getByText("Work").dispatchEvent("drop", { dataTransfer: data });
    await expect.poll(() => [...fake.world.documents.values()].find((entry) => entry.document.name === "dropped.md")?.document.collectionId).toBe("c-work");
    expect(await page.locator("[data-drop]").count()).toBe(0);
  }));

  test("the line is cut: it says so, comes back, and goes on", () => journey({}, async (page, fake) => {
    await ask(page, "What is the population of Barman?");
    fake.cut();
    const answer = await ask(page, "When does the survey start?");
    expect(await answer.locator("[data-citation]").count()).toBeGreaterThan(0);
    fake.world.conversations.forEach((conversation) => { conversation.title = "Renamed elsewhere"; });
    fake.world.changed("conversations");
    await page.getByRole("heading", { name: "Renamed elsewhere" }).waitFor();
  }));

  test("everything by keyboard", () => journey({}, async (page) => {
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("data-composer"))).toBe("");
    await page.keyboard.press("Tab");
    for (const name of ["Base", "Documents"]) {
      await page.keyboard.press("ArrowRight");
      await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe(name);
    }
    await page.keyboard.press("Space");
    await expect.poll(() => page.getByRole("radio", { name: "Documents", exact: true }).getAttribute("aria-checked")).toBe("true");
    await page.locator("body").press("/");
    await page.keyboard.type("How many cairns were found on the ridge?");
    await page.keyboard.press("Enter");
    await answers(page).first().waitFor();
    await page.keyboard.press("Shift+Tab");
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-citation") ?? document.activeElement?.getAttribute("aria-label") ?? "");
    for (let step = 0; step < 20 && !/^\d+\.\d+$/.test(await focused()); step++) await page.keyboard.press("Shift+Tab");
    expect(await focused()).toMatch(/^\d+\.\d+$/);
    await page.keyboard.press("Enter");
    await page.locator("[data-source-panel]").waitFor();
    await page.keyboard.press("[");
    await expect.poll(() => page.locator("[data-source-panel]").getAttribute("data-citation")).toBe("1.2");
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator("[data-source-panel]").count()).toBe(0);
    await page.locator("body").press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    for (let step = 0; step < 4; step++) await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.closest("[role=dialog]") !== null)).toBe(true);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Search conversations");
    await page.keyboard.press("Alt+n");
    await page.getByRole("heading", { name: "What would you like to know?" }).waitFor();
  }));

  test("every control has a name", () => journey({}, async (page) => {
    await mode(page, "Hybrid");
    const answer = await ask(page, "Tell me everything about the cairns");
    await answer.locator("[data-citation]").first().click();
    await page.locator("[data-source-panel]").waitFor();
    const nameless = await page.locator("button, a[href], input, textarea, [role=slider], [role=switch]").evaluateAll((all) => all.filter((one) => {
      const labelled = one.getAttribute("aria-label") ?? one.getAttribute("aria-labelledby") ?? one.textContent?.trim();
      return !labelled && !(one.id && document.querySelector(`label[for="${one.id}"]`));
    }).map((one) => one.outerHTML.slice(0, 160)));
    expect(nameless).toEqual([]);
  }));

  test("quotes are read from the first, a written answer is followed to its end, and scrolling up lets go", () => journey({ tokenMs: 15 }, async (page) => {
    await page.setViewportSize({ width: 900, height: 560 });
    await ask(page, "What of the survey, of Barman, of Wilsek and of the towns?");
    await expect.poll(() => page.locator("[data-role=user]").last().evaluate((one) => Math.round(one.getBoundingClientRect().top))).toBeLessThan(90);
    const column = page.locator("[data-role=user]").first().locator("xpath=ancestor::div[@tabindex='-1'][1]");
    const fromEnd = () => column.evaluate((box) => Math.round(box.scrollHeight - box.clientHeight - box.scrollTop));
    expect(await fromEnd()).toBeGreaterThan(100);
    await mode(page, "Documents");
    await composer(page).fill("Tell me everything about the cairns");
    await composer(page).press("Enter");
    await page.locator("[data-live] table").waitFor();
    expect(await fromEnd()).toBeLessThan(40);
    await column.hover();
    await page.mouse.wheel(0, -400);
    await expect.poll(fromEnd).toBeGreaterThan(200);
    await page.locator("[data-live]").waitFor({ state: "detached" });
    expect(await fromEnd()).toBeGreaterThan(200);
    await page.getByRole("button", { name: "To the latest message" }).click();
    await expect.poll(fromEnd).toBeLessThan(40);
  }));

  test("the trace says how the answer was made", () => journey({}, async (page) => {
    await mode(page, "Hybrid");
    const answer = await ask(page, "How many cairns were found?");
    await answer.getByRole("button", { name: "How this answer was made" }).click();
    const trace = page.locator("[data-trace]");
    await trace.waitFor();
    for (const words of ["Hybrid", "Toy World Base", "Archive voice × 1", "Candidates"]) expect(await trace.textContent()).toContain(words);
    expect(await trace.locator("[data-step]").count()).toBeGreaterThan(4);
    const account = await trace.locator("dl").filter({ hasText: "Instructions" }).innerText();
    for (const line of [/Instructions\s*58/, /Sources\s*412 of at most 2,457/, /Chat format\s*12/, /Answer\s*\d+ of at most 1,024/, /Not used\s*2,576/, /Context\s*4,096/]) expect(account).toMatch(line);
  }));

  test("the trace says what a follow-up was taken to mean, by whom, and which passages waited for others", () => journey({}, async (page) => {
    await mode(page, "Documents");
    const answer = await ask(page, "When does it start, what does the report say of the weather, the path, the budget, the team and the cairns on the ridge?");
    await answer.getByRole("button", { name: "How this answer was made" }).click();
    const trace = page.locator("[data-trace]");
    await trace.waitFor();
    expect(await trace.textContent()).toContain("(the survey)” completed by the model");
    expect(await trace.textContent()).toContain("enough of its section");
  }));

  test("what was searched for can be edited, and a condition taken back; each answers again", () => journey({}, async (page) => {
    await mode(page, "Documents");
    const answer = await ask(page, "How many cairns does the survey in report.pdf count?");
    const trace = page.locator("[data-trace]");
    const show = async () => { await answers(page).last().getByRole("button", { name: "How this answer was made" }).click(); await trace.waitFor(); };
    await answer.getByRole("button", { name: "How this answer was made" }).click();
    await trace.getByRole("button", { name: "Search without “report.pdf” as a condition" }).click();
    await page.getByRole("group", { name: "Versions of this answer" }).getByText("2/2").waitFor();
    await show();
    expect(await trace.getByText("only report.pdf").count()).toBe(0);
    await trace.getByRole("button", { name: "Edit what is searched for" }).click();
    await trace.getByLabel("Search for").fill("cairns on the eastern ridge");
    await trace.getByRole("button", { name: "Answer again" }).click();
    await page.getByRole("group", { name: "Versions of this answer" }).getByText("3/3").waitFor();
    await show();
    expect(await trace.textContent()).toContain("“cairns on the eastern ridge” edited by you");
    expect(await trace.getByText("only report.pdf").count()).toBe(0);
  }));
});
