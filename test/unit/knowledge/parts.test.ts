import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { detectLanguage, likelyLanguage } from "../../../engine/knowledge/language.ts";
import { wordLanguage } from "../../../engine/knowledge/lance/languages.ts";
import { passageRows } from "../../../engine/knowledge/lance/rows.ts";
import { queryWords } from "../../../engine/knowledge/lance/search.ts";
import { isIn, literal, scopePredicate, storedTime, textArray } from "../../../engine/knowledge/lance/sql.ts";
import type { Tables } from "../../../engine/knowledge/lance/tables.ts";
import { Upkeep } from "../../../engine/knowledge/lance/upkeep.ts";
import { Visibility } from "../../../engine/knowledge/lance/visibility.ts";
import { PassageGate } from "../../../engine/knowledge/passage-gate.ts";
import { Turnstile } from "../../../engine/workers/embedder/turnstile.ts";

describe("Turnstile", () => {
  it("runs one at a time, queries before waiting passages, and survives a failure", async () => {
    const turnstile = new Turnstile();
    const order: string[] = [];
    let inside = 0;
    const work = (name: string) => async () => {
      expect(++inside).toBe(1);
      await pause(2);
      order.push(name);
      inside--;
      if (name === "p2") throw new Error("p2 fails");
    };
    const results = await Promise.allSettled([
      turnstile.pass("passage", work("p1")), turnstile.pass("passage", work("p2")), turnstile.pass("passage", work("p3")), turnstile.pass("query", work("q1")), turnstile.pass("query", work("q2")),
    ]);
    expect(order).toEqual(["p1", "q1", "q2", "p2", "p3"]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled", "fulfilled"]);
  });
});

describe("PassageGate", () => {
  it("lets one through at a time, in order, also after a failure", async () => {
    const gate = new PassageGate();
    const order: number[] = [];
    const results = await Promise.allSettled([1, 2, 3].map((n) => gate.pass(async () => {
      await pause(2);
      order.push(n);
      if (n === 1) throw new Error("one");
    })));
    expect(order).toEqual([1, 2, 3]);
    expect(results[0]?.status).toBe("rejected");
  });

  it("forgets who gave up waiting", async () => {
    const gate = new PassageGate();
    const resume = gate.pause();
    const stop = new AbortController();
    const left = gate.pass(() => Promise.resolve("left"), stop.signal);
    const stayed = gate.pass(() => Promise.resolve("stayed"));
    stop.abort();
    await expect(left).rejects.toThrow(/abort/i);
    resume();
    expect(await stayed).toBe("stayed");
    expect(await gate.pass(() => Promise.resolve("free"))).toBe("free");
  });

  it("turns everyone away once closed", async () => {
    const gate = new PassageGate();
    gate.pause();
    const waiting = gate.pass(() => Promise.resolve());
    gate.close();
    await expect(waiting).rejects.toMatchObject({ code: "WORKER_DIED" });
    await expect(gate.pass(() => Promise.resolve())).rejects.toMatchObject({ code: "WORKER_DIED" });
  });
});

describe("Visibility", () => {
  it("shows a search what was committed when it began", () => {
    const visibility = new Visibility();
    visibility.announce(["a1"]);
    expect(visibility.hidden).toEqual(["a1"]);
    visibility.commit(["a1"], []);
    const before = visibility.epoch;
    visibility.announce(["a2"]);
    visibility.commit(["a2"], ["a1"]);
    const after = visibility.epoch;
    expect([visibility.counted("a1", before), visibility.counted("a2", before)]).toEqual([true, false]);
    expect([visibility.counted("a1", after), visibility.counted("a2", after)]).toEqual([false, true]);
    expect(visibility.hidden).toEqual(["a1"]);
    visibility.swept(["a1"]);
    expect(visibility.hidden).toEqual([]);
    expect(visibility.counted("never", after)).toBe(false);
  });

  it("waits for the searches that are running, failed ones too", async () => {
    const visibility = new Visibility();
    let ended = false;
    const search = visibility.reading(async () => {
      await pause(10);
      ended = true;
      throw new Error("search failed");
    });
    const quiet = visibility.readersDone();
    await expect(search).rejects.toThrow("search failed");
    await quiet;
    expect(ended).toBe(true);
    await visibility.readersDone();
  });
});

describe("Upkeep", () => {
  it("is due after so many commits or unindexed passages, more rarely in a large library", () => {
    const upkeep = new Upkeep({ commits: 10, unindexedRows: 100, vectorIndexRows: 1000, keepVersionsMs: 0 });
    expect(upkeep.idle).toBe(true);
    upkeep.wrote(9, 99);
    expect(upkeep.due(0)).toBe(false);
    upkeep.wrote(1, 0);
    expect(upkeep.due(0)).toBe(true);
    expect(upkeep.due(1_000_000)).toBe(false);
    upkeep.wrote(0, 62_500);
    expect(upkeep.due(1_000_000)).toBe(true);
    expect(upkeep.idle).toBe(false);
  });
  it("leaves merging and old versions to a server, which refuses to be told, and still indexes there", async () => {
    const calls: string[] = [];
    const table = (name: string) => ({
      name, optimize: () => { calls.push(`optimize ${name}`); return Promise.resolve(); }, countRows: () => Promise.resolve(2000), listIndices: () => Promise.resolve([]),
      createIndex: (column: string) => { calls.push(`index ${column}`); return Promise.resolve(); },
    });
    const tables = { passages: table("passages"), documents: table("documents"), meta: { get: () => Promise.resolve(undefined), set: () => Promise.resolve() } } as unknown as Tables;
    const limits = { commits: 10, unindexedRows: 100, vectorIndexRows: 1000, keepVersionsMs: 0 };
    await new Upkeep(limits, "server").run(tables);
    expect(calls).toEqual(["index vector", "index id", "index generation", "index document_id", "index text_hash"]);
    await new Upkeep(limits, "object storage").run(tables);
    expect(calls).toContain("optimize passages");
  });
});

describe("SQL", () => {
  it("quotes texts and knows the empty list", () => {
    expect(literal("it's ''")).toBe("'it''s '''''");
    expect(isIn("id", [])).toBe("false");
    expect(isIn("id", ["a", "b'"])).toBe("id IN ('a','b''')");
    expect(textArray([])).toContain("array_remove_all");
  });

  it("stores times so that their order as text is their order in time", () => {
    expect(storedTime("2024-03-01T01:00:00+02:00", "x")).toBe("2024-02-29T23:00:00.000Z");
    expect(() => storedTime("soon", "modified")).toThrow("“soon” is not a date.");
  });

  it("asks nothing where the scope says nothing", () => {
    expect(scopePredicate({ filter: {}, excludeCollectionIds: [], excludeDocumentIds: [] })).toBeUndefined();
  });
});

describe("language", () => {
  it("is told for a text, and left open where it is not clear", async () => {
    expect(await detectLanguage("The harbour master keeps the tide tables in a green ledger.")).toBe("en");
    expect(await detectLanguage("Der Hafenmeister führt die Gezeitentafeln in einem grünen Buch.")).toBe("de");
    expect(await detectLanguage("42 17 3.14 -- ###")).toBeUndefined();
  });

  it("of a question is only sought among the store's", async () => {
    expect(await likelyLanguage("Wann wurden die Häuser verkauft?", ["en", "de"])).toBe("de");
    expect(await likelyLanguage("When were the houses sold?", ["en", "de"])).toBe("en");
    expect(await likelyLanguage("GDPR", ["en", "de"])).toBeUndefined();
    expect(await likelyLanguage("anything", ["fr"])).toBe("fr");
    expect(await likelyLanguage("anything", [])).toBeUndefined();
  });

  it("without a stemmer goes to the common column, whatever it is called", () => {
    expect([wordLanguage("de"), wordLanguage("ja"), wordLanguage(undefined), wordLanguage("constructor")]).toEqual(["de", "other", "other", "other"]);
  });
});

describe("the words of a passage", () => {
  const wordsOf = (title: string | undefined, headingPath: string[], text: string) => {
    const document = { id: "d", collectionId: "c", path: "d.md", format: "markdown" as const, contentHash: "h", tags: [], language: "en", ...(title === undefined ? {} : { title }) };
    const [row] = passageRows({ document, passages: [{ position: 0, start: 0, end: text.length, headingPath, text, textHash: "t", vector: new Float32Array() }] }, { embedder: "e", generation: "g" });
    return row?.words_en;
  };
  it("hold title and headings once each, wherever else they stand", () => {
    expect(wordsOf("Looms", ["Looms", "Care"], "Oil the warp.")).toBe("Looms\nCare\nOil the warp.");
    expect(wordsOf("Looms", ["Looms"], "Looms\nOil the warp.")).toBe("Looms\nOil the warp.");
    expect(wordsOf("Looms", ["Looms", "Care"], "Care\nOil the looms.")).toBe("Looms\nCare\nOil the looms.");
    expect(wordsOf(undefined, [], "Oil the warp.")).toBe("Oil the warp.");
  });
});

describe("queryWords", () => {
  it("keeps words of any script once, drops syntax", () => {
    expect(queryWords("What's the *state-of-the-art* for “Münster”, Münster? (a AND b)")).toBe("what's the state-of-the-art for münster a and b");
    expect(queryWords("北京大学 नमस्ते")).toBe("北京大学 नमस्ते");
    expect(queryWords("?! … \u0000 \"")).toBe("");
    expect(queryWords(Array.from({ length: 999 }, (_, i) => `w${i}`).join(" ")).split(" ")).toHaveLength(256);
  });
});
