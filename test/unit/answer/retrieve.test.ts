import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dot } from "../../../engine/base/vectors.ts";
import { retrieve, type Retrieved } from "../../../engine/answer/find/retrieve.ts";
import { searchSettings } from "../../../engine/contract/search.ts";
import { openKnowledge } from "../../../engine/knowledge/lance/knowledge-store.ts";
import { passageId } from "../../../engine/knowledge/passage-id.ts";
import type { Embedder, KnowledgeStore, SearchView } from "../../../engine/knowledge/store.ts";
import { WideView } from "../../../engine/knowledge/wide-view.ts";
import { MemoryStore } from "../../fakes/memory-store.ts";
import { DIMENSIONS, documentWith, everything, vectorFor } from "../../suites/store-documents.ts";
import { random } from "../../suites/store-steps.ts";

const LEG = 100;
const settings = searchSettings.parse({});
const embedder = { maxTokens: 256, embedQuery: (text: string) => Promise.resolve(vectorFor(text)) } as unknown as Embedder;
const ask = (store: KnowledgeStore, text: string, limit = 60) => retrieve(text, { store, embedder }, { scope: everything, limit, settings });

const letters = (number: number) => String(number).replace(/\d/g, (digit) => "abcdefghij"[Number(digit)] ?? "");

/** Passages of words out of fifty, of very different lengths, so that a question of two finds more than a leg is deep, and each leg misses most of what the other finds. */
function corpus(documents: number) {
  const next = random(11);
  const word = () => `word${String.fromCharCode(97 + Math.floor(Math.sqrt(next(676))))}${"aeiou"[next(3)] ?? ""}`;
  return Array.from({ length: documents }, (_, i) => documentWith(`d${i}`, Array.from({ length: 6 }, (_, k) => `${Array.from({ length: 4 + next(80) }, word).join(" ")} name${letters(i)}x${letters(k)}.`)));
}

/** z-scores over the union of both legs' first hundred, half and half, from scans of everything: nothing of the search's own is used. */
function reference(cosine: ReadonlyMap<string, number>, bm25: ReadonlyMap<string, number>): Map<string, number> {
  const first = (scores: ReadonlyMap<string, number>) => [...scores].sort((a, b) => b[1] - a[1]).slice(0, LEG + 1);
  for (const scores of [cosine, bm25]) {
    const last = first(scores).slice(-2).map(([, score]) => score);
    if (scores.size > LEG && (last[0] ?? 0) - (last[1] ?? 0) < 1e-6) throw new Error("Two passages tie for the last place of a leg: ask something else");
  }
  const union = [...new Set([...first(cosine).slice(0, LEG), ...first(bm25).slice(0, LEG)].map(([id]) => id))];
  const standard = (scores: ReadonlyMap<string, number>) => {
    const values = union.map((id) => scores.get(id) ?? 0);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    return new Map(union.map((id, i) => [id, ((values[i] ?? 0) - mean) / deviation]));
  };
  const [near, words] = [standard(cosine), standard(bm25)];
  return new Map(union.map((id) => [id, 0.5 * (near.get(id) ?? 0) + 0.5 * (words.get(id) ?? 0)]));
}

function expectSame({ candidates }: Retrieved, wanted: ReadonlyMap<string, number>, limit: number): void {
  const best = [...wanted.values()].sort((a, b) => b - a).slice(0, limit);
  expect(candidates).toHaveLength(Math.min(limit, wanted.size));
  candidates.forEach(({ passage, fused }, i) => {
    expect(fused?.rank).toBe(i + 1);
    expect(fused?.score).toBeCloseTo(wanted.get(passage.id) ?? NaN, 4);
    expect(fused?.score).toBeCloseTo(best[i] ?? NaN, 4);
  });
}

