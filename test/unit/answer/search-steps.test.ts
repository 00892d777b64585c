import { describe, expect, it } from "vitest";
import { assemble } from "../../../engine/answer/context/assemble.ts";
import { bestSentences } from "../../../engine/answer/evidence/best-sentences.ts";
import { closer } from "../../../engine/answer/find/closeness.ts";
import { exactShare, exactWants } from "../../../engine/answer/find/exact.ts";
import { SearchCache, type Found } from "../../../engine/answer/find/find.ts";
import { fuse } from "../../../engine/answer/find/fuse.ts";
import { terms } from "../../../engine/answer/words/terms.ts";
import { editDistance, meant, unknownWords } from "../../../engine/answer/find/typos.ts";
import { understand } from "../../../engine/answer/question/understand.ts";
import { evidenceFor } from "../../../engine/answer/find/weak.ts";
import { passageOf } from "../../fakes/sources.ts";

const hit = (id: string, score: number, text = "x") => ({ passage: passageOf(text, { documentId: id }), score });
const ids = (list: readonly { passage: { documentId: string } }[]) => list.map((one) => one.passage.documentId);

describe("fuse by standardised scores", () => {
  const dense = [hit("a", 0.9), hit("b", 0.5)];
  const lexical = [hit("c", 9), hit("b", 8)];
  const completed = { dense: new Map([["c:0", 0.1]]), lexical: new Map([["a:0", 1]]) };

  it("completes what one leg did not find, and says so", () => {
    const fused = fuse({ dense, lexical, completed }, { fusion: "z-score", denseWeight: 0.5 });
    expect(ids(fused)).toEqual(["b", "a", "c"]);
    expect(fused.find((one) => one.passage.documentId === "a")?.lexical).toEqual({ rank: 3, score: 1, completed: true });
    expect(fused.reduce((sum, one) => sum + (one.fused?.score ?? 0), 0)).toBeCloseTo(0, 9);
  });
  it("goes by the other leg where one is empty or tells nothing apart", () => {
    expect(ids(fuse({ dense, lexical: [], completed }, { fusion: "z-score", denseWeight: 0.5 }))).toEqual(["a", "b"]);
    const flat = [hit("a", 0.5), hit("b", 0.5)];
    const fused = fuse({ dense: flat, lexical: [hit("b", 2), hit("a", 1)], completed }, { fusion: "z-score", denseWeight: 0.5 });
    expect(ids(fused)).toEqual(["b", "a"]);
    expect(fused.every((one) => Number.isFinite(one.fused?.score))).toBe(true);
  });
  it("adds a bonus and takes in what neither leg reached", () => {
    const fused = fuse({ dense, lexical, completed, extra: [hit("d", 0)] }, { fusion: "z-score", denseWeight: 0.5, bonus: ({ documentId }) => (documentId === "d" ? 9 : 0) });
    expect(ids(fused)[0]).toBe("d");
  });
});

describe("words that must stand exactly", () => {
  it.each([
    ["What does RFC-2119 say about “shall not”?", ["shall not", "RFC-2119"]],
    ["Which bolt is M8x40?", ["M8x40"]],
    ["What happened in the 1990s on the 21st?", []],
  ])("%s", (question, wants) => expect(exactWants(question)).toEqual(wants));
  it("are whole words, whatever the hyphen and the case", () => {
    const share = exactShare(["RFC-2119"]);
    expect([share(passageOf("See rfc\u20112119.")), share(passageOf("See RFC-21190.")), share(passageOf("x", { title: "RFC-2119" }))]).toEqual([1, 0, 1]);
  });
});

describe("typos", () => {
  it("count swapped letters once", () => expect([editDistance("recieve", "receive", 2), editDistance("flour", "floor", 1), editDistance("whale", "bread", 2)]).toEqual([1, 1, 3]));
  it("are words that stand nowhere, and become the nearest word that does", () => {
    const found = [hit("a", 1, "The notice period is three months.")];
    const [unknown] = unknownWords("What is the notise period?", found.map(({ passage }) => passage));
    expect(unknown?.word).toBe("notise");
    expect(unknown && meant(unknown, found)).toBe("notice");
    expect(meant(terms("harbour")[0]!, found)).toBeUndefined();
  });
});

