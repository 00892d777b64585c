import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { serve, type Served } from "../../cli/serve.ts";
import { buildFace } from "../../scripts/build.mjs";
import { projectRoot } from "../data.ts";
import { createTestEngine, type TestEngine } from "../test-engine.ts";
import { launch, openPage } from "./browser.ts";

/** The real engine behind the real host, seen in a real browser. */
export interface ServedLibrary {
  readonly engine: TestEngine;
  readonly served: Served;
  /** Opens the face, runs, and checks that nothing went wrong behind it: no error in the console, no request to anywhere but the host. */
  journey(run: (page: Page) => Promise<void>): Promise<void>;
}

/** A library with these documents indexed, for all tests of a describe. Call inside it. `prepare`: what else must be there. */
export function servedLibrary({ paths, prepare }: { paths: readonly string[]; prepare?: (engine: TestEngine) => Promise<void> }): ServedLibrary {
  let engine: TestEngine | undefined;
  let served: Served | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (!existsSync(join(projectRoot, "out", "renderer", "index.html"))) await buildFace();
    engine = await createTestEngine();
    await engine.client.documents.add({ paths: [...paths] });
    await engine.client.queue.idle();
    await prepare?.(engine);
    served = await serve({ engine, rendererFolder: join(projectRoot, "out", "renderer") });
    browser = await launch();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await engine?.dispose();
  });
  return {
    get engine() { return there(engine); },
    get served() { return there(served); },
    async journey(run) {
      const { page, faults, close } = await openPage(there(browser), there(served).newLink());
      try {
        await run(page);
        expect(faults.filter((fault) => !fault.startsWith(`request: http://127.0.0.1:${there(served).port}/`))).toEqual([]);
      } finally {
        await close();
      }
    },
  };
}

function there<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error("The library is not served yet.");
  return thing;
}
