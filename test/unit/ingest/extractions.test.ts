import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Extraction } from "../../../engine/contract/document.ts";
import { ExtractionShelf } from "../../../engine/ingest/steps/extractions.ts";

const extraction = (text: string): Extraction => ({ format: "text", mediaType: "text/plain", blocks: [{ kind: "paragraph", text, start: 0, headingPath: [] }], runs: [], pages: [], warnings: [] });

describe("what the reader found, on its shelf", () => {
  let folder: string;
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), "lorekeep-shelf-")); });
  afterEach(() => rm(folder, { recursive: true }));

  it("is the newest, also for who was reading while it was replaced", async () => {
    const shelf = await ExtractionShelf.open(folder);
    for (let round = 0; round < 20; round++) {
      await shelf.keep("a", await shelf.pack(extraction(`old ${round}`)));
      const packed = await shelf.pack(extraction(`new ${round}`));
      await Promise.all([shelf.read("a"), shelf.keep("a", packed)]);
      expect((await shelf.read("a")).blocks[0]?.text).toBe(`new ${round}`);
    }
  });

  it("is gone once it is removed", async () => {
    const shelf = await ExtractionShelf.open(folder);
    await shelf.keep("a", await shelf.pack(extraction("words")));
    await Promise.all([shelf.read("a"), shelf.remove(["a"])].map((one) => one.catch(() => undefined)));
    await expect(shelf.read("a")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
