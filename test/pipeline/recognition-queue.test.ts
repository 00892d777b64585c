import { rename } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Document } from "../../engine/contract/library.ts";
import { hashEmbedder } from "../fakes/hash-embedder.ts";
import { createRecognisingWorkers, wordsRead, type RecognisingWorkers } from "../fakes/recognising-workers.ts";
import { call, openWorld, removeFolder, temporaryFolder, write, type World, type WorldOptions } from "./library-harness.ts";

describe("documents whose pictures wait for recognition", () => {
  let folder: string;
  let world: World;
  let workers: RecognisingWorkers;
  const open = async (ingest: NonNullable<WorldOptions["ingest"]>) => { world = await openWorld(folder, { embedder: hashEmbedder(), workerHost: workers.host, ingest: { ocrLanguages: ["eng"], ...ingest } }); };
  beforeEach(async () => {
    folder = await temporaryFolder();
    workers = createRecognisingWorkers();
  });
  afterEach(async () => {
    await world.close();
    await removeFolder(folder);
  });
  const idle = () => call(world.routes.queue.idle, undefined);
  const pathOf = (name: string) => join(folder, "docs", name);
  const add = async (name: string, content: string): Promise<string> => {
    const { added: [document] } = await call(world.routes.documents.add, { paths: [await write(pathOf(name), content)] });
    await idle();
    return document?.id ?? "";
  };
  const get = (id: string): Promise<Document> => call(world.routes.documents.get, { id });
  const textOf = async (id: string) => (await world.store.neighbours(id, 0, 1000)).map(({ text }) => text).join("\n");

  it("stay in the index while their files are away, and go on when these are back", async () => {
    await open({ ocr: "ask" });
    const ids = [await add("a.pdf", "1\nThe text of the first."), await add("b.pdf", "1\nThe text of the second.")];
    await rename(pathOf("a.pdf"), pathOf("a.away"));
    await call(world.routes.queue.recognise, { start: true });
    await idle();
    const [a, b] = await Promise.all(ids.map(get));
    expect(a).toMatchObject({ state: "indexed", recognition: { state: "agreed", done: 0 } });
    expect(b).toMatchObject({ state: "indexed", recognition: { state: "done", done: 1 } });
    expect(await textOf(ids[0] ?? "")).toContain("The text of the first.");
    expect(world.notices).toEqual([`There are files missing in “${join(folder, "docs")}”: the pictures in them wait until they are back.`]);
    await rename(pathOf("a.away"), pathOf("a.pdf"));
    expect(await call(world.routes.documents.add, { paths: [join(folder, "docs")] })).toMatchObject({ added: [], unchanged: 2 });
    await idle();
    expect(await get(ids[0] ?? "")).toMatchObject({ state: "indexed", recognition: { state: "done", done: 1 } });
    expect(await textOf(ids[0] ?? "")).toContain("recognised");
  });

  it("want their password again in the next session, lose no text for it and keep no failure", async () => {
    workers.locked = true;
    await open({ ocr: "ask" });
    const ids = [await add("text.pdf", "1\nWords beside the scan."), await add("scan.pdf", "2\n")];
    await call(world.routes.documents.retry, { ids, password: "open sesame" });
    await idle();
    expect((await Promise.all(ids.map(get))).map(({ state }) => state)).toEqual(["indexed", "recognising"]);
    await world.close();
    await open({ ocr: "ask" });
    await call(world.routes.queue.recognise, { start: true });
    await idle();
    expect(await get(ids[0] ?? "")).toMatchObject({ state: "indexed", recognition: { state: "ask", done: 0 } });
    expect(world.notices).toEqual(["The pictures in “text.pdf” were not recognised: read it again to enter its password."]);
    expect(await get(ids[1] ?? "")).toMatchObject({ state: "failed", reason: { code: "encrypted" } });
    expect(workers.drawn).toEqual([]);
    await call(world.routes.documents.retry, { ids, password: "open sesame" });
    await idle();
    await call(world.routes.queue.recognise, { start: true });
    await idle();
    expect((await Promise.all(ids.map(get))).map(({ state, recognition }) => [state, recognition?.state])).toEqual([["indexed", "done"], ["indexed", "done"]]);
  });

  it("are tried again on request when recognition failed, and cost nothing until then", async () => {
    workers.recognise = () => { throw new Error("The stain was too dark."); };
    await open({ ocr: "auto" });
    const id = await add("scan.pdf", "1\n");
    expect(await get(id)).toMatchObject({ state: "failed", reason: { code: "no-text", message: expect.stringContaining("too dark"), next: expect.any(String) } });
    expect((await call(world.routes.queue.progress, undefined)).recognition).toBeUndefined();
    expect(await call(world.routes.queue.cancel, {})).toEqual({ cancelled: 0 });
    workers.recognise = () => wordsRead(3, 0.95);
    await call(world.routes.documents.retry, { ids: [id] });
    await idle();
    expect(await get(id)).toMatchObject({ state: "indexed", recognition: { state: "done" } });
  });

  it("say how many of many are read, and what is left where none may be", async () => {
    await open({ ocr: "auto", ocrMaxPages: 2 });
    const id = await add("long.pdf", "3\nA title page.");
    expect(await get(id)).toMatchObject({ state: "indexed", recognition: { pictures: 2, done: 2 }, warnings: [{ code: "truncated", message: "Only the first 2 of its 3 pictures are recognised; the settings say how many." }] });
    await world.close();
    await open({ ocr: "off" });
    expect(await get(await add("scan.pdf", "1\n"))).toMatchObject({ state: "failed", reason: { code: "no-text-layer", message: "All its text is in pictures, and text recognition is off for it." } });
  });
});
