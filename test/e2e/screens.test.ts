import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildFace } from "../../scripts/build.mjs";
import type { FakeOptions } from "../fakes/fake-engine.ts";
import { enrich } from "../fakes/rich-library.ts";
import { serveFake } from "../fakes/serve-fake.ts";
import { chromiumPath, launch, noBrowser, openPage } from "./browser.ts";

const here = chromiumPath() !== undefined;
if (!here) console.warn(`The tests of library, models and settings are skipped: ${noBrowser}.`);

type Fake = Awaited<ReturnType<typeof serveFake>>;
interface Journey extends FakeOptions { at: string; seed?: (world: Fake["world"]) => void; context?: BrowserContextOptions }

describe.skipIf(!here)("library, models and settings", () => {
  let browser: Browser;
  beforeAll(async () => { await buildFace(); browser = await launch(); }, 120_000);
  afterAll(async () => { await browser?.close(); });

  /** Opens a screen, runs, and checks that nothing went wrong behind it: no error in the console, no request to anywhere else. */
  async function journey({ at, seed, context, ...options }: Journey, run: (page: Page, fake: Fake) => Promise<void>): Promise<void> {
    const fake = await serveFake({ stepMs: 20, ...options });
    seed?.(fake.world);
    const { page, faults, close } = await openPage(browser, fake.url, context);
    try {
      await page.goto(`${fake.url}#/${at}`);
      await run(page, fake);
      expect(faults).toEqual([]);
    } finally {
      await close();
      await fake.dispose();
    }
  }

  const grid = (page: Page): Locator => page.getByRole("grid", { name: "Documents" });
  const rows = (page: Page): Locator => grid(page).locator("[data-row]");
  const row = (page: Page, name: string): Locator => rows(page).filter({ hasText: name });
  const documents = (fake: Fake) => [...fake.world.documents.values()].map((entry) => entry.document);
  const chosen = (page: Page): Locator => page.getByRole("toolbar", { name: "Chosen documents" }).getByRole("status");

  describe("library", () => {
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
  });

  describe("models", () => {
    const card = (page: Page, name: string): Locator => page.getByRole("article", { name });

    test("load says what really runs; unload gives it back", () => journey({ at: "models" }, async (page, fake) => {
      const panel = page.getByRole("region", { name: "Loaded model" });
      await panel.getByText("No model is loaded").waitFor();
      await card(page, "Toy World Base").getByRole("button", { name: "Load" }).click();
      await expect.poll(() => panel.textContent()).toMatch(/Toy World Base.*Ready.*Runs onCPU.*Threads1.*Context1,024 tokens.*Memory6\.1 MB.*6\.0 GB.*Loaded in120 ms/);
      await panel.getByRole("button", { name: "Unload" }).click();
      await panel.getByText("No model is loaded").waitFor();
      expect(fake.world.runtime.state).toBe("empty");
    }));

    test("a failure to load says why and what next", () => journey({ at: "models", seed: (world) => world.setRuntime({ state: "failed", modelId: "g-large", error: { code: "MODEL_FAILED", reason: "The model needs 2.9 GB of memory and 1.1 GB are free.", next: "Load it with a smaller context." } }) }, async (page) => {
      const panel = page.getByRole("region", { name: "Loaded model" });
      await panel.getByText("Qwen3 4B Instruct could not be loaded").waitFor();
      await panel.getByText("Load it with a smaller context.").waitFor();
      await panel.getByRole("button", { name: "Try again" }).click();
      await panel.getByText("Ready").waitFor();
    }));

    test("import by path, refusal in a sentence, import by dropping", () => journey({ at: "models", noModels: true }, async (page, fake) => {
      await page.getByRole("heading", { name: "No models yet" }).waitFor();
      await page.getByRole("button", { name: "Import a file" }).first().click();
      await page.getByLabel("Path on the machine Lorekeep runs on").fill("/home/ada/readme.txt");
      await page.keyboard.press("Enter");
      const imports = page.getByRole("list", { name: "Imports" });
      await imports.getByText("“readme.txt” is not a GGUF file. Choose a file that ends in .gguf.").waitFor();
      await imports.getByRole("button", { name: "Dismiss" }).click();
      await page.locator("[data-drop-zone]").evaluate((zone) => {
        const data = new DataTransfer();
        data.items.add(new File(["GGUF"], "voice-lora.gguf"));
        for (const type of ["dragenter", "dragover", "drop"]) zone.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
      });
      await card(page, "voice-lora").waitFor();
      expect(fake.world.models.map((item) => [item.name, item.kind])).toEqual([["voice-lora", "adapter"]]);
    }));

    test("rename, make default, details, remove with the word about the file", () => journey({ at: "models" }, async (page, fake) => {
      const act = async (name: string, item: string | RegExp) => { await card(page, name).getByRole("button", { name: `Actions for ${name}` }).press("Enter"); await page.getByRole("menuitem", { name: item }).press("Enter"); };
      await act("Toy World Base", "Rename…");
      await page.getByLabel("Name", { exact: true }).fill("Kleines Modell");
      await page.keyboard.press("Enter");
      await card(page, "Kleines Modell").waitFor();
      await act("Qwen3 4B Instruct", /Make default/);
      await card(page, "Qwen3 4B Instruct").getByText("Default").waitFor();
      expect(fake.world.settings.models.defaultModelId).toBe("g-large");
      await card(page, "Archive voice").getByRole("button", { name: "Details" }).click();
      await card(page, "Archive voice").getByText("0".repeat(64)).waitFor();
      await act("Archive voice", "Remove…");
      await page.getByRole("alertdialog").getByText("The file stays where it is: /home/ada/Models/Archive voice.gguf").waitFor();
      await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
      await card(page, "Archive voice").waitFor({ state: "detached" });
    }));

    test("the catalogue asks the hub only after a click; a download pauses, resumes, is discarded", () => journey({ at: "models/catalogue" }, async (page, fake) => {
      await card(page, "Small 1B").getByRole("link", { name: /MIT/ }).waitFor();
      await card(page, "Small 1B").getByRole("button", { name: "Download…" }).click();
      const dialog = page.getByRole("dialog", { name: "Download Small 1B" });
      await dialog.getByText("hub.example.org").waitFor();
      expect(fake.world.downloads).toHaveLength(0);
      await dialog.getByRole("button", { name: "Download 800 MB" }).click();
      const list = page.getByRole("list", { name: "Downloads" });
      await list.getByText("120 MB of 800 MB · 12.0 MB/s · about 57 s left").waitFor();
      await list.getByRole("button", { name: "Pause" }).click();
      await list.getByText("Stopped at 120 MB of 800 MB").waitFor();
      await list.getByRole("button", { name: "Resume" }).click();
      await list.getByRole("button", { name: "Pause" }).waitFor();
      await list.getByRole("button", { name: "Cancel" }).click();
      await list.waitFor({ state: "detached" });
      expect(fake.world.downloads.map((download) => download.state)).toEqual(["cancelled"]);
    }));

    test("any repository: what is missing is said under its field", () => journey({ at: "models/catalogue" }, async (page, fake) => {
      const form = page.getByRole("region", { name: "From a repository" });
      await form.getByLabel("Repository").fill("not a repository");
      await form.getByRole("button", { name: "Look it up…" }).click();
      await form.getByText("An owner and a name, like owner/name.").waitFor();
      await form.getByText("A file that ends in .gguf.").waitFor();
      await form.getByLabel("Repository").fill("someone/some-model");
      await form.getByLabel("File").fill("q4/some-model-q4.gguf");
      await page.keyboard.press("Enter");
      await page.getByRole("dialog", { name: "Download some-model-q4.gguf" }).getByRole("button", { name: /^Download 800/ }).click();
      await expect.poll(() => fake.world.downloads.map((download) => [download.repo, download.file])).toEqual([["someone/some-model", "q4/some-model-q4.gguf"]]);
    }));
  });

  describe("settings", () => {
    test("a field saves when it is left, refuses what cannot be, and goes back to its default", () => journey({ at: "settings/answers" }, async (page, fake) => {
      const sources = page.locator("[data-field='answers.sources']");
      await sources.fill("500");
      await sources.press("Enter");
      await page.getByRole("alert").getByText("Between 1 and 50.").waitFor();
      expect(fake.world.settings.answers.sources).toBe(6);
      await sources.fill("9");
      await sources.blur();
      await expect.poll(() => fake.world.settings.answers.sources).toBe(9);
      await page.getByRole("alert").waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Reset Sources per answer to its default" }).click();
      await expect.poll(() => fake.world.settings.answers.sources).toBe(6);
      await expect.poll(() => sources.inputValue()).toBe("6");
    }));

    test("an optional number is set, and unset by emptying it; other knobs stay", () => journey({ at: "settings/answers" }, async (page, fake) => {
      const set = async (field: string, text: string) => { await page.locator(`[data-field='${field}']`).fill(text); await page.keyboard.press("Enter"); };
      await set("answers.sampling.temperature", "0,7");
      await set("answers.sampling.seed", "11");
      await expect.poll(() => fake.world.settings.answers.sampling).toEqual({ temperature: 0.7, seed: 11 });
      await set("answers.sampling.temperature", "");
      await expect.poll(() => fake.world.settings.answers.sampling).toEqual({ seed: 11 });
      await page.goto(page.url().replace("answers", "models"));
      await set("models.threads", "4");
      await expect.poll(() => fake.world.settings.models.threads).toBe(4);
      await set("models.threads", "");
      await expect.poll(() => fake.world.settings.models.threads).toBeUndefined();
    }));

    test("what was typed is kept when a shortcut takes the screen away", () => journey({ at: "settings/answers" }, async (page, fake) => {
      await page.getByLabel("System prompt").fill("Antworte kurz.");
      await page.keyboard.press("Alt+2");
      await rows(page).first().waitFor();
      await expect.poll(() => fake.world.settings.answers.systemPrompt).toBe("Antworte kurz.");
    }));

    test("theme and text size show at once, and the table's rows grow with it", () => journey({ at: "settings/appearance", many: 60 }, async (page, fake) => {
      await page.getByRole("radio", { name: "Dark" }).click();
      await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
      await page.getByRole("slider", { name: "Text size" }).press("End");
      await expect.poll(() => fake.world.settings.appearance.textSize).toBe(22);
      await page.goto(page.url().replace("settings/appearance", "library"));
      await rows(page).first().waitFor();
      const clipped = await rows(page).first().evaluate((element) => [...element.querySelectorAll<HTMLElement>("[role=gridcell]")].filter((cell) => cell.scrollHeight > cell.clientHeight + 1).map((cell) => cell.textContent));
      expect(clipped).toEqual([]);
      expect((await rows(page).first().boundingBox())?.height).toBeGreaterThan(60);
    }));

    test("the ledger, the workers and the notices", () => journey({ at: "settings/network" }, async (page) => {
      await page.getByRole("table").getByText("https://hub.example.org/file").waitFor();
      await page.getByRole("link", { name: "About" }).click();
      await page.getByText("killed (SIGKILL)").waitFor();
      await page.getByText("/home/ada/Lorekeep").waitFor();
      await page.getByRole("list", { name: "Notices" }).getByRole("button", { name: "Dismiss" }).click();
      await page.getByRole("list", { name: "Notices" }).waitFor({ state: "detached" });
    }));
  });

  test.each(["library", "models", "models/catalogue", "settings/answers", "settings/network", "settings/about"])("%s at 800 pixels: nothing is wider than the window, every control has a name", (at) => journey({ at, context: { viewport: { width: 800, height: 700 } }, seed: (world) => enrich(world, 60) }, async (page) => {
    await page.getByRole("main").locator("h1, h2").first().waitFor();
    await page.waitForTimeout(300);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(800);
    const outside = await page.evaluate(() => [...document.querySelectorAll("main button, main input, main a")].filter((element) => { const box = element.getBoundingClientRect(); return box.width > 0 && box.right > 801; }).map((element) => element.outerHTML.slice(0, 120)));
    expect(outside).toEqual([]);
    const nameless = await page.evaluate(() => [...document.querySelectorAll<HTMLElement>("button, [role=switch], [role=checkbox]")].filter((element) => !(element.getAttribute("aria-label") ?? element.textContent)?.trim() && !(element.id && document.querySelector(`label[for="${CSS.escape(element.id)}"]`))).map((element) => element.outerHTML.slice(0, 120)));
    expect(nameless).toEqual([]);
  }));
});
