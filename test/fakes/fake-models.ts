import type { z } from "zod";
import { LorekeepError } from "../../engine/base/errors.ts";
import { compileSchema } from "../../engine/base/json-schema.ts";
import { settings, type importEvent, type ShelfItem } from "../../engine/contract/index.ts";
import { os, stream } from "../../engine/contract/server.ts";
import { checking, fineTuneHandlers } from "./fake-fine-tunes.ts";
import type { FakeWorld } from "./fake-world.ts";
import { progress } from "./fake-library.ts";

type ImportEvent = z.infer<typeof importEvent>;

export const item = (fields: Pick<ShelfItem, "id" | "kind" | "name" | "sizeBytes"> & Partial<ShelfItem>): ShelfItem => ({
  path: `/home/ada/Models/${fields.name}.gguf`, storage: "linked", state: "ready", sha256: "0".repeat(64), architecture: "llama", hasTemplate: true, source: { type: "import", from: `/home/ada/Models/${fields.name}.gguf` }, added: "2026-05-01T08:00:00.000Z", ...fields,
});

export function seedModels(world: FakeWorld): void {
  world.models = [
    item({ id: "g-small", kind: "model", name: "Toy World Base", sizeBytes: 4_100_000, parameters: 2_100_000, quantisation: "Q8_0", contextLength: 1024, fit: { verdict: "fits", text: "Fits easily.", modelBytes: 4_100_000, contextBytes: 2_000_000, freeBytes: 6_000_000_000, contextSize: 1024 } }),
    item({ id: "g-large", kind: "model", name: "Qwen3 4B Instruct", sizeBytes: 2_500_000_000, parameters: 4_000_000_000, quantisation: "Q4_K_M", contextLength: 32768, licence: "Apache-2.0", fit: { verdict: "smaller-context", text: "Fits with a context of 8,192 tokens.", modelBytes: 2_500_000_000, contextBytes: 600_000_000, freeBytes: 4_000_000_000, contextSize: 8192 } }),
    item({ id: "a-voice", kind: "adapter", name: "Archive voice", sizeBytes: 1_200_000, rank: 8, alpha: 16, hasTemplate: false, baseModel: "Toy World Base" }),
    item({ id: "r-bge", kind: "reranker", name: "BGE reranker v2 M3", sizeBytes: 636_000_000, architecture: "bert", parameters: 568_000_000, quantisation: "Q8_0", contextLength: 8192, hasTemplate: false }),
  ];
}

async function* importing(world: FakeWorld, input: { path?: string | undefined; uploadId?: string | undefined }): AsyncGenerator<ImportEvent> {
  const name = (input.path ?? world.uploads.get(input.uploadId ?? "") ?? "model.gguf").split(/[\\/]/).pop() ?? "model.gguf";
  if (!name.endsWith(".gguf")) throw new LorekeepError("MODEL_REFUSED", { reason: `“${name}” is not a GGUF file.`, next: "Choose a file that ends in .gguf." });
  for (let done = 0; done <= 4; done++) { yield { type: "progress" as const, step: "checking" as const, done, total: 4 }; await world.sleep(world.stepMs / 4); }
  const made = item({ id: world.id("g"), kind: /lora|adapter/.test(name) ? "adapter" : "model", name: name.replace(/\.gguf$/, ""), sizeBytes: 5_000_000 });
  world.models.push(made);
  world.changed("models", made.id);
  yield { type: "done" as const, item: made, existed: false };
}

