import { copyFile, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Document } from "../../engine/contract/library.ts";
import type { FetchPage } from "../../engine/ingest/parts.ts";
import { hashEmbedder } from "../fakes/hash-embedder.ts";
import { sharedData } from "../data.ts";
import { call, openWorld, removeFolder, temporaryFolder, write, type World, type WorldOptions } from "./library-harness.ts";

const shared = sharedData();

describe("what may be asked of the library", () => {
  let folder: string;
  let world: World;
  const pages = new Map<string, string>();
  const fetchPage: FetchPage = async (url) => {
    const path = await write(join(folder, "fetched", `${pages.size}.tmp`), pages.get(url) ?? "");
    return { path, name: "page.html", mediaType: "text/html", finalUrl: url };
  };
  const open = (options: WorldOptions = {}) => openWorld(folder, { fetchPage, embedder: hashEmbedder(), ...options });
  beforeEach(async () => {
    folder = await temporaryFolder();
    world = await open();
  });
  afterEach(async () => {
    await world.close();
    await removeFolder(folder);
  });
  const idle = () => call(world.routes.queue.idle, undefined);
  const add = async (name: string, text: string, more: { collectionId?: string; private?: boolean } = {}): Promise<Document> => {
    const path = await write(join(folder, "docs", name), text);
    const { added } = await call(world.routes.documents.add, { paths: [path], ...more });
    await idle();
    return call(world.routes.documents.get, { id: added[0]?.id ?? "" });
  };
  const words = async (documentId: string) => (await world.store.neighbours(documentId, 0, 1000)).map(({ text }) => text).join("\n");

  it("keeps uploads as its own, and knows one that comes again", async () => {
    await write(join(world.workspace, "uploads/u1/notes.md"), "# Notes\n\nUploaded words.");
    const { added } = await call(world.routes.documents.addUploads, { uploadIds: ["u1"] });
    await idle();
    const id = added[0]?.id ?? "";
    expect(await call(world.routes.documents.get, { id })).toMatchObject({ path: "notes.md", origin: "upload", state: "indexed", format: "markdown" });
    expect(await readdir(join(world.workspace, "files", id))).toEqual(["notes.md"]);
    expect(await readdir(join(world.workspace, "uploads"))).toEqual([]);
    await write(join(world.workspace, "uploads/u2/notes.md"), "# Notes\n\nUploaded words.");
    expect(await call(world.routes.documents.addUploads, { uploadIds: ["u2"] })).toMatchObject({ added: [], unchanged: 1 });
    await expect(call(world.routes.documents.addUploads, { uploadIds: ["../../docs"] })).rejects.toMatchObject({ code: "INVALID" });
    await expect(call(world.routes.documents.addUploads, { uploadIds: ["u9"] })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await call(world.routes.documents.remove, { ids: [id] });
    expect(await readdir(join(world.workspace, "files"))).toEqual([]);
  });

  it("saves a web page under its address and reads it anew when asked again", async () => {
    const url = "https://example.org/looms";
    pages.set(url, "<html><body><article><h1>Looms</h1><p>A loom is a frame that holds threads while they are woven into cloth, slowly.</p></article></body></html>");
    const { id } = await call(world.routes.documents.addPage, { url });
    await idle();
    expect(await call(world.routes.documents.get, { id })).toMatchObject({ path: url, origin: "web", state: "indexed", format: "html" });
    pages.set(url, "<html><body><article><h1>Looms</h1><p>The page has changed and now speaks about spindles, which twist fibres into yarn.</p></article></body></html>");
    expect((await call(world.routes.documents.addPage, { url })).id).toBe(id);
    await idle();
    expect(await words(id)).toContain("spindles");
  });

  it("moves, tags and hides documents without reading them again", async () => {
    const document = await add("a.txt", "A private thought.");
    const collection = await call(world.routes.collections.create, { name: "Diary", private: true });
    await call(world.routes.documents.update, { id: document.id, collectionId: collection.id, tags: ["x", "x"] });
    const scope = (filter: object) => world.store.searchLexical("thought", { filter, excludeDocumentIds: [], excludeCollectionIds: [] }, 5);
    expect(await scope({ collectionIds: [collection.id], tags: ["x"] })).toHaveLength(1);
    expect(world.library.privacy()).toEqual({ excludeDocumentIds: [], excludeCollectionIds: [collection.id] });
    await call(world.routes.collections.update, { id: collection.id, private: false });
    await call(world.routes.documents.update, { id: document.id, private: true });
    expect(world.library.privacy()).toEqual({ excludeDocumentIds: [document.id], excludeCollectionIds: [] });
    expect(await call(world.routes.collections.list, undefined)).toMatchObject([{ isDefault: true, documents: 0 }, { name: "Diary", documents: 1, passages: 1 }]);
    await expect(call(world.routes.collections.create, { name: "diary" })).rejects.toMatchObject({ code: "CONFLICT" });
    await call(world.routes.collections.remove, { id: collection.id });
    expect((await world.store.stats()).documents).toBe(0);
    await expect(call(world.routes.collections.remove, { id: "default" })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("has one document per collection and path", async () => {
    const first = await add("a.txt", "The same file twice.");
    const other = await call(world.routes.collections.create, { name: "Other" });
    const second = await add("a.txt", "The same file twice.", { collectionId: other.id });
    expect(second.id).not.toBe(first.id);
    expect(world.embedded.count).toBe(1);
    await expect(call(world.routes.documents.update, { id: second.id, collectionId: "default" })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("cancels, retries and lists by state", async () => {
    await call(world.routes.queue.pause, undefined);
    for (const name of ["a", "b", "c"]) await write(join(folder, "docs", `${name}.txt`), `The letter ${name}.`);
    const { added } = await call(world.routes.documents.add, { paths: [join(folder, "docs")] });
    const [a, b] = added;
    expect(await call(world.routes.queue.cancel, { ids: [a?.id ?? ""] })).toEqual({ cancelled: 1 });
    await call(world.routes.queue.resume, undefined);
    await idle();
    expect((await call(world.routes.documents.list, {})).byState).toMatchObject({ cancelled: 1, indexed: 2 });
    expect(await call(world.routes.documents.list, { states: ["cancelled"] })).toMatchObject({ total: 1, documents: [{ name: "a.txt", reason: { code: "cancelled" } }] });
    expect(await call(world.routes.documents.retry, { ids: [a?.id ?? ""] })).toEqual({ queued: 1 });
    await idle();
    expect(await call(world.routes.documents.list, { text: "LETTER" })).toMatchObject({ total: 0 });
    expect(await call(world.routes.documents.get, { id: b?.id ?? "" })).toMatchObject({ state: "indexed", passages: 1 });
    await expect(call(world.routes.documents.get, { id: "nobody" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("gives way while an answer is being written, and goes on after", async () => {
    const goOn = world.library.yieldTo();
    const path = await write(join(folder, "docs/a.txt"), "Wait for the answer.");
    await call(world.routes.documents.add, { paths: [path] });
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await call(world.routes.queue.progress, undefined)).toMatchObject({ done: 0, active: 1 });
    goOn();
    expect(await idle()).toMatchObject({ done: 1 });
  });

  it("reports progress as it goes, and ends with its reader", async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const watching = (async () => {
      for await (const { done } of await call(world.routes.queue.watch, undefined, { signal: stop.signal })) {
        seen.push(done);
        if (done === 3) break;
      }
    })();
    for (const name of ["a", "b", "c"]) await add(`${name}.txt`, `The letter ${name}.`);
    await call(world.routes.queue.progress, undefined);
    stop.abort();
    await watching;
    expect(seen.length).toBeGreaterThan(1);
  });

  it("reports progress in every run, not in the first alone", async () => {
    await add("a.txt", "The first run.");
    const stop = new AbortController();
    const seen: number[] = [];
    const watching = (async () => {
      for await (const { active } of await call(world.routes.queue.watch, undefined, { signal: stop.signal })) seen.push(active);
    })().catch(() => undefined);
    const goOn = world.library.yieldTo();
    await call(world.routes.documents.add, { paths: [await write(join(folder, "docs/b.txt"), "The second run.")] });
    await expect.poll(() => seen, { timeout: 5000 }).toContain(1);
    goOn();
    await idle();
    stop.abort();
    await watching;
  });

  it.skipIf(!shared)("opens an encrypted PDF with its password, draws its page and marks the very words", async () => {
    await mkdir(join(folder, "docs"), { recursive: true });
    const path = join(folder, "docs/locked.pdf");
    await copyFile(join(shared ?? "", "documents/pdf-samples/005-libreoffice-writer-password/libreoffice-writer-password.pdf"), path);
    const { added } = await call(world.routes.documents.add, { paths: [path] });
    const id = added[0]?.id ?? "";
    await idle();
    expect((await call(world.routes.documents.get, { id })).reason?.code).toBe("encrypted");
    await call(world.routes.documents.retry, { ids: [id], password: "wrong" });
    await idle();
    expect((await call(world.routes.documents.get, { id })).reason?.code).toBe("wrong-password");
    await call(world.routes.documents.retry, { ids: [id], password: "openpassword" });
    await idle();
    expect(await call(world.routes.documents.get, { id })).toMatchObject({ state: "indexed", pages: 1 });
    const [passage] = await world.store.neighbours(id, 0, 0);
    const marked = await call(world.routes.documents.highlight, { id, ranges: [passage?.range ?? { start: 0, end: 0 }] });
    expect(marked.map(({ page }) => page)).toEqual([1]);
    expect(marked[0]?.rects.length).toBeGreaterThan(0);
    const image = await call(world.routes.documents.pageImage, { id, page: 1, width: 300 });
    expect(Buffer.from(image.png, "base64").subarray(1, 4).toString()).toBe("PNG");
  });
});
