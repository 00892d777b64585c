import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { documentText } from "../../engine/contract/document.ts";
import { rectanglesOf } from "../../engine/ingest/show/highlight.ts";
import { sharedData } from "../data.ts";
import { hashEmbedder } from "../fakes/hash-embedder.ts";
import { call, contents, openWorld, removeFolder, temporaryFolder, write, type World } from "./library-harness.ts";

const shared = sharedData();

describe("real documents", () => {
  it.skipIf(!shared)("become passages that stand exactly where they say, or get a reason", async () => {
    const folder = await temporaryFolder();
    const world = await openWorld(folder, { embedder: hashEmbedder(), ingest: { readers: 2 } });
    const paths = ["mixed", "word", "pdf-samples"].map((name) => join(shared ?? "", "documents", name));
    const { added } = await call(world.routes.documents.add, { paths });
    const end = await call(world.routes.queue.idle, undefined);
    expect(end).toMatchObject({ waiting: 0, active: 0 });
    expect(end.done + end.failed).toBe(added.length);
    let passages = 0;
    for (const { id, state, reason, format } of world.library.parts.registry.all()) {
      if (state !== "indexed") {
        expect(reason?.code).toMatch(/^(empty|no-text|no-text-layer|encrypted|unsupported|corrupt)$/);
        continue;
      }
      const { blocks, runs } = await world.library.parts.shelf.read(id);
      const text = documentText(blocks);
      const pageOf = (at: number) => blocks.findLast((block) => block.start <= at)?.page;
      for (const passage of await world.store.neighbours(id, 0, 1_000_000)) {
        passages++;
        expect(passage.text).toBe(text.slice(passage.range.start, passage.range.end));
        expect(pageOf(passage.range.end - 1)).toBe(passage.page);
        // A title that only the outline has is drawn nowhere.
        const isDrawn = blocks.some(({ kind, start }) => kind !== "heading" && start >= passage.range.start && start < passage.range.end);
        if (format === "pdf" && isDrawn) expect(rectanglesOf(runs, [passage.range]).length, passage.path).toBeGreaterThan(0);
      }
    }
    expect(end.done).toBeGreaterThan(50);
    expect(passages).toBeGreaterThan(500);
    expect(world.notices).toEqual([]);
    await world.close();
    await removeFolder(folder);
  }, 240_000);
});

describe("the library", () => {
  let folder: string;
  let world: World;
  beforeEach(async () => {
    folder = await temporaryFolder();
    world = await openWorld(folder);
  });
  afterEach(async () => {
    await world.close();
    await removeFolder(folder);
  });
  const add = (...paths: string[]) => call(world.routes.documents.add, { paths });
  const idle = () => call(world.routes.queue.idle, undefined);
  const list = async () => (await call(world.routes.documents.list, { sort: "name", descending: false })).documents;

  it("takes a folder from files to passages that can be found and shown", async () => {
    await write(join(folder, "docs/loom.md"), "# Looms\n\nA loom is a device used to weave cloth.\n\n## Care\n\nOil the shuttle every week. Keep it dry.\n");
    await write(join(folder, "docs/prices.csv"), "name,price\nLoom,7\nShuttle,3\n");
    await write(join(folder, "docs/sub/.hidden/secret.txt"), "hidden");
    await write(join(folder, "docs/node_modules/x.txt"), "ignored");
    await write(join(folder, "docs/broken.pdf"), "%PDF-1.4 this is not a PDF");
    const result = await add(join(folder, "docs"), join(folder, "nowhere.txt"));
    expect(result.added.map(({ name, state }) => [name, state])).toEqual([["broken.pdf", "queued"], ["loom.md", "queued"], ["prices.csv", "queued"]]);
    expect(result.skipped).toEqual([{ path: join(folder, "nowhere.txt"), reason: expect.objectContaining({ code: "missing" }) }]);
    const done = await idle();
    expect(done).toMatchObject({ waiting: 0, active: 0, done: 2, failed: 1 });
    const documents = await list();
    expect(documents.map(({ name, state, reason }) => [name, state, reason?.code])).toEqual([["broken.pdf", "failed", "corrupt"], ["loom.md", "indexed", undefined], ["prices.csv", "indexed", undefined]]);
    const hits = await world.store.searchDense(await world.embedder.embedQuery("how often to oil the shuttle"), { filter: {}, excludeDocumentIds: [], excludeCollectionIds: [] }, 1);
    const passage = hits[0]?.passage;
    expect(passage?.path).toBe(join(folder, "docs/loom.md"));
    const shown = await call(world.routes.documents.content, { id: passage?.documentId ?? "", around: passage?.range ?? { start: 0, end: 0 } });
    const text = shown.blocks.map((block) => block.text).join("\n");
    expect(text.slice(passage?.range.start, passage?.range.end)).toBe(passage?.text);
    expect(world.notices).toEqual([]);
  });

  it("does nothing for what has not changed, and embeds only what has", async () => {
    const path = await write(join(folder, "a.txt"), "The first sentence stays. ".repeat(40));
    const twin = await write(join(folder, "b.txt"), "The first sentence stays. ".repeat(40));
    await add(path, twin);
    await idle();
    const before = world.embedded.count;
    expect(await add(path, twin)).toMatchObject({ added: [], unchanged: 2 });
    await write(twin, "The first sentence stays. ".repeat(40));
    expect(await add(twin)).toMatchObject({ added: [], unchanged: 1 });
    await idle();
    expect(world.embedded.count).toBe(before);
    await write(path, "Something else entirely.");
    expect((await add(path)).added).toHaveLength(1);
    await idle();
    expect(world.embedded.count).toBe(before + 1);
    expect((await list()).map(({ state }) => state)).toEqual(["indexed", "indexed"]);
    expect((await contents(world))[0]?.passages).toEqual(["0 0-24 Something else entirely."]);
  });

  it("removes without leaving anything behind", async () => {
    await add(await write(join(folder, "a.txt"), "To be forgotten."), await write(join(folder, "b.txt"), "To be kept."));
    await idle();
    const [first] = await list();
    expect(await call(world.routes.documents.remove, { ids: [first?.id ?? ""] })).toEqual({ removed: 1 });
    expect((await world.store.committed()).size).toBe(1);
    expect((await world.store.stats()).passages).toBe(1);
    await expect(call(world.routes.documents.content, { id: first?.id ?? "" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("goes on after a restart where it stopped", async () => {
    await call(world.routes.queue.pause, undefined);
    await add(await write(join(folder, "a.txt"), "Waiting for its turn."));
    expect(await idle()).toMatchObject({ paused: true, waiting: 1 });
    await world.close();
    world = await openWorld(folder);
    expect(await call(world.routes.queue.progress, undefined)).toMatchObject({ paused: true, waiting: 1 });
    await call(world.routes.queue.resume, undefined);
    expect(await idle()).toMatchObject({ waiting: 0, done: 1 });
    await rename(join(folder, "workspace/extractions"), join(folder, "workspace/lost"));
    await rm(join(folder, "workspace/lost"), { recursive: true });
    await world.close();
    world = await openWorld(folder);
    await idle();
    expect((await list())[0]?.state).toBe("indexed");
    expect(world.embedded.count).toBe(0);
  });
});
