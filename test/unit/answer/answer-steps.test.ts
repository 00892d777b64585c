import { describe, expect, it } from "vitest";
import { assemble } from "../../../engine/answer/context/assemble.ts";
import { condense } from "../../../engine/answer/question/condense.ts";
import { Duplicates } from "../../../engine/answer/context/duplicates.ts";
import { mergeNeighbours } from "../../../engine/answer/context/merge.ts";
import { focus } from "../../../engine/answer/context/focus.ts";
import { fuse } from "../../../engine/answer/find/fuse.ts";
import { trimHistory, type Exchange } from "../../../engine/answer/context/history.ts";
import { markers, stripMarkers } from "../../../engine/answer/evidence/markers.ts";
import { quote } from "../../../engine/answer/write/quotes.ts";
import { rerank } from "../../../engine/answer/find/rerank.ts";
import { shareRoom } from "../../../engine/answer/context/room.ts";
import { resolveSampling } from "../../../engine/answer/write/sampling.ts";
import { joinPassages, toDocument } from "../../../engine/answer/context/source-text.ts";
import { terms } from "../../../engine/answer/words/terms.ts";
import type { Message } from "../../../engine/contract/answers.ts";
import type { Passage } from "../../../engine/contract/search.ts";
import { passageOf, sourcesOf } from "../../fakes/sources.ts";

const path = (question: string, answer: string, condensed?: string): Message[] => [
  { id: "u", parentId: null, role: "user", text: question, created: "" },
  {
    id: "a", parentId: "u", role: "assistant", text: answer, created: "", state: "complete", sources: [], sentences: [],
    trace: { mode: "documents", adapters: [], question, filter: {}, candidates: [], tokens: {}, steps: [], started: "", totalMs: 0, notes: [], ...(condensed ? { condensed: { text: condensed, how: "rules" as const } } : {}) },
  },
];

describe("quote", () => {
  const towns = ["Krasil lies high.", "Galkos lies low.", "Zordis lies far."].map((text, i) => passageOf(text, { documentId: `town-${i}` }));
  const sources = sourcesOf(...towns);
  const best = (...scores: number[]) => scores.map((score, i) => ({ score, ranges: [{ start: 0, end: towns[i]?.text.length ?? 0 }] }));

  it("quotes the first source and what is about as good, by their own numbers", () => {
    expect(quote(sources, best(1, 0.3, 0.7)).text).toBe("> Krasil lies high. [1]\n\n> Zordis lies far. [3]");
  });

  it("keeps the first source beside a better quote further down", () => {
    expect(quote(sources, best(0.2, 0.1, 1)).sentences.map(({ citations }) => citations[0]?.source)).toEqual([1, 3]);
  });

  it("quotes every source of a question with several parts", () => {
    expect(quote(sources, best(1, 0.1, 0.2), { severalParts: true }).sentences).toHaveLength(3);
  });
});

describe("condense", () => {
  const before = path("How many staff does Trust Ulmman have?", "137.");
  it.each([
    ["Who is its head?", "Who is its head? (Trust Ulmman)"],
    ["And the population?", "And the population? (Trust Ulmman)"],
    ["Who is the head of Mill Tarlis?", "Who is the head of Mill Tarlis?"],
    ["What about Mill Tarlis?", "What about Mill Tarlis? (staff)"],
    ["What did Marie Curie say about her work?", "What did Marie Curie say about her work?"],
    ["which rules apply to annual leave carried over into january", "which rules apply to annual leave carried over into january"],
  ])("%s", (question, searched) => expect(condense(question, before).text).toBe(searched));

  it("leaves a first question as it is and carries a subject over two turns", () => {
    expect(condense("Who is its head?", [])).toEqual({ text: "Who is its head?", how: "as-is" });
    expect(condense("And its code?", path("Who is its head?", "Talmar Rosden.", "Who is its head? (Trust Ulmman)")).text).toBe("And its code? (Trust Ulmman)");
  });

  it("carries German subjects", () => {
    expect(condense("Wie hoch ist seine Gebühr?", path("Was kostet der Vertrag Braman?", "370.")).text).toBe("Wie hoch ist seine Gebühr? (Vertrag Braman)");
  });
});