describe("the fused scores of a search", () => {
  it("are those of known scores, standardised, completed and added", async () => {
    const store = new MemoryStore();
    const documents = corpus(60);
    await store.put(documents);
    const ids = documents.flatMap(({ document, passages }) => passages.map(({ position }) => passageId(document.id, position)));
    const cosine = new Map(ids.map((id, i) => [id, Math.cos(i * 0.9)]));
    const bm25 = new Map(ids.flatMap((id, i) => (i % 3 === 0 ? [] : [[id, 5 + 4 * Math.sin(i * 1.7)] as const])));
    const leg = (scores: ReadonlyMap<string, number>, limit: number) => Promise.resolve([...scores].sort((a, b) => b[1] - a[1]).slice(0, limit).map(([id, score]) => ({ id, score })));
    const of = (scores: ReadonlyMap<string, number>, asked: readonly string[]) => Promise.resolve(new Map(asked.flatMap((id) => { const score = scores.get(id); return score === undefined ? [] : [[id, score] as const]; })));
    const passages = new Map((await store.searchDense(new Float32Array(DIMENSIONS), everything, Infinity)).map(({ passage }) => [passage.id, passage]));
    const asking = vectorFor("worda worde");
    const view: SearchView = {
      dense: (_, limit) => leg(cosine, limit), lexical: async (_, limit) => (await leg(bm25, limit)).map((hit) => ({ ...hit, vector: asking.map((x) => x * (cosine.get(hit.id) ?? 0)) })), lexicalScores: (asked) => of(bm25, asked),
      passages: (asked) => Promise.resolve(new Map(asked.flatMap((id) => { const passage = passages.get(id); return passage ? [[id, passage] as const] : []; }))),
    };
    store.view = (_, work) => work(view);
    expectSame(await ask(store, "worda worde"), reference(cosine, bm25), 60);
  });

  describe.each([["by address", {}], ["by id, as in a large library", { readThrough: 0 }]])("over a library, completed %s", (_, how) => {
    let store: KnowledgeStore;
    let uri: string;
    const documents = corpus(120);
    beforeAll(async () => {
      uri = await mkdtemp(join(tmpdir(), "lorekeep-retrieve-"));
      store = await openKnowledge({ uri, embedderIdentity: "test:16d", dimensions: DIMENSIONS, ...how });
      await store.put(documents);
      await store.maintain({ force: true });
    });
    afterAll(async () => { await store.dispose(); await rm(uri, { recursive: true }); });

    const scans = async (text: string) => {
      const cosine = new Map(documents.flatMap(({ document, passages }) => passages.map(({ position, vector }) => [passageId(document.id, position), dot(vector, vectorFor(text))] as const)));
      return reference(cosine, new Map((await store.searchLexical(text, everything, 100_000)).map(({ passage, score }) => [passage.id, score])));
    };
    const texts = ["wordxa wordye wordzi", "wordta wordse namehxd", "wordba"];

    it.each(texts)("are those of full scans: %s", async (text) => {
      expectSame(await ask(store, text), await scans(text), 60);
      expectSame(await ask(store, text, 5), await scans(text), 30);
    });

    it.each(texts)("are the same where each leg brings its passages along: %s", async (text) => {
      const wide = Object.create(store, { view: { value: (scope: typeof everything, work: (view: SearchView) => Promise<unknown>) => work(new WideView(store, scope)) } }) as KnowledgeStore;
      expectSame(await ask(wide, text), await scans(text), 60);
    });

    it("come with the passages they belong to", async () => {
      const { candidates } = await ask(store, "wordxa namehxd");
      const whole = new Map((await store.searchLexical("wordxa namehxd", everything, 100_000)).map(({ passage }) => [passage.id, passage]));
      expect(candidates[0]?.passage.text).toMatch(/namehxd/);
      const found = candidates.filter(({ lexical }) => lexical && !lexical.completed);
      expect(found.length).toBeGreaterThan(1);
      for (const { passage } of found) expect(passage).toEqual(whole.get(passage.id));
    });

    it("begin anew where a write moves the rows meanwhile", async () => {
      let runs = 0;
      const texts = await store.view(everything, async (view) => {
        const hits = await view.lexical("namejxb", 3);
        if (runs++ === 0) {
          await store.relabel("d9", { path: "/elsewhere.md" });
          await store.put([documentWith("new", ["Something wordxa else."])]);
        }
        return [...(await view.passages(hits.map(({ id }) => id))).values()].map(({ path }) => path);
      });
      expect(runs).toBe(2);
      expect(texts).toEqual(["/elsewhere.md"]);
    });
  });
});
