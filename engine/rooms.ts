import { join } from "node:path";
import { createAnswers, type Answers } from "./answer/answers.ts";
import { keyedNonce } from "./answer/write/nonce.ts";
import { Emitter } from "./base/emitter.ts";
import { variable } from "./base/environment.ts";
import type { Owner } from "./base/lifetime.ts";
import { Network } from "./base/network.ts";
import { Notices } from "./base/notices.ts";
import { createChatModel } from "./chat-model.ts";
import type { ChangeEvent, SystemStatus } from "./contract/index.ts";
import { Comparisons } from "./evaluation/compare/comparisons.ts";
import { createEvaluation, type Evaluation } from "./evaluation/evaluation.ts";
import { createPageFetcher } from "./ingest/sources/fetch-page.ts";
import { createLibrary, type Library } from "./ingest/library.ts";
import { createUploads, type Uploads } from "./ingest/sources/uploads.ts";
import { createEmbedder, type WorkerEmbedder } from "./knowledge/embedder.ts";
import { openKnowledge } from "./knowledge/lance/knowledge-store.ts";
import { placeNotice, placeOf, type StorePlace } from "./knowledge/place.ts";
import type { KnowledgeStore } from "./knowledge/store.ts";
import { readCatalogue, type CatalogueEntry } from "./models/catalogue.ts";
import { Downloads } from "./models/downloads.ts";
import { FineTunes } from "./models/fine-tunes.ts";
import { LanguageData } from "./models/languages/language-data.ts";
import { Ranker } from "./models/ranker.ts";
import { ModelRuntime } from "./models/runtime.ts";
import { ModelShelf } from "./models/shelf.ts";
import type { ShelfItem } from "./models/types.ts";
import { createRerankers } from "./reranker.ts";
import { openSecret, type Secret } from "./settings/secret.ts";
import { openSettings, type SettingsStore } from "./settings/settings.ts";
import { openWorkspace } from "./settings/workspace.ts";
import { createChecks, type Checks } from "./tune/check/checks.ts";
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

