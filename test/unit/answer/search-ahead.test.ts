import { afterEach, describe, expect, it } from "vitest";
import { createRouterClient } from "@orpc/server";
import type { AnswersOptions } from "../../../engine/answer/answers.ts";
import { answerRoutes } from "../../../engine/answer/routes.ts";
import { settings } from "../../../engine/contract/settings.ts";
import { AnswersUnderTest } from "../../fakes/answers-under-test.ts";
import { MemoryStore, WordEmbedder } from "../../fakes/memory-store.ts";

const open: AnswersUnderTest[] = [];
afterEach(async () => { for (const under of open.splice(0)) await under.dispose(); });

class CountingStore extends MemoryStore {
  searches = 0;
  override searchLexical(...given: Parameters<MemoryStore["searchLexical"]>) {
    this.searches++;
    return super.searchLexical(...given);
  }
}

const texts = { "old.md": ["The fee for the harbour is 12 crowns.", "2020-01-01T00:00:00.000Z"], "new.md": ["The fee for the harbour was raised to 15 crowns.", "2026-01-01T00:00:00.000Z"], "bread.md": ["Bread needs flour.", "2023-01-01T00:00:00.000Z"] } as const;
const put = async (store: MemoryStore, embedder: WordEmbedder, id: string, text: string, modified: string) => {
  const [vector = new Float32Array()] = await embedder.embedPassages([text]);
  await store.put([{ document: { id, collectionId: "default", path: `/library/${id}`, format: "markdown", contentHash: id, tags: [], modified }, passages: [{ position: 0, start: 0, end: text.length, headingPath: [], text, textHash: text, vector }] }]);
};

/** The contract's own procedures over a store that counts its searches. */
async function start(more: Partial<AnswersOptions> = {}) {
  const [store, embedder] = [new CountingStore(), new WordEmbedder()];
  for (const [id, [text, modified]] of Object.entries(texts)) await put(store, embedder, id, text, modified);
  const under = await AnswersUnderTest.open({ say: () => "The fee for the harbour is 12 crowns [1]." }, { store, embedder, ...more });
  open.push(under);
  return { under, store, embedder, client: createRouterClient(answerRoutes(under.answers)) };
}
const ask = (under: AnswersUnderTest, text: string, conversationId?: string) => under.ask(text, "quotes", conversationId === undefined ? {} : { conversationId });

describe("searching ahead", () => {
  it("does the search of the answer, which then makes none", async () => {
    const { under, store, client } = await start();
    await client.search.prefetch({ text: "What is the fee for the harbour?" });
    const ahead = store.searches;
    expect(ahead).toBeGreaterThan(0);
    await ask(under, "What is the fee for the harbour?");
    expect(store.searches).toBe(ahead);
    await ask(under, "What does bread need?");
    expect(store.searches).toBeGreaterThan(ahead);
  });

  it("completes a follow-up from its conversation, as the answer does", async () => {
    const { under, store, client } = await start();
    const { conversationId } = await ask(under, "What did Anton pay for the harbour?");
    await client.search.prefetch({ text: "And how much did he pay for bread?", conversationId });
    const ahead = store.searches;
    const { message } = await ask(under, "And how much did he pay for bread?", conversationId);
    expect(message.trace.condensed?.how).toBe("rules");
    expect(store.searches).toBe(ahead);
  });

  it("is worth nothing once the index has changed", async () => {
    const { under, store, embedder, client } = await start();
    await client.search.prefetch({ text: "What is the fee for the harbour?" });
    await put(store, embedder, "newest.md", "The fee for the harbour is 99 crowns.", "2026-02-01T00:00:00.000Z");
    const ahead = store.searches;
    const { message } = await ask(under, "What is the fee for the harbour?");
    expect(store.searches).toBeGreaterThan(ahead);
    expect(message.sources.map(({ passage }) => passage.documentId)).toContain("newest.md");
  });

  it("stops when what was typed is taken back, and leaves nothing half done", async () => {
    const { under, store, client } = await start();
    const stop = new AbortController();
    stop.abort();
    await expect(client.search.prefetch({ text: "What is the fee for the harbour?" }, { signal: stop.signal })).rejects.toThrow();
    const { message } = await ask(under, "What is the fee for the harbour?");
    expect(message.sources.length).toBeGreaterThan(0);
    expect(store.searches).toBeGreaterThan(0);
  });
});

describe("recency", () => {
  const first = async (recency: number) => {
    const { client } = await start();
    return (await client.search.query({ text: "fee for the harbour", settings: { recency } })).hits[0]?.passage.documentId;
  };
  it("puts the newer of two good passages first where that is wanted", async () => {
    expect(await first(0)).toBe("old.md");
    expect(await first(1)).toBe("new.md");
  });
});

describe("a condition read out of the question that nothing meets", () => {
  it("is said, and everything is searched; taken back, it is not said any more", async () => {
    const { under, client } = await start();
    const text = "What is the fee for the harbour in missing.pdf?";
    const { hits, notes } = await client.search.query({ text });
    expect(hits[0]?.passage.documentId).toBe("old.md");
    expect(notes).toEqual(["Nothing was found with “missing.pdf” taken as a condition, so all documents were searched."]);
    expect((await ask(under, text)).message.trace.notes.join()).toContain("“missing.pdf” taken as a condition");
    expect((await client.search.query({ text, ignoreFilters: ["missing.pdf"] })).notes).toEqual([]);
    expect((await client.search.query({ text: "What is the fee for the harbour in old.md?" })).understood?.filters).toMatchObject([{ kind: "file", words: "old.md" }]);
  });

  it("never widens what a person set themselves", async () => {
    const { client } = await start();
    const { hits } = await client.search.query({ text: "What is the fee for the harbour in old.md?", filter: { documentIds: ["bread.md"] } });
    expect(new Set(hits.map(({ passage }) => passage.documentId))).toEqual(new Set(["bread.md"]));
    expect(settings.parse({}).search.understandFilters).toBe(true);
  });
});
