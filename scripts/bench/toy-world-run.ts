import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createAnswers, type Answers } from "../../engine/answer/answers.ts";
import type { AnswerMode, AssistantMessage } from "../../engine/contract/answers.ts";
import { settings as settingsSchema, type Settings } from "../../engine/contract/settings.ts";
import { chunk } from "../../engine/ingest/chunk.ts";
import { textHash } from "../../engine/ingest/embed.ts";
import { ReaderPool } from "../../engine/ingest/extract.ts";
import { defaultLimits } from "../../engine/ingest/limits.ts";
import { createEmbedder } from "../../engine/knowledge/embedder.ts";
import { openKnowledge } from "../../engine/knowledge/lance/knowledge-store.ts";
import type { DocumentWithPassages, Embedder } from "../../engine/knowledge/store.ts";
import type { WorkerHost } from "../../engine/workers/host.ts";
import { chatModelFromFiles } from "./toy-chat-model.ts";

/** One of the toy world's questions; see test/fixtures/toy-world/README.md. */
export interface ToyQuestion {
  readonly id: string;
  readonly question: string;
  readonly answer: string | null;
  readonly document: string | null;
  readonly passage: string | null;
  readonly expects: "fact" | "unanswerable" | "followup";
  readonly wording?: "seen" | "new";
  readonly history?: readonly { readonly question: string; readonly answer: string }[];
}

export interface ToyPlaces {
  readonly host: WorkerHost;
  /** test/fixtures/toy-world */
  readonly world: string;
  /** models/all-MiniLM-L6-v2 */
  readonly embedder: string;
  /** An empty folder for the workspace. */
  readonly workspace: string;
  readonly answers?: Partial<Settings["answers"]>;
  /** Pins the frames' nonce, so that greedy answers repeat. */
  readonly nonce?: string;
  /** Tokens of a passage that are aimed at; default as in the settings. */
  readonly passageTokens?: number;
}

export interface ToyWorld {
  readonly answers: Answers;
  readonly questions: readonly ToyQuestion[];
  dispose(): Promise<void>;
}