/** Everything that is alive while the engine runs. */
export interface Rooms {
  readonly options: EngineOptions;
  readonly settings: SettingsStore;
  readonly secret: Secret;
  readonly network: Network;
  readonly notices: Notices;
  readonly changes: Emitter<ChangeEvent>;
  readonly tell: (topic: ChangeEvent["topic"], id?: string) => void;
  readonly uploads: Uploads;
  readonly embedder: WorkerEmbedder;
  readonly place: StorePlace;
  readonly store: KnowledgeStore;
  readonly library: Library;
  readonly shelf: ModelShelf;
  readonly fineTunes: FineTunes;
  readonly checks: Checks;
  /** An item of the shelf as its file is now; where that is another one, its checks are made again. */
  readonly refreshed: (itemId: string, signal?: AbortSignal) => Promise<ShelfItem>;
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

/** Opens room after room; what was opened is disposed in reverse order by `owner`. */
export async function openRooms(options: EngineOptions, owner: Owner): Promise<Rooms> {
  const base = await openBase(options, owner);
  const documents = await openDocuments(base, owner);
  const models = await openModels(base, owner);
  const answering = await openAnswering({ ...base, ...documents, ...models }, owner);
  const measuring = await openMeasuring({ ...base, ...documents, ...models, ...answering }, owner);
  const rooms = { ...base, ...documents, ...models, ...answering, ...measuring };
  tellSetAside(rooms);
  return rooms;
}

/** What a room is opened with: those before it. */
type With<K extends keyof Rooms> = Pick<Rooms, K>;
type Base = With<"options" | "changes" | "tell" | "notices" | "settings" | "secret" | "network" | "uploads">;

async function openBase(options: EngineOptions, owner: Owner): Promise<Base> {
  const { workspace } = options;
  owner.own(await openWorkspace(workspace, options.hostKind));
  const changes = new Emitter<ChangeEvent>();
  const tell: Rooms["tell"] = (topic, id) => changes.emit(id === undefined ? { topic } : { topic, id });
  const settings = owner.own(await openSettings(workspace));
  owner.onDispose(settings.onChange(() => tell("settings")));
  const secret = await openSecret(workspace);
  const network = owner.own(new Network({ ledgerPath: join(workspace, "network.jsonl") }));
  return { options, changes, tell, notices: new Notices(() => tell("notices")), settings, secret, network, uploads: await createUploads(join(workspace, "uploads")) };
}

/** The store and what fills it. */
async function openDocuments({ options, settings, network, notices, tell }: Base, owner: Owner): Promise<With<"embedder" | "place" | "store" | "library">> {
  const { workspace, resources, workerHost } = options;
  const embedder = owner.own(await createEmbedder({ workerHost, modelFolder: join(resources, "models", "all-MiniLM-L6-v2"), name: "all-MiniLM-L6-v2" }));
  const place = await placeOf(workspace, { given: options.store, set: settings.value.library.store });
  const store = owner.own(await openStore(place, { network, notices, embedder }));
  const library = owner.own(await createLibrary({
    workspace, store, embedder, workerHost, settings: () => settings.value, onChange: tell, onNotice: (text) => notices.add("warning", text),
    fetchPage: createPageFetcher({ network, folder: join(workspace, "uploads"), maxBytes: settings.value.ingest.maxFileMb * 2 ** 20 }),
  }));
  // A terminal command asks once, and so asks cold; a window or a browser is open long before its first question.
  if (options.hostKind === "electron" || options.hostKind === "serve") store.warmUp().catch(() => undefined); // The search that meets the same says so.
  return { embedder, place, store, library };
}

/** Questions and answers, and the health checks, which wait for their turn among them. */
async function openAnswering({ options, settings, secret, notices, tell, embedder, store, library, ...models }: Base & With<"embedder" | "store" | "library" | "shelf" | "fineTunes" | "runtime">, owner: Owner): Promise<With<"ranker" | "answers" | "checks" | "refreshed">> {
  const { workspace, workerHost } = options;
  const { shelf, fineTunes } = models;
  const refreshed: Rooms["refreshed"] = async (itemId, signal) => {
    const { item, updated } = await shelf.refresh(itemId, signal);
    if (updated) checks.again(itemId);
    return item;
  };
  const chatModel = owner.own(createChatModel({ ...models, refreshed, settings: () => settings.value }));
  const ranker = owner.own(new Ranker({ host: workerHost }));
  const answers = owner.own(await createAnswers({
    workspace, store, embedder, chatModel, settings: () => settings.value, onChange: tell, onNotice: (level, text) => notices.add(level, text),
    privacy: () => library.privacy(), hasDocuments: () => countByState(library).indexed, fineTuneFormat: (id) => fineTunes.schemaOf(id), whileAnswering: () => giveWay(library, embedder),
    reranker: createRerankers({ shelf, ranker, embedder, settings: () => settings.value }), nonce: keyedNonce(secret.key),
  }));
  const checks = owner.own(createChecks({ shelf, model: chatModel, turn: answers.means.turn, onNotice: (level, text) => notices.add(level, text) }));
  return { ranker, answers, checks, refreshed };
}

/** Question sets, runs, the gate, comparisons. */
async function openMeasuring({ options, notices, tell, uploads, embedder, library, shelf, fineTunes, answers, refreshed }: Base & With<"embedder" | "library" | "shelf" | "fineTunes" | "answers" | "refreshed">, owner: Owner): Promise<With<"evaluation" | "comparisons">> {
  const { workspace, workerHost } = options;
  const evaluation = owner.own(await createEvaluation({
    workspace, answering: answers.means, library, embedder, workerHost, conversations: answers.conversations,
    fineTunes, models: () => shelf.list(), refreshed,
    modelNames: async () => new Map((await shelf.list()).map(({ id, name }) => [id, name])),
    uploadPath: async (id) => (await uploads.find(id)).path, onNotice: (text) => notices.add("warning", text),
  }, () => tell("evaluation")));
  return { evaluation, comparisons: owner.own(await Comparisons.open(workspace)) };
}

/** What could not be read was moved aside, never replaced; a person must hear of it. */
function tellSetAside({ notices, settings, secret, shelf, evaluation, comparisons, tuner }: Rooms): void {
  for (const aside of [settings.setAside, secret.setAside, shelf.setAside, evaluation.sets.setAside, comparisons.setAside, tuner.setAside]) {
    if (aside) notices.add("warning", `${aside.path} could not be read (${aside.reason}) and was set aside as ${aside.movedTo}.`);
  }
}

/** In a folder nothing leaves the machine; anywhere else it is on the ledger and said. */
async function openStore(place: StorePlace, { network, notices, embedder }: Pick<Rooms, "network" | "notices" | "embedder">): Promise<KnowledgeStore> {
  const open = () => openKnowledge({ ...place, embedderIdentity: embedder.identity, dimensions: embedder.dimensions });
  const said = placeNotice(place);
  if (said === undefined) return open();
  notices.add("warning", said);
  return network.connection(place.uri, "library", open);
}

/** The shelf and what runs, fetches and makes its files. */
async function openModels({ options, settings, network, tell }: Base, owner: Owner): Promise<With<"shelf" | "fineTunes" | "downloads" | "runtime" | "catalogue" | "tuner" | "languages">> {
  const { workspace, workerHost, resources } = options;
  const shelf = owner.own(await ModelShelf.open({ workspace }));
  owner.onDispose(shelf.onChange(() => tell("models")));
  const runtime = owner.own(new ModelRuntime({ host: workerHost, shelf }));
  const hub = () => {
    const { hubEndpoint, hubToken } = settings.value.models;
    const endpoint = variable(process.env, "HF_ENDPOINT") ?? (hubEndpoint === "https://huggingface.co" ? undefined : hubEndpoint);
    return { endpoint, token: hubToken === "" ? undefined : hubToken };
  };
  const downloads = owner.own(await Downloads.open({ workspace, network, shelf, hub }));
  owner.onDispose(downloads.onChange(() => tell("downloads")));
  const languages = owner.own(new LanguageData({ workspace, network, registry: () => settings.value.ingest.languageRegistry, changed: () => tell("downloads") }));
  const tuner = owner.own(await Tuner.open({ workspace, host: workerHost, shelf }));
  return { shelf, fineTunes: new FineTunes(shelf), runtime, downloads, tuner, languages, catalogue: await readCatalogue(join(resources, "models", "catalogue.json")) };
}

/** While an answer is made, no further document is read and no further batch of passages embedded. */
function giveWay(library: Library, embedder: WorkerEmbedder): () => void {
  const ends = [library.yieldTo(), embedder.pausePassages()];
  return () => ends.forEach((end) => end());
}

/** Documents in the library by what became of them. */
export function countByState(library: Library): { total: number; indexed: number; failed: number } {
  const count = { total: 0, indexed: 0, failed: 0 };
  for (const { state } of library.parts.registry.all()) {
    count.total++;
    if (state === "indexed" || state === "failed") count[state]++;
  }
  return count;
}