describe("fuse", () => {
  const hit = (id: string) => ({ passage: passageOf("x", { documentId: id }), score: 1 });
  it("adds reciprocal ranks and keeps every stage's rank", () => {
    const fused = fuse({ dense: [hit("a"), hit("b"), hit("c")], lexical: [hit("b"), hit("d")] }, { fusion: "rrf", denseWeight: 0.5 });
    expect(fused.map((one) => one.passage.documentId)).toEqual(["b", "a", "d", "c"]);
    expect(fused[0]).toMatchObject({ dense: { rank: 2 }, lexical: { rank: 1 }, fused: { rank: 1, score: 1 / 62 + 1 / 61 } });
  });
  it("breaks ties the same way each time: the dense rank first", () => {
    expect(fuse({ dense: [hit("z")], lexical: [hit("a")] }, { fusion: "z-score", denseWeight: 0.5 }).map((one) => one.passage.documentId)).toEqual(["z", "a"]);
  });
});

describe("rerank", () => {
  const candidates = ["one", "two", "three"].map((text, position) => ({ passage: passageOf(text, { position }) }));
  const order = (list: readonly { passage: Passage }[]) => list.map((one) => one.passage.text);
  it("reorders what it reads, keeps the rest behind, and gives up in time", async () => {
    const reranker = { name: "length", score: async (_: string, texts: readonly string[]) => texts.map((text) => -text.length + (text === "two" ? 1 : 0)) };
    expect(order((await rerank("q", candidates, { reranker, budgetMs: 100, depth: 2 })).candidates)).toEqual(["two", "one", "three"]);
    const slow = { name: "slow", score: (_: string, __: readonly string[], signal: AbortSignal) => new Promise<number[]>((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))) };
    const late = await rerank("q", candidates, { reranker: slow, budgetMs: 10, depth: 3 });
    expect(order(late.candidates)).toEqual(["one", "two", "three"]);
    expect(late.note).toContain("was not done after 10 ms");
    const deaf = await rerank("q", candidates, { reranker: { name: "deaf", score: () => new Promise<number[]>(() => undefined) }, budgetMs: 10, depth: 3 });
    expect(deaf).toEqual({ candidates, note: "The reranker deaf was not done after 10 ms: the order of the search stands." });
  });
});

describe("assemble", () => {
  const document = ["Alpha stands first.", "Beta stands second.", "Gamma stands third."];
  const passages = document.map((text, position) => passageOf(text, { position, range: { start: document.slice(0, position).join("\n").length + (position ? 1 : 0), end: 0 } }));
  const countTokens = async (sources: readonly { text: string }[]) => sources.map((source) => source.text.split(/\s+/).length);
  const of = (...list: Passage[]) => list.map((passage) => ({ passage }));

  it("merges neighbours, whichever was found first, and maps every word back", () => {
    const [group] = mergeNeighbours([passages[2]!, passages[1]!, passages[0]!]);
    const joined = joinPassages(group!);
    expect(joined.text).toBe(document.join("\n"));
    const at = joined.text.indexOf("Gamma");
    expect(toDocument(joined, { start: at, end: at + 5 })).toEqual({ start: at, end: at + 5 });
  });

  it("does not merge across headings", () => {
    expect(mergeNeighbours([{ ...passages[0]!, headingPath: ["A"] }, { ...passages[1]!, headingPath: ["B"] }])).toHaveLength(2);
  });

  it("says of each candidate why it left", async () => {
    const twin = passageOf("Alpha  stands FIRST.", { documentId: "twin" });
    const far = passageOf("Omega stands elsewhere altogether, at some length.", { documentId: "far" });
    const extra = passageOf("Too many.", { documentId: "extra" });
    const made = await assemble(of(passages[0]!, twin, passages[1]!, far, extra), { question: "", limit: 3, budget: 7, countTokens });
    expect(made.sources.map((source) => source.text)).toEqual(["Alpha stands first.\nBeta stands second."]);
    expect(made.candidates.map((one) => one.dropped?.reason)).toEqual([undefined, "duplicate", "merged", "budget", "limit"]);
    expect(made.tokens).toBeLessThanOrEqual(7);
  });

  it("cuts to the lines about the question before it drops a source, and the best one before it shows none", async () => {
    const rows = passageOf("name: Loom, price: 7\nname: Lamp, price: 9\nname: Stove, price: 3", { documentId: "rows" });
    const made = await assemble(of(rows, passages[0]!), { question: "What does the Lamp cost?", limit: 5, budget: 8, countTokens });
    expect(made.sources.map((source) => source.text)).toEqual(["name: Lamp, price: 9", "Alpha stands first."]);
    expect(made.sources[0]?.range).toEqual({ start: 21, end: 41 });
    const tight = await assemble(of(passageOf("One short sentence. Then a much longer one follows here.")), { question: "q", limit: 1, budget: 3, countTokens });
    expect(tight.sources[0]?.text).toBe("One short sentence.");
  });

  it("keeps two versions that name different figures", () => {
    const text = (price: number) => `The annual report of the northern branch says that the price of the main product in the autumn of last year was ${price} crowns for each delivered piece.`;
    const duplicates = new Duplicates();
    expect([duplicates.repeats(text(500), "a"), duplicates.repeats(text(600), "b"), duplicates.repeats(`Well: ${text(500)}`, "c")]).toEqual([undefined, undefined, "a"]);
  });

  it("focuses on the paragraph under its heading", () => {
    const [cut] = focus("Which festival does Helvon celebrate?", [passageOf("Tarpek\nTarpek is home to 14 people.\nHelvon\nThe festival of Helvon is the Moon Parade.")]);
    expect(cut?.text).toBe("Helvon\nThe festival of Helvon is the Moon Parade.");
  });

  it("focuses on the paragraph about what is named, not on one in the question's other words about something else", () => {
    const board = passageOf("Survey Pranek\nAll decisions in Survey Pranek rest with Belgus Wallis.\nTrial Gannan\nTrial Gannan starts on 4 May. The team of Trial Gannan reports to Jorvon Porlis.");
    const [cut] = focus("With whom do all decisions in Trial Gannan rest?", [board]);
    expect(cut?.text).toContain("Jorvon Porlis");
  });
});

