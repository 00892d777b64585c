import { answerRoutes } from "./answer/routes.ts";
import { Owner } from "./base/lifetime.ts";
import type { Notices } from "./base/notices.ts";
import type { EngineClient } from "./contract/index.ts";
import { os } from "./contract/server.ts";
import { createInProcessClient } from "./in-process.ts";
import { compareRoutes } from "./evaluation/compare/routes.ts";
import { evaluationRoutes } from "./evaluation/routes.ts";
import { libraryRoutes } from "./ingest/routes.ts";
import { type Uploads } from "./ingest/sources/uploads.ts";
import { languageRoutes } from "./models/languages/routes.ts";
import { modelRoutes } from "./models/routes.ts";
import { settingsRoutes } from "./settings/routes.ts";
import { systemRoutes } from "./system-routes.ts";
import { tuneRoutes } from "./tune/routes.ts";
import { countByState, openRooms, type EngineOptions, type Rooms } from "./rooms.ts";

export type { EngineOptions } from "./rooms.ts";

/** One running engine. Several can live in one process, each on its own workspace. */
export interface Engine {
  /** Implements the contract; hosts serve it over their transport. */
  readonly router: Router;
  /** A client in this process that clones and validates like any other. */
  readonly client: EngineClient;
  readonly uploads: Uploads;
  readonly notices: Notices;
  dispose(): Promise<void>;
}

type Router = ReturnType<typeof buildRouter>;

/** Wires and starts. What was started is disposed in reverse order, also when a later part fails to start. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const owner = new Owner();
  try {
    const rooms = await openRooms(options, owner);
    const router = buildRouter(rooms);
    const { client, close } = createInProcessClient(router);
    owner.onDispose(close);
    return { router, client, uploads: rooms.uploads, notices: rooms.notices, dispose: () => owner.dispose() };
  } catch (error) {
    await owner.dispose();
    throw error;
  }
}

function buildRouter(rooms: Rooms) {
  const { settings, shelf, fineTunes, checks, runtime, downloads, catalogue, uploads, library, answers, evaluation, comparisons, tuner, network, notices, changes } = rooms;
  return os.router({
    ...libraryRoutes(library),
    ...answerRoutes(answers),
    compare: compareRoutes({ answers, comparisons }, () => changes.emit({ topic: "comparisons" })),
    evaluation: evaluationRoutes(evaluation, () => changes.emit({ topic: "evaluation" })),
    models: modelRoutes({
      shelf, fineTunes, runtime, downloads, catalogue, settings: () => settings.value, turn: answers.means.turn, uploadPath: async (id) => (await uploads.find(id)).path,
      check: (input, signal) => checks.run(input, signal), refreshed: rooms.refreshed, onUpdated: (item) => checks.again(item.id),
      gate: (input, signal) => evaluation.gate(input, signal), hasQuestions: () => evaluation.sets.list().some(({ questions }) => questions.length > 0),
    }),
    languages: languageRoutes({ languages: rooms.languages, settings }),
    tune: tuneRoutes({ tuner, refreshed: rooms.refreshed }),
    settings: settingsRoutes(settings),
    system: systemRoutes({ network, notices, changes, describe: () => describe(rooms) }),
  });
}

async function describe({ options, embedder, place, store, library, runtime, ranker, tuner }: Rooms) {
  const { total, indexed, failed } = countByState(library);
  const stats = await store.stats();
  return {
    version: options.version, host: options.hostKind, workspace: options.workspace,
    embedder: { name: embedder.name, identity: embedder.identity, dimensions: embedder.dimensions },
    documents: total, indexed, failed, passages: stats.passages, indexBytes: stats.bytes, store: { uri: place.uri, kind: place.kind, remote: place.kind !== "folder" }, queue: library.parts.queue.progress(),
    runtime: runtime.state, workers: [...library.workers(), embedder.state, runtime.worker, ranker.worker, tuner.worker],
  };
}
