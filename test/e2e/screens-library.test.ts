import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { enrich } from "../fakes/rich-library.ts";
import { browserFor, documents, grid, journeys, rows } from "./screens.ts";

describe.skipIf(!browserFor("library"))("library", () => {
  const journey = journeys();
  const row = (page: Page, name: string): Locator => rows(page).filter({ hasText: name });
  const chosen = (page: Page): Locator => page.getByRole("toolbar", { name: "Chosen documents" }).getByRole("status");

  test("5,000 documents: only what is in sight is in the page, also while scrolling", () => journey({ at: "library", many: 5000 }, async (page) => {
    await rows(page).first().waitFor();
    const most = await grid(page).evaluate(async (element) => {
      let seen = 0;
      for (let step = 1; step <= 25; step++) {
        element.scrollTo(0, (element.scrollHeight * step) / 25);
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        seen = Math.max(seen, element.querySelectorAll("[role=row]").length);
      }
      return seen;
    });
    expect(most).toBeLessThan(80);
    await expect.poll(async () => Number(await rows(page).last().getAttribute("aria-rowindex"))).toBe(5005);
    await expect.poll(() => rows(page).last().textContent()).toMatch(/\S/);
    expect(await grid(page).getAttribute("aria-rowcount")).toBe("5005");
  }));

  test("by keyboard: move, extend, choose all 5,004, remove them after a question", () => journey({ at: "library", many: 5000 }, async (page, fake) => {
    await rows(page).first().waitFor();
    await grid(page).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Shift+PageDown");
    await expect.poll(() => chosen(page).textContent()).toMatch(/^\d\d documents chosen$/);
    expect(await grid(page).getAttribute("aria-activedescendant")).toBe(await page.locator("[data-row][class*=active]").getAttribute("id"));
    await page.keyboard.press("Shift+End");
    await expect.poll(() => chosen(page).textContent()).toBe("5,004 documents chosen");
    await page.keyboard.press("Escape");
    await chosen(page).waitFor({ state: "detached" });
    await page.keyboard.press("Control+a");
    await expect.poll(() => chosen(page).textContent()).toBe("5,004 documents chosen");
    await page.keyboard.press("Delete");
    const question = page.getByRole("alertdialog", { name: "Remove 5,004 documents?" });
    await question.getByText("not touched").waitFor();
    expect(documents(fake)).toHaveLength(5004);
    await question.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("heading", { name: "Your library is empty" }).waitFor();
    expect(documents(fake)).toHaveLength(0);
  }));

  test("filter by text, by state and by collection; sort; Enter opens, Escape closes", () => journey({ at: "library", seed: (world) => enrich(world, 120) }, async (page, fake) => {
    await page.getByRole("searchbox").fill("Minutes 9");
    await page.getByRole("heading", { name: "No document matches" }).waitFor();
    await page.getByRole("button", { name: "Show all" }).click();
    const failed = documents(fake).filter((document) => document.state === "failed").length;
    const chip = page.getByRole("group", { name: "State" }).getByRole("button", { name: /^Failed/ });
    expect(await chip.textContent()).toBe(`Failed${failed}`);
    await chip.click();
    await expect.poll(() => grid(page).getAttribute("aria-rowcount")).toBe(String(failed + 1));
    await chip.click();
    await page.getByRole("navigation", { name: "Collections" }).getByRole("button", { name: /^Work/ }).click();
    const work = documents(fake).filter((document) => document.collectionId === "c-work");
    await expect.poll(() => grid(page).getAttribute("aria-rowcount")).toBe(String(work.length + 1));
    await grid(page).getByRole("columnheader", { name: "Size" }).getByRole("button").click();
    const largest = [...work].sort((a, b) => (b.sizeBytes ?? 0) - (a.sizeBytes ?? 0))[0]?.id;
    await expect.poll(() => rows(page).first().getAttribute("data-document")).toBe(largest);
    expect(await grid(page).getByRole("columnheader", { name: "Size" }).getAttribute("aria-sort")).toBe("descending");
    await grid(page).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("complementary").waitFor();
    expect(page.url()).toContain(`#/library/${largest ?? ""}`);
    await page.getByRole("complementary").getByRole("button", { name: "Close" }).press("Escape");
    await page.getByRole("complementary").waitFor({ state: "detached" });
    expect(await grid(page).evaluate((element) => element === document.activeElement)).toBe(true);
  }));

  test("a scan that was poorly recognised says so in its drawer, any other how sure it is", () => journey({ at: "library", seed: ({ documents: all }) => {
    const [poor, good] = [...all.values()].filter(({ document }) => document.state === "indexed");
    if (poor) Object.assign(poor.document, { name: "A carbon copy.pdf", recognition: { state: "done", pictures: 2, done: 2, confidence: 0.61 } });
    if (good) Object.assign(good.document, { name: "A clean copy.pdf", recognition: { state: "done", pictures: 2, done: 2, confidence: 0.95 } });
  } }, async (page) => {
    for (const [name, words, poor] of [["A carbon copy.pdf", "Poorly recognised, 61 %", 1], ["A clean copy.pdf", "Recognised text, 95 %", 0]] as const) {
      await row(page, name).dblclick();
      const drawer = page.getByRole("complementary");
      await drawer.getByText(words).waitFor();
      expect(await drawer.locator("[data-poor]").count()).toBe(poor);
      await drawer.getByRole("button", { name: "Close" }).click();
      await drawer.waitFor({ state: "detached" });
    }
  }));

  test("an encrypted document asks for its password, and is then read", () => journey({ at: "library" }, async (page, fake) => {
    await row(page, "Scanned lease.pdf").getByRole("button", { name: "Enter password…" }).click();
    const dialog = page.getByRole("dialog", { name: "Enter the password" });
    expect(await dialog.getByRole("button", { name: "Read document" }).isDisabled()).toBe(true);
    await dialog.getByLabel("Password").fill("open sesame");
    await page.keyboard.press("Enter");
    await expect.poll(() => row(page, "Scanned lease.pdf").textContent()).toContain("Indexed");
    expect(documents(fake).find((document) => document.name === "Scanned lease.pdf")?.state).toBe("indexed");
  }));

  test("every reason offers its own way on", () => journey({ at: "library", seed: (world) => enrich(world, 120) }, async (page) => {
    await page.getByRole("group", { name: "State" }).getByRole("button", { name: /^Failed/ }).click();
    for (const [reason, step] of [["Took too long", "Try again"], ["File is gone", "Locate…"], ["Too large", "Change the limit…"]] as const) {
      await rows(page).filter({ hasText: reason }).first().getByRole("button", { name: step }).waitFor();
    }
    await rows(page).filter({ hasText: "No text layer" }).first().getByRole("button", { name: /customers/ }).click();
    const drawer = page.getByRole("complementary");
    await drawer.getByText("text recognition").waitFor();
    await drawer.getByRole("button", { name: "Remove" }).waitFor();
    await rows(page).filter({ hasText: "Too large" }).first().getByRole("button", { name: "Change the limit…" }).click();
    await page.getByRole("heading", { name: "Reading documents" }).waitFor();
  }));

  test("a document that is gone stays in the library where the file said to be it does not come in", () => journey({ at: "library", seed: (world) => enrich(world, 120) }, async (page, fake) => {
    await page.getByRole("group", { name: "State" }).getByRole("button", { name: /^Failed/ }).click();
    const gone = rows(page).filter({ hasText: "File is gone" }).first();
    const id = await gone.getAttribute("data-document");
    const locate = async (name: string) => {
      const chooser = page.waitForEvent("filechooser");
      await gone.getByRole("button", { name: "Locate…" }).click();
      await (await chooser).setFiles({ name, mimeType: "text/plain", buffer: Buffer.from("Found again.") });
    };
    await page.route("**/upload*", (route) => route.fulfill({ json: { reason: "The disk is full.", next: "Free some space." } }));
    await locate("too much.txt");
    await page.getByText("The disk is full. Free some space.").first().waitFor();
    expect(documents(fake).some((document) => document.id === id)).toBe(true);
    await page.unroute("**/upload*");
    await locate("found.txt");
    await expect.poll(() => documents(fake).some((document) => document.id === id)).toBe(false);
    expect(documents(fake).some(({ name }) => name === "found.txt")).toBe(true);
  }));

  test("collections: make, rename, lock, fill by dragging, delete with its count", () => journey({ at: "library" }, async (page, fake) => {
    const side = page.getByRole("navigation", { name: "Collections" });
    await side.getByRole("button", { name: "New collection" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Work");
    await page.keyboard.press("Enter");
    await page.getByText("There is already a collection called “Work”.").waitFor();
    await page.getByLabel("Name", { exact: true }).fill("Steuern");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "“Steuern” is empty" }).waitFor();
    await side.getByRole("button", { name: /^Steuern/ }).press("F2");
    await page.getByLabel("Name", { exact: true }).fill("Steuern 2024");
    await page.keyboard.press("Enter");
    await side.getByRole("button", { name: /^Steuern 2024/ }).waitFor();
    await side.getByRole("button", { name: "Actions for Steuern 2024" }).press("Enter");
    await page.getByRole("menuitem", { name: "Make private" }).press("Enter");
    await expect.poll(() => fake.world.collections.find((collection) => collection.name === "Steuern 2024")?.private).toBe(true);
    await side.getByRole("button", { name: /^All documents/ }).click();
    await row(page, "Hill towns.md").dragTo(side.getByRole("button", { name: /^Steuern 2024/ }));
    await expect.poll(() => side.getByRole("button", { name: /^Steuern 2024/ }).textContent()).toBe("Steuern 20241");
    await side.getByRole("button", { name: "Actions for Steuern 2024" }).press("Enter");
    await page.getByRole("menuitem", { name: "Delete…" }).press("Enter");
    const question = page.getByRole("alertdialog", { name: "Delete “Steuern 2024”?" });
    await question.getByText("1 document will leave the library").waitFor();
    await question.getByRole("button", { name: "Delete collection" }).click();
    await expect.poll(() => fake.world.collections.map((collection) => collection.name)).toEqual(["Documents", "Work", "Diary"]);
  }));

  test("a folder is added by its path, followed, and forgotten; what was skipped says why", () => journey({ at: "library" }, async (page, fake) => {
    await page.getByRole("button", { name: "Add folder" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a folder" });
    await dialog.getByLabel("Path on the machine Lorekeep runs on").fill("/home/ada/Plan.dwg");
    expect(await dialog.getByRole("switch", { name: /Follow this folder/ }).isChecked()).toBe(true);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Show why" }).click();
    await page.getByRole("dialog", { name: "1 file skipped" }).getByText("AutoCAD").waitFor();
    await page.getByRole("button", { name: "Done" }).click();
    const folders = page.getByRole("region", { name: "Followed folders" });
    await folders.getByText("Plan.dwg").waitFor();
    await folders.getByRole("button", { name: "Actions for Plan.dwg" }).press("Enter");
    await page.getByRole("menuitem", { name: "Stop and remove documents…" }).press("Enter");
    await page.getByRole("button", { name: "Forget folder" }).click();
    await expect.poll(() => fake.world.folders).toEqual([]);
  }));

  test("files chosen and files dropped are uploaded, into the collection in sight", () => journey({ at: "library" }, async (page, fake) => {
    await page.getByRole("navigation", { name: "Collections" }).getByRole("button", { name: /^Diary/ }).click();
    const choosing = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Add files" }).click();
    await (await choosing).setFiles([{ name: "März.md", mimeType: "text/markdown", buffer: Buffer.from("# März") }]);
    await row(page, "März.md").waitFor();
    await page.locator("[data-drop-zone]").evaluate((zone) => {
      const data = new DataTransfer();
      data.items.add(new File(["# April"], "April.md"));
      data.items.add(new File(["GGUF"], "tone-lora.gguf"));
      for (const type of ["dragenter", "dragover", "drop"]) zone.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    });
    await row(page, "April.md").waitFor();
    await expect.poll(() => fake.world.models.map((model) => model.name)).toContain("tone-lora");
    expect(documents(fake).filter((document) => document.collectionId === "c-diary").map((document) => document.name).sort()).toEqual(["April.md", "März.md"]);
  }));

  test("a web page: a wrong address is refused in the dialog, a bare one is completed", () => journey({ at: "library" }, async (page, fake) => {
    await page.getByRole("button", { name: "Web page" }).click();
    await page.getByLabel("Address").fill("file:///etc/passwd");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("not the address of a web page").waitFor();
    await page.getByLabel("Address").fill("example.org/handbook");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(documents(fake).map((document) => document.name)).toContain("handbook");
  }));

  test("the queue: named step, pause, resume, cancel all", () => journey({ at: "library", stepMs: 400 }, async (page, fake) => {
    const choosing = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Add files" }).click();
    await (await choosing).setFiles(["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => ({ name: `${name}.md`, mimeType: "text/markdown", buffer: Buffer.from(name) })));
    const queue = page.getByRole("region", { name: "Indexing" });
    await expect.poll(() => queue.textContent()).toMatch(/(Reading|Indexing) a\.md.*0 of 8/);
    await queue.getByRole("button", { name: "Pause" }).click();
    await queue.getByRole("button", { name: "Resume" }).waitFor();
    expect(fake.world.queue.paused).toBe(true);
    await queue.getByRole("button", { name: "Resume" }).click();
    await queue.getByRole("button", { name: "Cancel all" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Cancel all" }).click();
    await expect.poll(() => documents(fake).filter((document) => document.state === "cancelled").length).toBeGreaterThan(2);
    await queue.waitFor({ state: "detached" });
    await page.getByRole("group", { name: "State" }).getByRole("button", { name: /^Cancelled/ }).waitFor();
  }));

  test("a document: tags, private, its pages and the text that was read", () => journey({ at: "library" }, async (page, fake) => {
    await row(page, "Sordan field survey.pdf").getByRole("button", { name: "Sordan field survey.pdf" }).click();
    const drawer = page.getByRole("complementary");
    await drawer.getByLabel("Tags").fill("survey, north");
    await page.keyboard.press("Enter");
    await drawer.getByRole("button", { name: "Remove tag survey" }).click();
    await drawer.getByRole("switch", { name: /Private/ }).click();
    const sordan = () => documents(fake).find((document) => document.name.startsWith("Sordan"));
    await expect.poll(() => [sordan()?.tags, sordan()?.private]).toEqual([["north"], true]);
    await row(page, "Sordan").getByLabel("Private").waitFor();
    await drawer.getByRole("tab", { name: "What was read" }).click();
    await drawer.getByRole("img", { name: "Page 1" }).waitFor();
    await drawer.getByRole("radio", { name: "Text that was read" }).click();
    await drawer.getByText("Twenty-three cairns").waitFor();
  }));

  test("many at once: tagged and moved from the bar", () => journey({ at: "library", many: 40 }, async (page, fake) => {
    await page.getByRole("searchbox").fill("Minutes");
    await expect.poll(() => grid(page).getAttribute("aria-rowcount")).toBe("41");
    await grid(page).focus();
    await page.keyboard.press("Control+a");
    await page.getByRole("toolbar", { name: "Chosen documents" }).getByRole("button", { name: "Tag" }).click();
    await page.getByLabel("Tags").fill("minutes");
    await page.keyboard.press("Enter");
    await page.getByText("40 documents tagged", { exact: true }).waitFor();
    expect(documents(fake).filter((document) => document.tags.includes("minutes"))).toHaveLength(40);
    await page.getByRole("toolbar", { name: "Chosen documents" }).getByRole("button", { name: "More actions" }).press("Enter");
    await page.getByRole("menuitem", { name: "Diary" }).press("Enter");
    await page.getByText("40 documents moved to “Diary”", { exact: true }).waitFor();
    expect(documents(fake).filter((document) => document.collectionId === "c-diary")).toHaveLength(40);
  }));

  test("a scan in another language: which it probably is, and one click to its data and a second reading", () => journey({
    at: "library",
    seed: (world) => {
      const [document] = [...world.documents.values()].map((entry) => entry.document);
      if (document) Object.assign(document, { name: "Lettre.pdf", warnings: [{ code: "other-language", message: "Probably French: its letters were read with English and German data.", language: "fra" }] });
    },
  }, async (page, fake) => {
    expect(await row(page, "Lettre.pdf").textContent()).toContain("Language in doubt");
    await page.getByRole("button", { name: "Lettre.pdf", exact: true }).click();
    await page.getByRole("button", { name: "Download French (7.0 MB) and read again" }).click();
    await page.getByText("The document will be read again.").first().waitFor();
    expect(fake.world.settings.ingest.ocrLanguages).toEqual(["eng", "deu", "fra"]);
  }));

  test.each([1400, 800])("before a large amount of text recognition: how much it is and how long it takes, whole at %i points, and the person's word", (width) => journey({
    at: "library", context: { viewport: { width, height: 800 } },
    seed: (world) => {
      [...world.documents.values()].slice(0, 2).forEach(({ document }, i) => Object.assign(document, { recognition: { state: "ask", pictures: 600 + i * 40, done: i * 40 } }));
    },
  }, async (page, fake) => {
    const banner = page.getByRole("region", { name: "Text recognition" });
    await banner.waitFor();
    const words = banner.locator("p");
    expect(await words.textContent()).toBe("1,200 pages of 2 documents are pictures of text. Reading them takes about 80 min.");
    expect(await words.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
    const [first] = documents(fake);
    await page.locator(`[data-document="${first?.id ?? ""}"]`).getByRole("button").first().click();
    const question = page.getByRole("region", { name: "Text recognition of this document" });
    await question.getByText("600 pages are pictures of text").waitFor();
    await question.getByRole("button", { name: "Skip" }).click();
    await question.waitFor({ state: "detached" });
    expect(documents(fake).map(({ recognition }) => recognition?.state).filter(Boolean)).toEqual(expect.arrayContaining(["skipped", "ask"]));
    await page.keyboard.press("Escape");
    await banner.getByRole("button", { name: "Start" }).click();
    await banner.waitFor({ state: "detached" });
    expect(documents(fake).map(({ recognition }) => recognition?.state).filter(Boolean)).not.toContain("ask");
  }));
});