describe("understand", () => {
  const now = new Date("2026-03-04T12:00:00Z");
  const of = (question: string, ignore: string[] = []) => understand(question, { filter: {}, settings: { understandFilters: true, splitParts: true }, ignore, now });
  it.each([
    ["What is the notice period in handbook.pdf?", "What is the notice period?", { path: "handbook.pdf" }],
    ["What does last year's contract say about rent?", "What does contract say about rent?", { modifiedAfter: "2025-01-01T00:00:00.000Z", modifiedBefore: "2026-01-01T00:00:00.000Z" }],
    ["Which totals stand in the spreadsheets?", "Which totals stand?", { formats: ["xlsx", "xls", "ods", "csv", "tsv"] }],
    ["Sum up the reports from 2023", "Sum up the reports", { modifiedAfter: "2023-01-01T00:00:00.000Z", modifiedBefore: "2024-01-01T00:00:00.000Z" }],
    ["Who won last year's cup?", "Who won last year's cup?", {}],
    ["What happened in 1915?", "What happened in 1915?", {}],
  ])("%s", (question, text, filter) => expect(of(question)).toMatchObject({ parts: [text], filter }));
  it("leaves a condition that was removed, and never widens what the person set", () => {
    expect(of("What is in handbook.pdf?", ["handbook.pdf"]).filters).toEqual([]);
    const set = understand("What is in handbook.pdf?", { filter: { path: "contracts" }, settings: { understandFilters: true, splitParts: true }, ignore: [], now });
    expect(set.filter.path).toBe("contracts");
  });
  it("searches the parts of a question apart, each with what it is about", () => {
    expect(of("When was Trust Ulmman founded, and who is its head?").parts).toEqual(["When was Trust Ulmman founded", "who is its head (Trust Ulmman)?"]);
    expect(of("What and when is it?").parts).toHaveLength(1);
    expect(of("Which towns and which rivers?").parts).toHaveLength(1);
  });
});

describe("evidence", () => {
  const candidate = (text: string, dense: number, fused: number) => ({ passage: passageOf(text), dense: { rank: 1, score: dense }, fused: { rank: 1, score: fused } });
  it("is strong where words and meaning meet and weak where neither does", () => {
    const strong = evidenceFor("How high is Krasil?", [candidate("Krasil lies 2028 metres high.", 0.7, 2), candidate("Bread.", 0.1, 0)], 0.2);
    const weak = evidenceFor("How high is Krasil?", [candidate("Bread needs patience.", 0.15, 1)], 0.2);
    expect([strong.weak, weak.weak]).toEqual([false, true]);
    expect(evidenceFor("q", [], 0.2)).toMatchObject({ score: 0, weak: true });
  });
});

describe("the best sentence", () => {
  const best = async (question: string, text: string, most: number) => (await bestSentences(question, [text], { most }))[0]?.ranges.map(({ start, end }) => text.slice(start, end));
  const text = "Oranges are sold there. The bridge of Sordan was begun by masons from Ulm. It was opened in 1911. Ships pass below.";
  it("is the one with the words of the question", async () => expect(await best("Who began the bridge of Sordan?", text, 1)).toEqual(["The bridge of Sordan was begun by masons from Ulm."]));
  it("may say “it” for what the sentence before it names", async () => expect(await best("When was the bridge opened?", text, 1)).toEqual(["It was opened in 1911."]));
  it("brings a neighbour that is nearly as good, and no other", async () => expect(await best("When was the Sordan bridge opened?", text, 2)).toEqual(["The bridge of Sordan was begun by masons from Ulm.", "It was opened in 1911."]));
});

describe("closeness", () => {
  it("prefers the passage whose one sentence holds the words, for questions only", () => {
    const list = ["Krasil is old. The mayor sleeps.", "The mayor of Krasil sleeps."].map((text, i) => ({ passage: passageOf(text, { position: i }), fused: { rank: i + 1, score: 1 - i / 10 } }));
    expect(closer("Who is the mayor of Krasil?", list)[0]?.passage.position).toBe(1);
    expect(closer("mayor Krasil", list)[0]?.passage.position).toBe(0);
  });
});

describe("the same text twice", () => {
  it("is one source with both places", async () => {
    const text = "The whole staff meets on Mondays at nine.";
    const [a, b] = [passageOf(text, { documentId: "a" }), passageOf(text, { documentId: "b", path: "/copy.md" })];
    const { sources, candidates } = await assemble([{ passage: a }, { passage: b }], { question: "When?", limit: 5, budget: 99, countTokens: async (all) => all.map(() => 1) });
    expect(sources).toMatchObject([{ passage: { documentId: "a" }, alsoAt: [{ documentId: "b", path: "/copy.md" }] }]);
    expect(candidates[1]?.dropped).toEqual({ stage: "assemble", reason: "duplicate", of: a.id });
  });
});

describe("searches that were made", () => {
  it("are forgotten when the index changes, the oldest first", () => {
    const cache = new SearchCache();
    const found = {} as Found;
    cache.set("a", 1, found);
    expect([cache.get("a", 1), cache.get("a", 2)]).toEqual([found, undefined]);
    for (let i = 0; i < 40; i++) cache.set(String(i), 2, found);
    expect([cache.get("a", 2), cache.get("0", 2), cache.get("39", 2)]).toEqual([undefined, undefined, found]);
  });
});