export function modelHandlers(world: FakeWorld) {
  const find = (id: string): ShelfItem => {
    const found = world.models.find((candidate) => candidate.id === id);
    if (!found) throw new LorekeepError("NOT_FOUND", "There is no such model on the shelf.");
    return found;
  };
  const downloadOf = (id: string) => {
    const found = world.downloads.find((candidate) => candidate.id === id);
    if (!found) throw new LorekeepError("NOT_FOUND", "There is no such download.");
    return found;
  };
  return {
    list: os.models.list.handler(() => world.models),
    rerankers: os.models.rerankers.handler(() => world.models.filter(({ kind }) => kind === "reranker").map(({ id, name }) => ({ id, name, format: "gguf" as const }))),
    import: os.models.import.handler(({ input }) => stream(importing(world, input))),
    update: os.models.update.handler(({ input }) => { const found = Object.assign(find(input.id), { name: input.name }); world.changed("models", input.id); return found; }),
    remove: os.models.remove.handler(({ input }) => { world.models.splice(world.models.indexOf(find(input.id)), 1); world.changed("models", input.id); }),
    setBase: os.models.setBase.handler(({ input }) => {
      const { fineTuneOf: _, ...rest } = find(input.id);
      const base = input.baseId === null ? undefined : find(input.baseId);
      const item: ShelfItem = base ? { ...rest, isFineTune: true, fineTuneOf: { id: base.id, name: base.name, how: "person" } } : rest;
      world.models[world.models.indexOf(find(input.id))] = item;
      world.changed("models", input.id);
      return item;
    }),
    check: os.models.check.handler(({ input }) => stream(checking(world, find(input.id), input))),
    fineTunes: fineTuneHandlers(world),
    runtime: os.models.runtime.handler(() => world.runtime),
    watchRuntime: os.models.watchRuntime.handler(async function* ({ signal }) { yield world.runtime; yield* world.runtimeEvents(signal); }),
    load: os.models.load.handler(async ({ input }) => {
      const model = find(input.id);
      world.setRuntime({ state: "loading", modelId: model.id });
      await world.sleep(world.stepMs);
      world.setRuntime({ state: "ready", modelId: model.id, loaded: { architecture: "llama", parameters: model.parameters ?? 0, quantisation: model.quantisation ?? "F16", trainContextSize: 1024, contextSize: input.contextSize ?? 1024, template: { source: "gguf", name: "chatml" }, backend: "CPU", gpuLayers: 0, totalLayers: 4, threads: 1, memory: { modelBytes: model.sizeBytes, contextBytes: 2_000_000, freeBytesBefore: 6_000_000_000 }, loadMs: 120 } });
      return world.runtime;
    }),
    unload: os.models.unload.handler(() => world.setRuntime({ state: "empty" })),
    catalogue: os.models.catalogue.handler(() => [
      { id: "qwen3-4b", name: "Qwen3 4B Instruct", kind: "chat" as const, description: "A good all-round model for a laptop.", repo: "example/qwen3-4b-gguf", revision: "main", file: "qwen3-4b-q4_k_m.gguf", parameters: "4B", languages: ["en", "de", "fr"], licence: "Apache-2.0", licenceUrl: "https://example.org/licence", sourceUrl: "https://example.org/qwen3-4b", installed: true },
      { id: "small-1b", name: "Small 1B", kind: "chat" as const, description: "For machines with little memory.", repo: "example/small-1b", revision: "main", file: "small-1b-q4.gguf", parameters: "1B", languages: ["en"], licence: "MIT", licenceUrl: "https://example.org/licence", sourceUrl: "https://example.org/small-1b", installed: false },
    ]),
    inspectDownload: os.models.inspectDownload.handler(() => ({ url: "https://hub.example.org/file", sizeBytes: 800_000_000, sha256: "a".repeat(64), revision: "main" })),
    download: os.models.download.handler(({ input }) => {
      const made = { id: world.id("w"), name: input.catalogueId ?? input.file ?? "model", repo: input.repo ?? "example/small-1b", file: input.file ?? "small-1b-q4.gguf", state: "running" as const, receivedBytes: 120_000_000, totalBytes: 800_000_000, bytesPerSecond: 12_000_000, etaSeconds: 57 };
      world.downloads.push(made);
      world.downloadsChanged();
      return made;
    }),
    downloads: os.models.downloads.handler(() => world.downloads),
    watchDownloads: os.models.watchDownloads.handler(async function* ({ signal }) { yield world.downloads; yield* world.downloadEvents(signal); }),
    cancelDownload: os.models.cancelDownload.handler(({ input }) => { Object.assign(downloadOf(input.id), { state: input.keepPartial ? "paused" : "cancelled", bytesPerSecond: 0 }); world.downloadsChanged(); }),
    resumeDownload: os.models.resumeDownload.handler(({ input }) => { const found = Object.assign(downloadOf(input.id), { state: "running" }); world.downloadsChanged(); return found; }),
  };
}

export function systemHandlers(world: FakeWorld) {
  const notices = [{ id: "n-1", level: "info" as const, text: "Lorekeep was updated to 0.1.0.", time: "2026-05-01T08:00:00.000Z" }];
  return {
    settings: {
      get: os.settings.get.handler(() => world.settings),
      update: os.settings.update.handler(({ input }) => {
        const now = world.settings;
        const given = (fields: object = {}) => Object.fromEntries(Object.entries(fields).map(([name, value]: [string, unknown]) => [name, value ?? undefined]));
        world.settings = settings.parse({ appearance: { ...now.appearance, ...given(input.appearance) }, answers: { ...now.answers, ...given(input.answers) }, search: { ...now.search, ...given(input.search) }, models: { ...now.models, ...given(input.models) }, ingest: { ...now.ingest, ...given(input.ingest) } });
        world.changed("settings");
        return world.settings;
      }),
    },
    system: {
      status: os.system.status.handler(() => {
        const states = [...world.documents.values()].map((entry) => entry.document.state);
        return {
          version: "0.1.0", host: "test" as const, workspace: "/home/ada/Lorekeep", platform: "linux x64", node: process.version, cores: 8, memory: { totalBytes: 16_000_000_000, freeBytes: 7_400_000_000 },
          embedder: { name: "all-MiniLM-L6-v2", identity: "all-MiniLM-L6-v2/int8", dimensions: 384 }, documents: states.length, indexed: states.filter((state) => state === "indexed").length, failed: states.filter((state) => state === "failed").length,
          passages: [...world.documents.values()].reduce((sum, entry) => sum + entry.document.passages, 0), indexBytes: 21_000_000, store: { uri: "/home/you/Lorekeep/knowledge", kind: "folder" as const, remote: false }, queue: progress(world), runtime: world.runtime,
          workers: [{ name: "reader", state: "ready" as const, pid: 4211, restarts: 0 }, { name: "embedder", state: "ready" as const, pid: 4212, restarts: 0 }, { name: "generator", state: "stopped" as const, restarts: 1, lastDeath: "killed (SIGKILL)" }], notices,
        };
      }),
      changes: os.system.changes.handler(async function* ({ signal }) { yield* world.changes(signal); }),
      network: os.system.network.handler(() => [{ time: "2026-05-01T08:00:00.000Z", method: "GET", url: "https://hub.example.org/file", purpose: "Download of a model", outcome: "200", bytes: 800_000_000 }]),
      checkSchema: os.system.checkSchema.handler(({ input }) => void compileSchema(input.jsonSchema)),
      dismissNotice: os.system.dismissNotice.handler(({ input }) => { const at = notices.findIndex((notice) => notice.id === input.id); if (at >= 0) notices.splice(at, 1); world.changed("notices"); }),
    },
  };
}
