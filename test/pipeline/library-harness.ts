import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { call } from "@orpc/server";
import { settings as settingsSchema, type Settings } from "../../engine/contract/settings.ts";
import { createLibrary, type Library, type LibraryOptions } from "../../engine/ingest/library.ts";
import { libraryRoutes } from "../../engine/ingest/routes.ts";
import { createEmbedder } from "../../engine/knowledge/embedder.ts";
import { openKnowledge } from "../../engine/knowledge/lance/knowledge-store.ts";
import type { Embedder, KnowledgeStore } from "../../engine/knowledge/store.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { projectRoot, workersFolder } from "../data.ts";

export interface World {
  readonly folder: string;
  readonly workspace: string;
  readonly library: Library;
  readonly routes: ReturnType<typeof libraryRoutes>;
  readonly store: KnowledgeStore;
  readonly embedder: Embedder;
  /** Texts that were really embedded. */
  readonly embedded: { count: number };
  readonly notices: string[];
  embedderPid(): number | undefined;
  close(): Promise<void>;
}

export type WorldOptions = Partial<Omit<LibraryOptions, "workspace" | "store" | "settings">> & { ingest?: Partial<Settings["ingest"]> };

/** A library on a real store, with the real embedder and readers, in `folder`/workspace. Opening the same folder again is a restart. */
export async function openWorld(folder: string, options: WorldOptions = {}): Promise<World> {
  const workspace = join(folder, "workspace");
  const workerHost = options.workerHost ?? createNodeWorkerHost(workersFolder);
  const worker = options.embedder ? undefined : await createEmbedder({ workerHost, modelFolder: join(projectRoot, "models/all-MiniLM-L6-v2"), name: "all-MiniLM-L6-v2" });
  const real = worker ?? options.embedder;
  if (!real) throw new Error("There is no embedder");
  const embedded = { count: 0 };
  const embedder = counting(real, embedded);
  const store = await openKnowledge({ uri: join(workspace, "knowledge"), embedderIdentity: embedder.identity, dimensions: embedder.dimensions });
  const settings = settingsSchema.parse({ ingest: { ocr: "off", ...options.ingest } });
  const notices: string[] = [];
  const { ingest: _, ...rest } = options;
  const library = await createLibrary({ ...rest, workspace, store, embedder, workerHost, settings: () => settings, onNotice: (text) => notices.push(text) });
  const close = async () => {
    await library.dispose();
    await embedder.dispose();
    await store.dispose();
  };
  return { folder, workspace, library, routes: libraryRoutes(library), store, embedder, embedded, notices, embedderPid: () => worker?.state.pid, close };
}

function counting(embedder: Embedder, embedded: { count: number }): Embedder {
  return new Proxy(embedder, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (key === "embedPassages") {
        return (texts: readonly string[], signal?: AbortSignal) => {
          embedded.count += texts.length;
          return target.embedPassages(texts, signal);
        };
      }
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

export const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "lorekeep-ingest-"));
export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 3 });

export async function write(path: string, text: string | Buffer): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

/** Everything that is indexed, without the random ids: what two libraries must agree on. */
export async function contents(world: Pick<World, "library" | "store">): Promise<{ path: string; state: string; reason: string; passages: string[] }[]> {
  const all = [...world.library.parts.registry.all()];
  const rows = await Promise.all(all.map(async ({ id, path, state, reason }) => ({ path, state, reason: reason ? `${reason.code}: ${reason.message}` : "", passages: (await world.store.neighbours(id, 0, 1_000_000)).map(({ position, range, text }) => `${position} ${range.start}-${range.end} ${text}`) })));
  return rows.sort((a, b) => (a.path < b.path ? -1 : 1));
}

export { call };
