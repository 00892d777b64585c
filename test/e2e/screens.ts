import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { buildFace } from "../../scripts/build.mjs";
import type { FakeOptions } from "../fakes/fake-engine.ts";
import { serveFake } from "../fakes/serve-fake.ts";
import { chromiumPath, launch, noBrowser, openPage } from "./browser.ts";

export type Fake = Awaited<ReturnType<typeof serveFake>>;
interface Journey extends FakeOptions { /** Route it begins at. */ at: string; seed?: (world: Fake["world"]) => void; context?: BrowserContextOptions }

/** Whether there is a browser; says so in words where there is none. */
export function browserFor(what: string): boolean {
  const here = chromiumPath() !== undefined;
  if (!here) console.warn(`The tests of ${what} are skipped: ${noBrowser}.`);
  return here;
}

/** Journeys over the built face with the fake engine behind it. Call inside a describe: one browser serves all its tests. */
export function journeys() {
  let browser: Browser;
  beforeAll(async () => { await buildFace(); browser = await launch(); }, 120_000);
  afterAll(async () => { await browser?.close(); });

  /** Opens a screen, runs, and checks that nothing went wrong behind it: no error in the console, no request to anywhere else. */
  return async function journey({ at, seed, context, ...options }: Journey, run: (page: Page, fake: Fake) => Promise<void>): Promise<void> {
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
  };
}

export const grid = (page: Page): Locator => page.getByRole("grid", { name: "Documents" });
export const rows = (page: Page): Locator => grid(page).locator("[data-row]");
export const documents = (fake: Fake) => [...fake.world.documents.values()].map((entry) => entry.document);
