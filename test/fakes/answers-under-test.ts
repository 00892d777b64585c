import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAnswers, type Answers, type AnswersOptions, type AskInput } from "../../engine/answer/answers.ts";
import type { AnswerEvent, AnswerOptions, AssistantMessage } from "../../engine/contract/answers.ts";
import { settings } from "../../engine/contract/settings.ts";
import { MemoryStore, WordEmbedder } from "./memory-store.ts";
import { ScriptedModel, type ScriptedModelOptions } from "./scripted-model.ts";

export interface TestDocument { readonly id: string; readonly collectionId?: string; readonly passages: readonly string[] }

const townDocuments: readonly TestDocument[] = [
  { id: "towns.md", passages: ["The altitude of Krasil is 2028 metres. The mayor of Krasil is Dornis Rosson.", "In Galkos the river Zanhan turns to the west. A census of Galkos found 119 people."] },
  { id: "products.md", passages: ["The price of Loom Malson is 727 crowns. The designer of Loom Malson is Pernek Persek."] },
  { id: "secret.md", collectionId: "private", passages: ["The mayor of Krasil secretly owns the sawmill."] },
];

/** Answers over fakes in a workspace of their own. */
export class AnswersUnderTest {
  readonly notices: string[] = [];
  readonly changes: string[] = [];
  pauses = 0;
  readonly answers: Answers;
  readonly model: ScriptedModel;
  readonly workspace: string;

  private constructor(answers: Answers, model: ScriptedModel, workspace: string) {
    this.answers = answers;
    this.model = model;
    this.workspace = workspace;
  }

  static async open(model: ScriptedModelOptions, more: Partial<AnswersOptions> & { documents?: readonly TestDocument[] } = {}): Promise<AnswersUnderTest> {
    const workspace = more.workspace ?? await mkdtemp(join(tmpdir(), "lorekeep-answers-"));
    const scripted = new ScriptedModel(model);
    const documents = more.documents ?? townDocuments;
    const [store, embedder] = [new MemoryStore(), new WordEmbedder()];
    await fill(store, embedder, documents);
    let made: AnswersUnderTest | undefined;
    const answers = await createAnswers({
      workspace, store, embedder, chatModel: scripted, settings: () => settings.parse({ search: { leastEvidence: 0 } }), // The threshold is calibrated for the built-in embedder, not for this one.
      privacy: () => ({ excludeDocumentIds: [], excludeCollectionIds: ["private"] }),
      hasDocuments: () => documents.length, onChange: (_, id) => made?.changes.push(id), onNotice: (_, text) => made?.notices.push(text),
      whileAnswering: () => { if (made) made.pauses++; return () => { if (made) made.pauses--; }; }, ...more,
    });
    return (made = new AnswersUnderTest(answers, scripted, workspace));
  }

  /** Asks and waits; all events and the message. */
  async ask(text: string, mode: AnswerOptions["mode"], more: Partial<Omit<AskInput, "options">> & { options?: Partial<AnswerOptions> } = {}): Promise<{ events: AnswerEvent[]; message: AssistantMessage; conversationId: string }> {
    const { options, ...rest } = more;
    return collect(this.answers.ask({ text, ...rest, options: { mode, adapters: [], filter: {}, sampling: {}, ...options } }));
  }

  async dispose(): Promise<void> {
    await this.answers.dispose();
    await rm(this.workspace, { recursive: true, force: true });
  }
}

export async function collect(stream: AsyncIterable<AnswerEvent>): Promise<{ events: AnswerEvent[]; message: AssistantMessage; conversationId: string }> {
  const events: AnswerEvent[] = [];
  for await (const event of stream) events.push(event);
  const [first, last] = [events[0], events.at(-1)];
  if (first?.type !== "accepted" || last?.type !== "done") throw new Error(`Events out of order: ${events.map((event) => event.type).join(" ")}`);
  return { events, message: last.message, conversationId: first.conversationId };
}

async function fill(store: MemoryStore, embedder: WordEmbedder, documents: readonly TestDocument[]): Promise<void> {
  for (const { id, collectionId, passages } of documents) {
    const vectors = await embedder.embedPassages(passages);
    let start = 0;
    const stored = passages.map((text, position) => {
      const one = { position, start, end: start + text.length, headingPath: [], text, textHash: text, vector: vectors[position] ?? new Float32Array() };
      start = one.end + 1;
      return one;
    });
    await store.put([{ document: { id, collectionId: collectionId ?? "default", path: `/library/${id}`, format: "markdown", contentHash: id, tags: [] }, passages: stored }]);
  }
}