describe("room, history and sampling", () => {
  it("never gives sources more than their share, and refuses what cannot fit", () => {
    const needs = { context: 4096, fixed: 200, maxTokens: 1024, grounded: true, sourceShare: 0.6, newestExchange: 100 };
    const room = shareRoom(needs);
    expect(room.sources).toBe(Math.floor(4096 * 0.6));
    expect(room.reserve + needs.fixed + room.sources + room.history(room.sources)).toBe(4096);
    expect(() => shareRoom({ ...needs, fixed: 3500 })).toThrow(expect.objectContaining({ code: "TOO_LONG" }));
  });

  it("drops the oldest exchanges first", () => {
    const exchange = (text: string): Exchange => [{ role: "user", text }, { role: "assistant", text }];
    expect(trimHistory([exchange("a"), exchange("b"), exchange("c")], [10, 10, 10], 25).map(([user]) => user.text)).toEqual(["b", "c"]);
  });

  it("takes sampling from the person, the model, the settings, the defaults, field by field", () => {
    const made = resolveSampling({ asked: { temperature: 0 }, model: { temperature: 0.6, topP: 0.9 }, settings: { topP: 0.5, topK: 7 }, grounded: true });
    expect(made).toMatchObject({ temperature: 0, topP: 0.9, topK: 7, repeatPenalty: 1, stop: [] });
    expect(resolveSampling({ asked: {}, model: undefined, settings: {}, grounded: true }).temperature).toBe(0.2);
  });
});

describe("words and markers", () => {
  it("reads numbers in plain digits and keeps codes and names apart", () => {
    const words = terms("Fees of 1,200 or 1.200 crowns, code YF-009, 3,5 % in Krasil");
    expect(words.filter((word) => word.kind === "number").map((word) => word.key)).toEqual(["1200", "1200", "yf-009", "3.5"]);
    expect(words.find((word) => word.word === "Krasil")?.kind).toBe("name");
  });
  it("knows markers as models write them, and no links", () => {
    expect(markers("A [1]. B [2, 3]【4】 [source 5] [6](x) \\[7]").flatMap((marker) => marker.numbers)).toEqual([1, 2, 3, 4, 5]);
    expect(stripMarkers("It is so [1][2].")).toBe("It is so.");
  });
});
