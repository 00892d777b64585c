import { join } from "node:path";
import { answerRoutes } from "./answer/routes.ts";
import { createAnswers, type Answers } from "./answer/answers.ts";
import { Emitter } from "./base/emitter.ts";
import { Owner } from "./base/lifetime.ts";
import { Network } from "./base/network.ts";
import { Notices } from "./base/notices.ts";
import { createChatModel } from "./chat-model.ts";
import type { ChangeEvent, EngineClient, SystemStatus } from "./contract/index.ts";
import { os } from "./contract/server.ts";
import { createInProcessClient } from "./in-process.ts";
import { Comparisons } from "./evaluation/compare/comparisons.ts";
import { compareRoutes } from "./evaluation/compare/routes.ts";
import { createEvaluation, type Evaluation } from "./evaluation/evaluation.ts";
import { evaluationRoutes } from "./evaluation/routes.ts";
import { createPageFetcher } from "./ingest/fetch-page.ts";
import { createLibrary, type Library } from "./ingest/library.ts";
import { libraryRoutes } from "./ingest/routes.ts";
import { createUploads, type Uploads } from "./ingest/uploads.ts";
import { createEmbedder, type WorkerEmbedder } from "./knowledge/embedder.ts";
import { openKnowledge } from "./knowledge/lance/knowledge-store.ts";
import { placeNotice, placeOf, type StorePlace } from "./knowledge/place.ts";
import type { KnowledgeStore } from "./knowledge/store.ts";
import { readCatalogue, type CatalogueEntry } from "./models/catalogue.ts";
import { Downloads } from "./models/downloads.ts";
import { FineTunes } from "./models/fine-tunes.ts";
import { Ranker } from "./models/ranker.ts";
import { LanguageData } from "./models/languages/language-data.ts";
import { languageRoutes } from "./models/languages/routes.ts";
import { modelRoutes } from "./models/routes.ts";
import { ModelRuntime } from "./models/runtime.ts";
import { ModelShelf } from "./models/shelf.ts";
import { createRerankers } from "./reranker.ts";
import { settingsRoutes } from "./settings/routes.ts";
import { openSettings, type SettingsStore } from "./settings/settings.ts";
import { openWorkspace } from "./settings/workspace.ts";
import { createChecks, type Checks } from "./tune/check/checks.ts";
import { systemRoutes } from "./system-routes.ts";
import { tuneRoutes } from "./tune/routes.ts";
import { Tuner } from "./tune/tuner.ts";
import type { WorkerHost } from "./workers/host.ts";

export interface EngineOptions {
  /** The one folder that keeps everything. Made if it is not there. */
  readonly workspace: string;
  readonly hostKind: SystemStatus["host"];
  /** How worker processes are made here. */
  readonly workerHost: WorkerHost;
  /** Folder that holds models/ with the built-in embedder and the catalogue. */
  readonly resources: string;
  readonly version: string;
  /** Where the library's tables are for this start, instead of what the settings say: a folder or a URI that LanceDB accepts. */
  readonly store?: string | undefined;
}

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

/** Everything that is alive while the engine runs. */
interface Rooms {
  readonly options: EngineOptions;
  readonly settings: SettingsStore;
  readonly network: Network;
  readonly notices: Notices;
  readonly changes: Emitter<ChangeEvent>;
  readonly uploads: Uploads;
  readonly embedder: WorkerEmbedder;
  readonly place: StorePlace;
  readonly store: KnowledgeStore;
  readonly library: Library;
  readonly shelf: ModelShelf;
  readonly fineTunes: FineTunes;
  readonly checks: Checks;
  readonly downloads: Downloads;
  readonly runtime: ModelRuntime;
  readonly ranker: Ranker;
  readonly catalogue: readonly CatalogueEntry[];
  readonly answers: Answers;
  readonly evaluation: Evaluation;
  readonly comparisons: Comparisons;
  readonly tuner: Tuner;
  readonly languages: LanguageData;
}

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

