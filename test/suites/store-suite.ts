import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../../engine/base/hash.ts";
import { dot } from "../../engine/base/vectors.ts";
import type { KnowledgeStore, SearchScope } from "../../engine/knowledge/store.ts";
import { documentWith, everything, scoped, vectorFor } from "./store-documents.ts";

export interface StoreUnderTest {
  open(): Promise<KnowledgeStore>;
  /** Takes the tables away for good. */
  destroy(): Promise<void>;
}

/**
 * What every knowledge store must do, wherever its tables are. `make` gives an empty place; `open` may be called again after
 * `dispose` and must find what was there.
 */
export function storeSuite(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let place: StoreUnderTest;
    let store: KnowledgeStore;
    beforeAll(async () => {
      place = await make();
      store = await place.open();
      await store.recover();
    });
    afterAll(async () => {
      await store.dispose();
      await place.destroy();
    });
    const lexicalIds = async (query: string, scope = everything) => (await store.searchLexical(query, scope, 100)).map(({ passage }) => passage.id).sort();
    const denseIds = async (text: string, scope = everything) => (await store.searchDense(vectorFor(text), scope, 100)).map(({ passage }) => passage.id).sort();

    it("finds nothing while empty", async () => {
      expect(await store.searchLexical("anything", everything, 10)).toEqual([]);
      expect(await store.searchDense(vectorFor("anything"), everything, 10)).toEqual([]);
      expect(await store.stats()).toMatchObject({ documents: 0, passages: 0, vectorIndexed: false });
      expect(await store.neighbours("nobody", 0, 9)).toEqual([]);
      await store.remove(["nobody"]);
      await store.put([]);
    });

    it("gives back what was put, by words and by meaning", async () => {
      const whale = documentWith("whale", ["The whale surfaced near the harbour.", "Its calf was running behind schedule.", "Nobody saw either again."], {
        title: "Sightings", tags: ["sea", "it's"], modified: "2024-03-01T10:00:00+02:00",
      });
      whale.passages[1] && Object.assign(whale.passages[1], { page: 7, headingPath: ["Part one", "Arrivals"] });
      await store.put([whale, documentWith("bread", ["Bread needs flour, water and patience."], { collectionId: "c2", format: "pdf" })]);
      const [hit] = await store.searchLexical("runs", everything, 10);
      expect(hit?.passage).toEqual({
        id: "whale:1", documentId: "whale", collectionId: "c1", path: "/files/whale.md", title: "Sightings", format: "markdown", headingPath: ["Part one", "Arrivals"],
        page: 7, position: 1, range: { start: 37, end: 74 }, text: "Its calf was running behind schedule.", modified: "2024-03-01T08:00:00.000Z",
      });
      const [nearest, next] = await store.searchDense(vectorFor("Bread needs flour, water and patience."), everything, 10);
      expect(nearest?.passage.id).toBe("bread:0");
      expect(nearest?.score).toBeCloseTo(1, 5);
      expect(next?.score).toBeLessThan(nearest?.score ?? 0);
      expect(await store.stats()).toMatchObject({ documents: 2, passages: 4 });
      expect(Object.fromEntries(await store.countPassages())).toEqual({ c1: 3, c2: 1 });
      expect((await store.committed()).get("whale")).toEqual({ contentHash: whale.document.contentHash, passages: 3 });
    });

    it("counts title and headings as words of the passages under them", async () => {
      expect(await lexicalIds("sighting")).toEqual(["whale:0", "whale:1", "whale:2"]);
      expect(await lexicalIds("arrivals")).toEqual(["whale:1"]);
    });

    it("scores the better match higher and keeps to the limit", async () => {
      const hits = await store.searchLexical("whale harbour flour", everything, 2);
      expect(hits).toHaveLength(2);
      expect(hits[0]!.score).toBeGreaterThanOrEqual(hits[1]!.score);
      expect(await store.searchDense(vectorFor("x"), everything, 1)).toHaveLength(1);
      expect(await store.searchLexical("whale", everything, 0)).toEqual([]);
    });

    it("finds first and fetches afterwards, the same passages with the same scores and in the same scope", async () => {
      await store.maintain({ force: true });
      const [query, vector] = ["whale harbour flour", vectorFor("Its calf was running behind schedule.")];
      for (const scope of [everything, scoped({ collectionIds: ["c1"] }), { ...everything, excludeDocumentIds: ["whale"] }]) {
        await store.view(scope, async (view) => {
          const [dense, lexical] = [await view.dense(vector, 100), await view.lexical(query, 100, { vectors: true })];
          expect((await view.lexical(query, 100))[0]).not.toHaveProperty("vector");
          const named = async (found: typeof dense) => { const passages = await view.passages(found.map(({ id }) => id)); return found.map(({ id, score }) => ({ passage: passages.get(id), score: score.toFixed(4) })); };
          const plain = (hits: readonly { passage: unknown; score: number }[]) => hits.map(({ passage, score }) => ({ passage, score: score.toFixed(4) }));
          expect(await named(dense)).toEqual(plain(await store.searchDense(vector, scope, 100)));
          expect(await named(lexical)).toEqual(plain(await store.searchLexical(query, scope, 100)));
          expect([...(await view.lexicalScores(dense.map(({ id }) => id), query)).values()].map((score) => score.toFixed(4)).sort()).toEqual(lexical.map(({ score }) => score.toFixed(4)).sort());
          for (const { id, vector: own } of lexical) expect(dot(own!, vector)).toBeCloseTo(dense.find((one) => one.id === id)?.score ?? NaN, 5);
          expect((await view.passages([])).size + (await view.lexicalScores([], query)).size).toBe(0);
        });
      }
    });

    it("scores given passages by their words as a search would, and only those", async () => {
      await store.maintain({ force: true }); // Rows no index knows yet are scored by the statistics of what the filter lets through.
      const query = "whale harbour flour";
      const scores = await store.lexicalScores(["whale:0", "whale:1", "bread:0", "nobody:0"], query);
      const searched = new Map((await store.searchLexical(query, everything, 100)).map(({ passage, score }) => [passage.id, score]));
      expect([...scores.keys()].sort()).toEqual(["bread:0", "whale:0"]);
      for (const id of scores.keys()) expect(scores.get(id)).toBeCloseTo(searched.get(id) ?? 0, 4);
      expect((await store.lexicalScores(["whale:0"], "flour")).size).toBe(0);
      expect((await store.lexicalScores(["it's", "' OR true --"], query)).size).toBe(0);
      expect((await store.lexicalScores([], query)).size).toBe(0);
    });

    it("brings the vectors of what words found, where they are asked for: their cosine is what a search by meaning says", async () => {
      const asked = vectorFor("Bread needs flour, water and patience.");
      const cosines = new Map((await store.searchDense(asked, everything, 100)).map(({ passage, score }) => [passage.id, score]));
      const hits = await store.searchLexical("whale harbour flour", everything, 100, { vectors: true });
      expect(hits.length).toBeGreaterThan(1);
      for (const { passage, vector } of hits) expect(dot(vector!, asked)).toBeCloseTo(cosines.get(passage.id) ?? 9, 5);
      expect((await store.searchLexical("whale", everything, 1))[0]).not.toHaveProperty("vector");
    });

    it("finds passages with every word, and words with a letter wrong, also where they begin beyond ASCII", async () => {
      const ids = async (query: string, options: { every?: boolean; fuzzy?: boolean }) => (await store.searchLexical(query, everything, 100, options)).map(({ passage }) => passage.id);
      expect(await ids("whale harbour", { every: true })).toEqual(["whale:0"]);
      expect(await ids("whale flour", { every: true })).toEqual([]);
      expect(await ids("harbuor", {})).toEqual([]);
      expect(await ids("harbur", { fuzzy: true })).toContain("whale:0");
      expect(await ids("übermut", { fuzzy: true })).toEqual([]);
    });

    it("changes its version with every write and with nothing else", async () => {
      const { version } = store;
      await store.searchLexical("whale", everything, 1);
      expect(store.version).toBe(version);
      await store.remove(["nobody"]);
      expect(store.version).not.toBe(version);
    });

    it("gives the neighbours of a passage in order", async () => {
      expect((await store.neighbours("whale", 1, 5)).map(({ position }) => position)).toEqual([1, 2]);
      expect((await store.neighbours("whale", 0, 0)).map(({ text }) => text)).toEqual(["The whale surfaced near the harbour."]);
    });

    it("knows a text's vector by its hash", async () => {
      const text = "Nobody saw either again.";
      const vectors = await store.vectorsByTextHash([sha256(text), sha256("never stored"), ...Array.from({ length: 5000 }, (_, i) => sha256(String(i)))]);
      expect([...vectors.keys()]).toEqual([sha256(text)]);
      expect(dot(vectors.get(sha256(text))!, vectorFor(text))).toBeCloseTo(1, 5);
      expect((await store.vectorsByTextHash([])).size).toBe(0);
    });

    describe("scope", () => {
      const cases: [string, SearchScope, boolean, boolean][] = [
        ["collection", scoped({ collectionIds: ["c2"] }), false, true],
        ["document", scoped({ documentIds: ["whale"] }), true, false],
        ["format", scoped({ formats: ["pdf", "docx"] }), false, true],
        ["part of the path in any case", scoped({ path: "FILES/Wh" }), true, false],
        ["path with a wildcard is no wildcard", scoped({ path: "%whale%" }), false, false],
        ["path with an underscore is no wildcard", scoped({ path: "w_ale" }), false, false],
        ["modified after", scoped({ modifiedAfter: "2024-03-01" }), true, false],
        ["modified after, the moment itself", scoped({ modifiedAfter: "2024-03-01T08:00:00Z" }), true, false],
        ["modified before", scoped({ modifiedBefore: "2024-03-01T08:00:00Z" }), false, false],
        ["a tag among several", scoped({ tags: ["sky", "it's"] }), true, false],
        ["two conditions at once", scoped({ formats: ["pdf"], tags: ["sea"] }), false, false],
        ["empty lists are no condition", scoped({ collectionIds: [], documentIds: [], formats: [], tags: [], path: "" }), true, true],
        ["document left out", { ...everything, excludeDocumentIds: ["whale"] }, false, true],
        ["collection left out", { ...everything, excludeCollectionIds: ["c2", "c9"] }, true, false],
        ["left out wins", { filter: { documentIds: ["whale"] }, excludeDocumentIds: ["whale"], excludeCollectionIds: [] }, false, false],
        ["thousands left out", { ...everything, excludeDocumentIds: Array.from({ length: 20_000 }, (_, i) => `doc-${i}`) }, true, true],
      ];
      it.each(cases)("%s", async (_, scope, whale, bread) => {
        for (const ids of [await lexicalIds("whale bread", scope), await denseIds("anything", scope)]) {
          expect([ids.some((id) => id.startsWith("whale")), ids.includes("bread:0")]).toEqual([whale, bread]);
        }
      });

      it("refuses a date that is none", async () => {
        await expect(store.searchDense(vectorFor("x"), scoped({ modifiedAfter: "yesterday'; --" }), 1)).rejects.toMatchObject({ code: "INVALID", details: { field: "modifiedAfter" } });
      });
    });

    describe("hostile strings", () => {
      const hostile = ["'", "''; DROP TABLE passages; --", "a' OR '1'='1", "100%", "_", "\\", "\\'", "\"", "`", "\u0000", "🦆 Ünïcødé\n\t", "{{x}}", "$1", "*", "a AND b OR NOT (", "+a -b field:c^2~1", "[1 TO 2]"];
      beforeAll(() => store.put(hostile.map((text, i) => documentWith(`h${i}${text}`, [`duckling ${text}`], { collectionId: `col${text}`, path: `/h/${text}/${i}`, tags: [text], title: text }))));
      afterAll(() => store.remove(hostile.map((text, i) => `h${i}${text}`)));

      it.each(hostile.map((text, i) => [text, i] as const))("%j is only text", async (text, i) => {
        const id = `h${i}${text}:0`;
        for (const filter of [{ collectionIds: [`col${text}`] }, { documentIds: [`h${i}${text}`] }, { tags: [text] }]) {
          expect(await lexicalIds("duckling", scoped(filter))).toEqual([id]);
          expect(await denseIds("x", scoped(filter))).toEqual([id]);
        }
        expect(await lexicalIds("duckling", scoped({ path: `/${text}/` }))).toContain(id);
        expect(await lexicalIds("duckling", { ...everything, excludeCollectionIds: [`col${text}`] })).toHaveLength(hostile.length - 1);
        expect((await store.neighbours(`h${i}${text}`, 0, 0)).map((passage) => passage.title)).toEqual([text]);
        expect(await lexicalIds(`duckling ${text}`)).toContain(id);
        await store.searchLexical(text, everything, 10);
      });

      it("finds nothing for a question without words", async () => {
        for (const question of ["", "   ", "?!…", "\u0000", "\"\"", "()"]) expect(await store.searchLexical(question, everything, 10)).toEqual([]);
      });

      it("bears a question as long as a chapter", async () => {
        expect((await store.searchLexical(`duckling ${"lorem ipsum dolor ".repeat(1100)}`, everything, 5)).length).toBe(5);
      });
    });

    it("replaces a document wholly", async () => {
      await store.put([documentWith("whale", ["Only the gulls remained."])]);
      expect((await store.neighbours("whale", 0, 99)).map(({ text }) => text)).toEqual(["Only the gulls remained."]);
      expect(await lexicalIds("harbour sightings calf")).toEqual([]);
      expect(await lexicalIds("gull")).toEqual(["whale:0"]);
      expect(await store.stats()).toMatchObject({ documents: 2, passages: 2 });
    });

    it("changes labels without touching text or vectors", async () => {
      await store.relabel("whale", { collectionId: "c'3", path: "/moved/whale's.md", tags: ["a'b"], modified: "2025-01-01T00:00:00Z" });
      const [hit] = await store.searchLexical("gulls", scoped({ collectionIds: ["c'3"], tags: ["a'b"], path: "whale's", modifiedAfter: "2024-12-31" }), 5);
      expect(hit?.passage).toMatchObject({ collectionId: "c'3", path: "/moved/whale's.md", text: "Only the gulls remained.", modified: "2025-01-01T00:00:00.000Z" });
      await store.relabel("whale", { tags: [] });
      expect(await lexicalIds("gulls", scoped({ tags: ["a'b"] }))).toEqual([]);
      expect(await denseIds("x", scoped({ collectionIds: ["c'3"] }))).toEqual(["whale:0"]);
      expect(Object.fromEntries(await store.countPassages())).toEqual({ "c'3": 1, c2: 1 });
      await expect(store.relabel("nobody", { tags: [] })).rejects.toMatchObject({ code: "NOT_FOUND" });
    });

    it("refuses a batch that contradicts itself, and writes nothing of it", async () => {
      await expect(store.put([documentWith("twice", ["a"]), documentWith("twice", ["b"])])).rejects.toMatchObject({ code: "INVALID" });
      const wrong = documentWith("wrong", ["a"]);
      await expect(store.put([{ ...wrong, passages: wrong.passages.map((passage) => ({ ...passage, vector: new Float32Array(3) })) }])).rejects.toMatchObject({ code: "INVALID" });
      const stopped = new AbortController();
      stopped.abort();
      await expect(store.put([documentWith("stopped", ["a"])], stopped.signal)).rejects.toThrow(/abort/i);
      expect([...(await store.committed()).keys()].sort()).toEqual(["bread", "whale"]);
    });

    it("stores a document that has no passages", async () => {
      await store.put([documentWith("empty", [])]);
      expect((await store.committed()).get("empty")?.passages).toBe(0);
      await store.remove(["empty"]);
    });

    it("stems and drops stop words by language, and finds other languages, too", async () => {
      await store.put([
        documentWith("de", ["Die Häuser in der Altstadt wurden verkauft."], { language: "de" }),
        documentWith("en", ["The die was cast in bronze by two founders."]),
        documentWith("zh", ["我们在北京大学学习计算机科学"], { language: "zh" }),
      ]);
      expect(await lexicalIds("Haus")).toEqual(["de:0"]);
      expect(await lexicalIds("hauser verkaufen")).toEqual(["de:0"]);
      expect(await lexicalIds("大学")).toEqual(["zh:0"]);
      const german = await store.searchLexical("Wann wurden die Häuser in der Altstadt verkauft?", everything, 10);
      expect(german[0]?.passage.id).toBe("de:0");
      expect(await lexicalIds("who cast the bronze")).toEqual(["en:0"]);
      await store.remove(["de", "en", "zh"]);
      expect(await lexicalIds("Haus bronze 大学")).toEqual([]);
    });

    it("finds what was put after compaction and indexing as well as before", async () => {
      await store.maintain({ force: true });
      await store.put([documentWith("late", ["An albatross arrived after the index was built."])]);
      expect(await lexicalIds("albatross")).toEqual(["late:0"]);
      await store.maintain();
      expect(await lexicalIds("albatross")).toEqual(["late:0"]);
      expect(await denseIds("x")).toEqual(["bread:0", "late:0", "whale:0"]);
    });

    it("searches a steady state while documents are replaced", async () => {
      let stop = false;
      const writer = (async () => {
        for (let round = 0; round < 12; round++) await store.put([documentWith("late", [`An albatross of round ${round}.`, "An albatross again."])]);
        stop = true;
      })();
      let looks = 0;
      while (!stop) {
        const found = await lexicalIds("albatross");
        expect(found.filter((id) => id === "late:0")).toHaveLength(1);
        looks++;
      }
      await writer;
      expect(looks).toBeGreaterThan(3);
    });

    it("warms up, also while it is closed, and a search then finds the same", async () => {
      const before = await lexicalIds("albatross");
      await store.warmUp();
      expect(await lexicalIds("albatross")).toEqual(before);
      const other = await place.open();
      await other.recover();
      const [warmed] = await Promise.allSettled([other.warmUp(), other.dispose()]);
      expect(warmed.status === "fulfilled" || (warmed.reason as { code?: string }).code === "BUSY").toBe(true);
    });

    it("is the same after it was closed and opened again", async () => {
      const before = await store.stats();
      await store.dispose();
      await expect(store.searchDense(vectorFor("x"), everything, 1)).rejects.toMatchObject({ code: "BUSY" });
      store = await place.open();
      expect(await store.recover()).toEqual({ sweptPassages: 0 });
      expect(await store.stats()).toMatchObject({ documents: before.documents, passages: before.passages });
      expect(await lexicalIds("albatross")).toEqual(["late:0", "late:1"]);
    });

    it("removes without leaving anything", async () => {
      await store.remove([...(await store.committed()).keys()]);
      expect(await store.stats()).toMatchObject({ documents: 0, passages: 0 });
      expect(await denseIds("x")).toEqual([]);
      expect((await store.vectorsByTextHash([sha256("Bread needs flour, water and patience.")])).size).toBe(0);
    });
  });
}
