import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PageCache, type RecognisedPicture } from "../../../engine/ingest/recognise/page-cache.ts";

const key = { contentHash: "a1", picture: { page: 1 }, languages: ["eng"] };
const recognised: RecognisedPicture = { paragraphs: [[[{ text: "anvil", confidence: 0.9, rect: [1, 2, 3, 4] }]]], seconds: 2 };
let workspace: string;
let cache: PageCache;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), "page-cache-"));
  cache = new PageCache(workspace);
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

describe("PageCache", () => {
  it("gives back what was kept", async () => {
    await cache.keep(key, recognised);
    expect(await cache.read(key)).toEqual(recognised);
  });

  it.each([["without a version", undefined], ["of an earlier version", 1], ["of a later version", 99]])("recognises again what was kept %s", async (_, version) => {
    await cache.keep(key, recognised);
    const folder = join(workspace, "recognised", key.contentHash);
    const path = join(folder, (await readdir(folder))[0]!);
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, "utf8")) as object, version }));
    expect(await cache.read(key)).toBeUndefined();
  });
});