/** The toy world's documents read, embedded and stored by the product's own parts, and its model behind them. */
export async function openToyWorld(places: ToyPlaces): Promise<ToyWorld> {
  const embedder = await createEmbedder({ workerHost: places.host, modelFolder: places.embedder, name: "minilm" });
  const store = await openKnowledge({ uri: join(places.workspace, "knowledge"), embedderIdentity: embedder.identity, dimensions: embedder.dimensions });
  const target = places.passageTokens ?? settingsSchema.parse({}).ingest.passageTokens;
  const documents = await readFolder(join(places.world, "documents"), { host: places.host, embedder, target });
  await store.put(documents);
  await store.maintain({ force: true });
  const models = join(places.world, "models");
  const chatModel = chatModelFromFiles(places.host, { base: join(models, "toy-world-base-q8.gguf"), adapters: { v1: join(models, "toy-world-lora-v1.gguf") }, threads: 1 });
  const defaults = settingsSchema.parse({});
  const answers = await createAnswers({
    workspace: places.workspace, store, embedder, chatModel,
    settings: () => ({ ...defaults, answers: { ...defaults.answers, ...places.answers } }),
    privacy: () => ({ excludeDocumentIds: [], excludeCollectionIds: [] }), hasDocuments: () => documents.length,
    ...(places.nonce === undefined ? {} : { nonce: () => places.nonce ?? "" }),
    whileAnswering: () => embedder.pausePassages(), onChange: () => undefined, onNotice: (_, text) => { throw new Error(text); },
  });
  const questions = readFileSync(join(places.world, "questions.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as ToyQuestion);
  return { answers, questions, dispose: async () => { await answers.dispose(); chatModel.dispose(); await store.dispose(); await embedder.dispose(); } };
}

async function readFolder(folder: string, { host, embedder, target }: { host: WorkerHost; embedder: Embedder; target: number }): Promise<DocumentWithPassages[]> {
  const readers = new ReaderPool({ host, limits: defaultLimits, readers: () => 1, maxBytes: () => 10_000_000, gate: async () => undefined });
  try {
    const found: DocumentWithPassages[] = [];
    for (const name of readdirSync(folder).sort()) found.push(await readDocument(join(folder, name), name, { readers, embedder, target }));
    return found;
  } finally {
    readers.dispose();
  }
}

async function readDocument(path: string, name: string, { readers, embedder, target }: { readers: ReaderPool; embedder: Embedder; target: number }): Promise<DocumentWithPassages> {
  const { extraction, contentHash } = await readers.extract({ file: path, name }, { signal: new AbortController().signal, onStart: () => undefined, onProgress: () => undefined });
  const title = extraction.title === undefined ? {} : { title: extraction.title };
  const chunks = await chunk(extraction.blocks, { target, maxTokens: embedder.maxTokens, countTokens: (texts) => embedder.countTokens(texts), ...title });
  const vectors = await embedder.embedPassages(chunks.map((one) => one.embedded));
  const passages = chunks.map(({ embedded, ...rest }, position) => ({ ...rest, id: `${name}:${position}`, position, textHash: textHash(embedded, embedder), vector: vectors[position] ?? new Float32Array(embedder.dimensions) }));
  return { document: { id: name, collectionId: "default", path, format: extraction.format, contentHash, tags: [], language: "en", ...title }, passages };
}

/** What one corner scored; shares are of the questions that ask for it. */
export interface CornerScore {
  readonly fact: number;
  readonly followUp: number;
  readonly cited: number;
  readonly refused: number;
  readonly json: number;
  readonly newWording: number;
  /** The passage with the answer was among the sources. */
  readonly found: number;
  /** Right answers with every claim supported, and wrong ones with a claim marked unsupported. */
  readonly rightSupported: number;
  readonly wrongFlagged: number;
  readonly tokensPerSecond: number;
  readonly firstTokenMs: number;
  readonly bad: readonly string[];
}

interface Outcome { readonly question: ToyQuestion; readonly message: AssistantMessage; readonly json: { answer: unknown; source: unknown } | undefined; readonly right: boolean }

/** Asks all questions in one mode, greedily. `history`: follow-ups after the given exchange, as the model's own table has them, or really asked. */
export async function scoreCorner(world: ToyWorld, mode: AnswerMode, history: "given" | "asked" = "given"): Promise<CornerScore> {
  const outcomes: Outcome[] = [];
  for (const question of world.questions) outcomes.push(judge(question, await askToy(world.answers, question, { mode, history })));
  return scoreOf(outcomes);
}

export async function askToy(answers: Answers, question: ToyQuestion, how: { mode: AnswerMode; history: "given" | "asked" }): Promise<AssistantMessage> {
  const options = { mode: how.mode, adapters: how.mode === "fine-tune" || how.mode === "hybrid" ? [{ modelId: "v1", scale: 1 }] : [], filter: {}, sampling: { temperature: 0, maxTokens: 80 } };
  const { id } = await answers.conversations.create({ options });
  for (const earlier of question.history ?? []) {
    if (how.history === "asked") await ask(answers, { conversationId: id, text: earlier.question, options });
    else await tell(answers, id, earlier, how.mode);
  }
  return ask(answers, { conversationId: id, text: question.question, options });
}

async function ask(answers: Answers, input: Parameters<Answers["ask"]>[0]): Promise<AssistantMessage> {
  for await (const event of answers.ask(input)) if (event.type === "done") return event.message;
  throw new Error("The stream ended without an answer");
}

/** An exchange as if it had been asked. */
async function tell(answers: Answers, id: string, earlier: { question: string; answer: string }, mode: AnswerMode): Promise<void> {
  const created = new Date().toISOString();
  const user = { id: randomUUID(), parentId: (await answers.conversations.get(id)).head, role: "user" as const, text: earlier.question, created };
  const trace = { mode, adapters: [], question: earlier.question, filter: {}, candidates: [], tokens: {}, steps: [], started: created, totalMs: 0, notes: [] };
  await answers.conversations.add(id, user);
  await answers.conversations.add(id, { id: randomUUID(), parentId: user.id, role: "assistant", text: earlier.answer, created, state: "complete", sources: [], sentences: [], trace });
}

function judge(question: ToyQuestion, message: AssistantMessage): Outcome {
  const json = asJson(message.text);
  const said = json ? String(json.answer ?? "") : message.text;
  const right = question.answer === null ? (json ? json.answer === null : /don't know/.test(message.text)) : said.includes(question.answer);
  return { question, message, json, right };
}

function asJson(text: string): Outcome["json"] {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" && "answer" in value && "source" in value && "confidence" in value ? value : undefined;
  } catch {
    return undefined; // A plain answer.
  }
}

function scoreOf(all: readonly Outcome[]): CornerScore {
  const asks = (kind: ToyQuestion["expects"]) => all.filter(({ question }) => question.expects === kind);
  const answerable = all.filter(({ question }) => question.answer !== null);
  const saysSomething = all.filter(({ message }) => message.sentences.some((sentence) => sentence.claim));
  const supported = ({ message }: Outcome) => message.sentences.every((sentence) => !sentence.claim || sentence.supported);
  return {
    fact: share(asks("fact"), ({ right }) => right), followUp: share(asks("followup"), ({ right }) => right),
    cited: share(answerable, (one) => one.right && marksGold(one)), refused: share(asks("unanswerable"), ({ right }) => right),
    json: share(all, ({ json }) => json !== undefined), newWording: share(all.filter(({ question }) => question.wording === "new"), ({ right }) => right),
    found: share(answerable, ({ question, message }) => message.sources.some((source) => source.text.includes(question.answer ?? "") && source.passage.path.endsWith(question.document ?? "?"))),
    rightSupported: share(saysSomething.filter(({ right }) => right), supported), wrongFlagged: share(saysSomething.filter(({ right }) => !right), (one) => !supported(one)),
    tokensPerSecond: mean(all.flatMap(({ message }) => message.trace.tokensPerSecond ?? [])), firstTokenMs: mean(all.flatMap(({ message }) => message.trace.firstTokenMs ?? [])),
    bad: all.filter(({ right }) => !right).map(({ question, message }) => `${question.id} ${question.question} -> ${message.text || message.error?.reason} (${question.answer ?? "unanswerable"})${message.sentences.some((one) => one.flags.length > 0) ? ` flagged ${message.sentences.flatMap((one) => one.flags).join(", ")}` : ""}`),
  };
}

/** The model itself named a source that holds the answer. */
function marksGold({ question, message, json }: Outcome): boolean {
  const gold = message.sources.filter((source) => source.text.includes(question.answer ?? "\0") && source.passage.path.endsWith(question.document ?? "?"));
  return gold.some((source) => (json ? json.source === source.number : message.text.includes(`[${source.number}]`)));
}

const share = (all: readonly Outcome[], holds: (one: Outcome) => boolean): number => (all.length === 0 ? Number.NaN : all.filter(holds).length / all.length);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
