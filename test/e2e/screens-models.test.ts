import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { browserFor, journeys } from "./screens.ts";

describe.skipIf(!browserFor("models"))("models", () => {
  const journey = journeys();
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
    const drawer = page.getByRole("complementary", { name: "Details of Archive voice" });
    await drawer.getByText("0".repeat(64)).waitFor();
    expect(await drawer.textContent()).toMatch(/Rank8.*Alpha16.*LicenceNot named in the file.*StateReady; linked/);
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "detached" });
    expect(await card(page, "Archive voice").getByRole("button", { name: "Details" }).evaluate((button) => button === document.activeElement)).toBe(true);
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
