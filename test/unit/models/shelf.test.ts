import { randomBytes } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Network } from "../../../engine/base/network.ts";
import { readCatalogue } from "../../../engine/models/catalogue.ts";
import { Downloads, type DownloadState } from "../../../engine/models/downloads.ts";
import { ModelShelf, type ModelShelfOptions } from "../../../engine/models/shelf.ts";
import { fixture, projectRoot } from "../../data.ts";
import { editGguf } from "../../fakes/gguf-edit.ts";
import { FakeHub } from "../../fakes/hub-server.ts";

const toyBase = fixture("toy-world", "models", "toy-world-base-q8.gguf");
const toyLora = fixture("toy-world", "models", "toy-world-lora-v1.gguf");
let root: string;
let workspace: string;
let elsewhere: string;
const open = (options: Partial<ModelShelfOptions> = {}) => ModelShelf.open({ workspace, ...options });
const stored = () => readdir(join(workspace, "models")).catch(() => []);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "shelf-"));
  workspace = join(root, "workspace");
  elsewhere = join(root, "elsewhere");
  await mkdir(elsewhere);
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe("ModelShelf", () => {
  it("links a model with what its header says, and finds it again after a restart", async () => {
    const { item, existed } = await (await open()).import(toyBase, { mode: "link" });
    expect(existed).toBe(false);
    expect(item).toMatchObject({
      kind: "model", name: "toy-world base", path: toyBase, storage: "linked", state: "ready", sizeBytes: 3_432_928, architecture: "llama", parameters: 3_148_224,
      quantisation: "Q8_0", contextLength: 1024, hasTemplate: true, licence: "CC0-1.0", source: { type: "import", from: toyBase }, sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await (await open()).list()).toEqual([item]);
    expect(await stored()).toEqual([]);
  });

  it("copies an adapter whole, with progress, and knows its rank", async () => {
    const shelf = await open();
    const steps = new Set<string>();
    const { item } = await shelf.import(toyLora, { mode: "copy", onProgress: ({ step, done, total }) => { if (done === total) steps.add(step); } });
    expect(item).toMatchObject({ kind: "adapter", storage: "stored", rank: 8, alpha: 16, path: join(workspace, "models", "toy-world-lora-v1.gguf") });
    expect([...steps]).toEqual(["checking", "copying"]);
    expect((await readFile(item.path)).equals(await readFile(toyLora))).toBe(true);
  });

  it("moves with its workspace: stored files are found where the workspace is now", async () => {
    const { item } = await (await open()).import(toyLora, { mode: "copy" });
    const moved = join(root, "moved");
    await rename(workspace, moved);
    const [found] = await (await ModelShelf.open({ workspace: moved })).list();
    expect(found).toMatchObject({ id: item.id, state: "ready", path: join(moved, "models", "toy-world-lora-v1.gguf") });
  });

  it("recognises the same content under another name, and lets it replace a vanished link", async () => {
    const shelf = await open();
    const a = join(elsewhere, "a.gguf");
    const b = join(elsewhere, "b.gguf");
    await copyFile(toyLora, a);
    await copyFile(toyLora, b);
    const first = await shelf.import(a, { mode: "link" });
    expect(await shelf.import(b, { mode: "copy" })).toMatchObject({ existed: true, item: { id: first.item.id, path: a } });
    expect(await stored()).toEqual([]);
    await rm(a);
    expect((await shelf.get(first.item.id)).state).toBe("missing");
    expect(await shelf.import(b, { mode: "link" })).toMatchObject({ existed: true, item: { id: first.item.id, path: b, state: "ready" } });
    expect(await shelf.list()).toHaveLength(1);
  });

  it("calls a file that was replaced missing", async () => {
    const shelf = await open();
    const path = join(elsewhere, "a.gguf");
    await copyFile(toyLora, path);
    const { item } = await shelf.import(path, { mode: "link" });
    await writeFile(path, "something else");
    expect((await shelf.get(item.id)).state).toBe("missing");
  });

  it("finds a file that was written over, also with as many bytes: a new state of the item, in a folder of its own or the workspace", async () => {
    const shelf = await open();
    const path = join(elsewhere, "a.gguf");
    for (const mode of ["link", "copy"] as const) {
      await writeFile(path, await editGguf(toyLora, (tensors) => tensors, { "general.description": `one, to ${mode}` }));
      const { item } = await shelf.import(path, { mode, name: "Mine" });
      expect(await shelf.refresh(item.id)).toEqual({ item, updated: false });
      await utimes(item.path, new Date(), new Date(Date.now() + 5000));
      expect(await shelf.refresh(item.id), "touched, not changed").toMatchObject({ item: { sha256: item.sha256 }, updated: false });
      await writeFile(item.path, await editGguf(toyLora, (tensors) => tensors, { "general.description": `two, to ${mode}` }));
      expect((await shelf.get(item.id)).state, "by its size alone it is the same").toBe("ready");
      const { item: now, updated } = await shelf.refresh(item.id);
      expect({ updated, id: now.id, name: now.name, path: now.path, storage: now.storage, size: now.sizeBytes }).toEqual({ updated: true, id: item.id, name: "Mine", path: item.path, storage: item.storage, size: item.sizeBytes });
      expect(now.sha256).not.toBe(item.sha256);
      expect(await shelf.refresh(item.id)).toEqual({ item: now, updated: false });
      await copyFile(toyBase, item.path);
      await expect(shelf.refresh(item.id)).rejects.toMatchObject({ code: "CONFLICT", details: { reason: expect.stringMatching(/another kind of file/) } });
      await rm(item.path);
      expect(await shelf.refresh(item.id)).toMatchObject({ item: { state: "missing", sha256: now.sha256 }, updated: false });
    }
  });

  it("does not take a file for the known one whose own has other content by now, and so keeps what was brought", async () => {
    const shelf = await open();
    const state = (remark: string) => editGguf(toyLora, (tensors) => tensors, { "general.description": remark });
    const [path, upload] = [join(elsewhere, "trained.gguf"), join(elsewhere, "upload.gguf")];
    await writeFile(path, await state("one"));
    const { item } = await shelf.import(path, { mode: "link" });
    await writeFile(path, await state("two"));
    await writeFile(upload, await state("one"));
    const { item: again } = await shelf.import(upload, { mode: "move" });
    expect(again).toMatchObject({ id: item.id, sha256: item.sha256, storage: "stored", state: "ready" });
    expect((await readFile(again.path)).equals(await state("one"))).toBe(true);
  });

  it("keeps a name that was given, and an item off that was taken off, while its file was hashed again", async () => {
    const shelf = await open();
    const path = join(elsewhere, "a.gguf");
    await copyFile(toyLora, path);
    const { item } = await shelf.import(path, { mode: "link" });
    await utimes(path, new Date(), new Date(Date.now() + 5000));
    const [refreshed] = await Promise.all([shelf.refresh(item.id), shelf.rename(item.id, "Mine")]);
    expect([refreshed.item.name, (await shelf.get(item.id)).name]).toEqual(["Mine", "Mine"]);
    await utimes(path, new Date(), new Date(Date.now() + 9000));
    const refreshing = shelf.refresh(item.id);
    await shelf.remove(item.id);
    await expect(refreshing).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await shelf.list()).toEqual([]);
  });

  it("removes stored files and leaves linked ones alone", async () => {
    const shelf = await open();
    const linked = await shelf.import(toyBase, { mode: "link" });
    const copied = await shelf.import(toyLora, { mode: "copy" });
    await shelf.remove(linked.item.id);
    await shelf.remove(copied.item.id);
    expect(await shelf.list()).toEqual([]);
    expect((await stat(toyBase)).size).toBe(3_432_928);
    expect(await stored()).toEqual([]);
    await expect(shelf.remove(copied.item.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("leaves nothing behind when a copy is stopped, and does not begin without room", async () => {
    const shelf = await open();
    const stop = new AbortController();
    await expect(shelf.import(toyBase, { mode: "copy", signal: stop.signal, onProgress: ({ step }) => { if (step === "copying") stop.abort(); } })).rejects.toMatchObject({ name: "AbortError" });
    expect(await stored()).toEqual([]);
    expect(await shelf.list()).toEqual([]);
    await expect((await open({ freeBytes: async () => 1000 })).import(toyBase, { mode: "copy" })).rejects.toMatchObject({ code: "NO_SPACE" });
    expect(await stored()).toEqual([]);
  });

  it("reads what a merged model was made from out of its file where that was not kept when it came", async () => {
    const path = join(elsewhere, "merged.gguf");
    await writeFile(path, await editGguf(toyBase, (tensors) => tensors, { "lorekeep.merge.adapter.0.name": "Tone" }));
    const { item } = await (await open()).import(path, { mode: "link" });
    expect(item.madeFrom).toEqual([{ how: "merged", name: "Tone" }]);
    const file = join(workspace, "models.json");
    const written = JSON.parse(await readFile(file, "utf8")) as { items: Record<string, unknown>[] };
    await writeFile(file, JSON.stringify({ ...written, items: written.items.map(({ madeFrom: _, ...old }) => old) }));
    const shelf = await open();
    expect((await shelf.get(item.id)).madeFrom).toEqual(item.madeFrom);
    expect(await readFile(file, "utf8")).toContain("Tone");
    await rm(path);
    await writeFile(file, JSON.stringify({ ...written, items: written.items.map(({ madeFrom: _, ...old }) => old) }));
    expect((await (await open()).get(item.id)).state, "a file that is gone keeps nobody from the shelf").toBe("missing");
  });

  it("keeps two files of one name apart, and moves an uploaded one in", async () => {
    const shelf = await open();
    await shelf.import(toyLora, { mode: "copy" });
    const upload = join(elsewhere, "toy-world-lora-v1.gguf");
    await copyFile(toyBase, upload);
    const { item } = await shelf.import(upload, { mode: "move", name: "Uploaded" });
    expect(item).toMatchObject({ name: "Uploaded", storage: "stored", path: join(workspace, "models", "toy-world-lora-v1-2.gguf") });
    expect(await readdir(elsewhere)).toEqual([]);
    expect((await shelf.rename(item.id, "My model")).name).toBe("My model");
  });

  it("refuses what is no model, and lists nothing of it", async () => {
    const shelf = await open();
    const page = join(elsewhere, "model.gguf");
    await writeFile(page, "<!DOCTYPE html><html>Sign in</html>");
    await expect(shelf.import(page, { mode: "copy" })).rejects.toMatchObject({ code: "MODEL_REFUSED", details: { reason: expect.stringMatching(/web page/) } });
    await expect(shelf.import(join(elsewhere, "none.gguf"), { mode: "link" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await shelf.list()).toEqual([]);
  });

  it("remembers measured threads per model, on this machine only", async () => {
    const shelf = await open();
    const { item } = await shelf.import(toyBase, { mode: "link" });
    expect(shelf.threadsFor(item.sha256)).toBeUndefined();
    await shelf.rememberThreads(item.sha256, 3);
    expect((await open()).threadsFor(item.sha256)).toBe(3);
    const file = join(workspace, "models.json");
    await writeFile(file, (await readFile(file, "utf8")).replace(/"machine": ".*"/, '"machine": "another"'));
    expect((await open()).threadsFor(item.sha256)).toBeUndefined();
  });
});

describe("Downloads", () => {
  let hub: FakeHub;
  let network: Network;
  let shelf: ModelShelf;
  let downloads: Downloads;
  const openDownloads = () => Downloads.open({ workspace, network, shelf, hub: () => ({ endpoint: hub.endpoint }), retryMs: 5 });
  const request = { name: "Toy", repo: "owner/toy", revision: "main", files: ["toy.gguf"], into: "gguf" as const };
  const settled = (id: string) => new Promise<DownloadState>((resolve) => {
    const look = () => {
      const state = downloads.list().find((d) => d.id === id);
      if (state && state.state !== "running" && state.state !== "checking") resolve(state);
    };
    downloads.onChange(look);
    look();
  });

  beforeEach(async () => {
    hub = await FakeHub.start();
    network = new Network({ ledgerPath: join(root, "network.jsonl") });
    shelf = await open();
    downloads = await openDownloads();
  });
  afterEach(async () => {
    await downloads.dispose();
    await network.dispose();
    await hub.stop();
  });

  it("brings a model onto the shelf with hash, commit and address pinned", async () => {
    const { sha256, sizeBytes } = hub.add("owner/toy/toy.gguf", { content: await readFile(toyBase), cut: { afterBytes: 1_000_000, times: 1 } });
    expect(await downloads.inspect({ repo: "owner/toy", revision: "main", file: "toy.gguf" })).toMatchObject({ sha256, sizeBytes });
    const { id } = await downloads.start(request);
    const done = await settled(id);
    expect(done).toMatchObject({ state: "done", receivedBytes: sizeBytes, totalBytes: sizeBytes });
    expect(await shelf.get(done.modelId ?? "")).toMatchObject({
      name: "Toy", sha256, storage: "stored", state: "ready",
      source: { type: "download", repo: "owner/toy", revision: hub.commit, file: "toy.gguf", url: expect.stringContaining(hub.commit) },
    });
    expect(await readdir(join(workspace, "downloads"))).toEqual([]);
  });

  it("pauses, survives a restart, resumes; cancels with everything gone", async () => {
    hub.add("owner/toy/toy.gguf", { content: await readFile(toyBase), slowMs: 5 });
    const { id } = await downloads.start(request);
    await new Promise<void>((resolve) => { downloads.onChange(([d]) => { if (d && d.receivedBytes > 0) resolve(); }); });
    await downloads.cancel(id, { keepPartial: true });
    expect(downloads.list()).toMatchObject([{ id, state: "paused" }]);
    await downloads.dispose();
    downloads = await openDownloads();
    expect(downloads.list()).toMatchObject([{ id, state: "paused", name: "Toy" }]);
    expect(downloads.list()[0]?.receivedBytes).toBeGreaterThan(0);
    hub.add("owner/toy/toy.gguf", { content: await readFile(toyBase) });
    await downloads.resume(id);
    expect((await settled(id)).state).toBe("done");
    expect(hub.transfers.at(-1)?.headers.range).toMatch(/^bytes=[1-9]/);
    await shelf.remove((await shelf.list())[0]?.id ?? "");
    hub.add("owner/toy/toy.gguf", { content: await readFile(toyBase), slowMs: 5 });
    await downloads.start(request);
    await downloads.cancel(id, { keepPartial: false });
    expect(downloads.list()).toMatchObject([{ id, state: "cancelled" }]);
    expect(await readdir(join(workspace, "downloads")).catch(() => [])).toEqual([]);
    expect((await openDownloads()).list()).toEqual([]);
  });

  it("says in words what went wrong, and deletes a file that is no model", async () => {
    const { id } = await downloads.start(request);
    expect(await settled(id)).toMatchObject({ state: "failed", error: { code: "NOT_FOUND", next: expect.any(String) } });
    hub.add("owner/toy/toy.gguf", { content: randomBytes(5000) });
    await downloads.resume(id);
    expect(await settled(id)).toMatchObject({ state: "failed", error: { code: "MODEL_REFUSED" } });
    expect(await shelf.list()).toEqual([]);
    await expect(downloads.start({ ...request, files: ["../x"] })).rejects.toMatchObject({ code: "INVALID" });
  });

  it("brings an embedder's files into a folder of their own, weights last", async () => {
    for (const [name, large] of [["onnx/model_quantized.onnx", true], ["config.json", false], ["tokenizer.json", false]] as const) hub.add(`owner/embed/${name}`, { content: Buffer.from(name), large });
    const { id } = await downloads.start({ ...request, repo: "owner/embed", files: ["onnx/model_quantized.onnx", "config.json", "tokenizer.json"], into: "folder" });
    const done = await settled(id);
    expect(done).toMatchObject({ state: "done", folder: join(workspace, "models", "owner", "embed"), file: "onnx/model_quantized.onnx" });
    expect(await readFile(join(done.folder ?? "", "onnx", "model_quantized.onnx"), "utf8")).toBe("onnx/model_quantized.onnx");
    expect((await readdir(done.folder ?? "")).sort()).toEqual(["config.json", "onnx", "tokenizer.json"]);
  });
});

describe("the catalogue", () => {
  it("is readable, names each licence with its source, and states no size and no hash", async () => {
    const entries = await readCatalogue(join(projectRoot, "models", "catalogue.json"));
    expect(new Set(entries.map((e) => e.id)).size).toBe(entries.length);
    expect(entries.filter((e) => e.kind === "chat").length).toBeGreaterThanOrEqual(10);
    expect(entries.filter((e) => e.kind === "embedder" && e.languages.includes("multilingual")).length).toBeGreaterThanOrEqual(2);
    expect(entries.some((e) => e.kind === "reranker")).toBe(true);
    for (const entry of entries) {
      expect(entry.files[0]).toBe(entry.file);
      expect(entry.sourceUrl).toBe(`https://huggingface.co/${entry.repo}`);
      if (entry.kind === "chat") expect(entry.file).toMatch(/\.gguf$/);
    }
  });

  it("has a row of evidence for every entry, and none for others", async () => {
    const page = await readFile(join(projectRoot, "docs", "catalogue.md"), "utf8");
    const rows = [...page.matchAll(/^\| `([^`]+)` \|.*\]\(https:/gm)].map((row) => row[1]);
    expect(rows).toEqual((await readCatalogue(join(projectRoot, "models", "catalogue.json"))).map((e) => e.id));
  });

  it("says so when it was damaged", async () => {
    const path = join(root, "catalogue.json");
    await writeFile(path, '{"version": 1, "entries": [{"id": "x"}]}');
    await expect(readCatalogue(path)).rejects.toMatchObject({ code: "INVALID" });
  });
});