async function openRooms(options: EngineOptions, owner: Owner): Promise<Rooms> {
  const { workspace, resources, workerHost } = options;
  owner.own(await openWorkspace(workspace, options.hostKind));
  const changes = new Emitter<ChangeEvent>();
  const tell = (topic: ChangeEvent["topic"], id?: string) => changes.emit(id === undefined ? { topic } : { topic, id });
  const notices = new Notices(() => tell("notices"));
  const settings = owner.own(await openSettings(workspace));
  owner.onDispose(settings.onChange(() => tell("settings")));
  const network = owner.own(new Network({ ledgerPath: join(workspace, "network.jsonl") }));

  const uploads = await createUploads(join(workspace, "uploads"));
  const embedder = owner.own(await createEmbedder({ workerHost, modelFolder: join(resources, "models", "all-MiniLM-L6-v2"), name: "all-MiniLM-L6-v2" }));
  const place = await placeOf(workspace, { given: options.store, set: settings.value.library.store });
  const store = owner.own(await openStore(place, { network, notices, embedder }));
  const library = owner.own(await createLibrary({
    workspace, store, embedder, workerHost, settings: () => settings.value, onChange: tell, onNotice: (text) => notices.add("warning", text),
    fetchPage: createPageFetcher({ network, folder: join(workspace, "uploads"), maxBytes: settings.value.ingest.maxFileMb * 2 ** 20 }),
  }));

  // A terminal command asks once, and so asks cold; a window or a browser is open long before its first question.
  if (options.hostKind === "electron" || options.hostKind === "serve") store.warmUp().catch(() => undefined); // The search that meets the same says so.

  const models = await openModels({ options, owner, settings, network, tell });
  const languages = owner.own(new LanguageData({ workspace, network, registry: () => settings.value.ingest.languageRegistry, changed: () => tell("downloads") }));
  const tuner = owner.own(await Tuner.open({ workspace, host: workerHost, shelf: models.shelf }));
  const chatModel = owner.own(createChatModel({ ...models, settings: () => settings.value }));
  const ranker = owner.own(new Ranker({ host: workerHost }));
  const answers = owner.own(await createAnswers({
    workspace, store, embedder, chatModel, settings: () => settings.value, onChange: tell, onNotice: (level, text) => notices.add(level, text),
    privacy: () => library.privacy(), hasDocuments: () => countByState(library).indexed, whileAnswering: () => giveWay(library, embedder),
    reranker: createRerankers({ shelf: models.shelf, ranker, embedder, settings: () => settings.value }),
  }));
  const checks = owner.own(createChecks({ shelf: models.shelf, model: chatModel, turn: answers.means.turn, onNotice: (level, text) => notices.add(level, text) }));
  const evaluation = owner.own(await createEvaluation({
    workspace, answering: answers.means, library, embedder, workerHost, conversations: answers.conversations,
    modelNames: async () => new Map((await models.shelf.list()).map(({ id, name }) => [id, name])),
    uploadPath: async (id) => (await uploads.find(id)).path, onNotice: (text) => notices.add("warning", text),
  }, () => tell("evaluation")));
  const comparisons = owner.own(await Comparisons.open(workspace));
  for (const aside of [settings.setAside, models.shelf.setAside, evaluation.sets.setAside, comparisons.setAside, tuner.setAside]) if (aside) notices.add("warning", `${aside.path} could not be read (${aside.reason}) and was set aside as ${aside.movedTo}.`);
  return { options, settings, network, notices, changes, uploads, embedder, place, store, library, ...models, ranker, answers, checks, evaluation, comparisons, tuner, languages };
}

/** In a folder nothing leaves the machine; anywhere else it is on the ledger and said. */
async function openStore(place: StorePlace, { network, notices, embedder }: Pick<Rooms, "network" | "notices" | "embedder">): Promise<KnowledgeStore> {
  const open = () => openKnowledge({ ...place, embedderIdentity: embedder.identity, dimensions: embedder.dimensions });
  const said = placeNotice(place);
  if (said === undefined) return open();
  notices.add("warning", said);
  return network.connection(place.uri, "library", open);
}

interface OpeningModels {
  readonly options: EngineOptions;
  readonly owner: Owner;
  readonly settings: SettingsStore;
  readonly network: Network;
  readonly tell: (topic: ChangeEvent["topic"]) => void;
}

async function openModels({ options, owner, settings, network, tell }: OpeningModels): Promise<Pick<Rooms, "shelf" | "fineTunes" | "downloads" | "runtime" | "catalogue">> {
  const { workspace, workerHost, resources } = options;
  const shelf = owner.own(await ModelShelf.open({ workspace }));
  owner.onDispose(shelf.onChange(() => tell("models")));
  const runtime = owner.own(new ModelRuntime({ host: workerHost, shelf }));
  const hub = () => {
    const { hubEndpoint, hubToken } = settings.value.models;
    const endpoint = process.env.HF_ENDPOINT ?? (hubEndpoint === "https://huggingface.co" ? undefined : hubEndpoint);
    return { endpoint, token: hubToken === "" ? undefined : hubToken };
  };
  const downloads = owner.own(await Downloads.open({ workspace, network, shelf, hub }));
  owner.onDispose(downloads.onChange(() => tell("downloads")));
  return { shelf, fineTunes: new FineTunes(shelf), runtime, downloads, catalogue: await readCatalogue(join(resources, "models", "catalogue.json")) };
}

/** While an answer is made, no further document is read and no further batch of passages embedded. */
function giveWay(library: Library, embedder: WorkerEmbedder): () => void {
  const ends = [library.yieldTo(), embedder.pausePassages()];
  return () => ends.forEach((end) => end());
}

function buildRouter(rooms: Rooms) {
  const { settings, shelf, fineTunes, checks, runtime, downloads, catalogue, uploads, library, answers, evaluation, comparisons, tuner, network, notices, changes } = rooms;
  return os.router({
    ...libraryRoutes(library),
    ...answerRoutes(answers),
    compare: compareRoutes({ answers, comparisons }, () => changes.emit({ topic: "comparisons" })),
    evaluation: evaluationRoutes(evaluation, () => changes.emit({ topic: "evaluation" })),
    models: modelRoutes({
      shelf, fineTunes, runtime, downloads, catalogue, settings: () => settings.value, uploadPath: async (id) => (await uploads.find(id)).path,
      check: (input, signal) => checks.run(input, signal), onUpdated: (item) => checks.again(item.id),
    }),
    languages: languageRoutes({ languages: rooms.languages, settings }),
    tune: tuneRoutes({ tuner, shelf }),
    settings: settingsRoutes(settings),
    system: systemRoutes({ network, notices, changes, describe: () => describe(rooms) }),
  });
}

function countByState(library: Library): { total: number; indexed: number; failed: number } {
  const count = { total: 0, indexed: 0, failed: 0 };
  for (const { state } of library.parts.registry.all()) {
    count.total++;
    if (state === "indexed" || state === "failed") count[state]++;
  }
  return count;
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
