import { afterEach, describe, expect, it } from "vitest";
import { arrange, weakestAt } from "../../../engine/answer/context/arrange.ts";
import { assemble, type AssembleOptions } from "../../../engine/answer/context/assemble.ts";
import { wholeSections } from "../../../engine/answer/context/sections.ts";
import { toDocument } from "../../../engine/answer/context/source-text.ts";
import type { Passage } from "../../../engine/contract/search.ts";
import { settings } from "../../../engine/contract/settings.ts";
import { AnswersUnderTest } from "../../fakes/answers-under-test.ts";
import { passageOf } from "../../fakes/sources.ts";

const words = async (sources: readonly { text: string }[]) => sources.map((source) => source.text.split(/\s+/).length);
const facts = ["Alpha opens early.", "Beta closes late.", "Gamma rests today.", "Delta works nights.", "Epsilon sings loudly.", "Zeta sleeps long.", "Eta walks far.", "Theta reads much."];
/** A document of short passages under one heading, each where it stands in the text. */
const section = (documentId: string, headingPath = ["Rules"], texts = facts): Passage[] => {
  let start = 0;
  return texts.map((text, position) => {
    const passage = passageOf(text, { documentId, headingPath, position, range: { start, end: 0 } });
    start = passage.range.end + 1;
    return passage;
  });
};
const made = (passages: readonly Passage[], more: Partial<AssembleOptions> = {}) =>
  assemble(passages.map((passage) => ({ passage })), { question: "", limit: 6, budget: 1000, countTokens: words, ...more });
const reasons = ({ candidates }: Awaited<ReturnType<typeof assemble>>) => candidates.map(({ dropped }) => dropped?.reason);
const other = (name: string) => passageOf(`${name} says something else entirely.`, { documentId: name });
const spread = (passages: readonly Passage[]) => [0, 2, 4, 3].map((at) => passages[at]!);

describe("no five passages of one section", () => {
  it("takes three of one place and gives the others their turn, and says so", async () => {
    const result = await made([...spread(section("a")), other("b"), other("c"), other("d")], { limit: 5 });
    expect(new Set(result.sources.map(({ passage }) => passage.documentId))).toEqual(new Set(["a", "b", "c"]));
    expect(reasons(result)).toEqual([undefined, undefined, undefined, "same-section", undefined, undefined, "limit"]);
  });

  it("lets the others of the section in where nothing else is left", async () => {
    const result = await made([...spread(section("a")), other("b")]);
    expect(reasons(result)).not.toContain("same-section");
    expect(result.candidates.every(({ dropped }) => dropped === undefined || dropped.reason === "merged")).toBe(true);
  });

  it("counts by place, not by document: another heading, or far away under none, is another place", async () => {
    const under = section("a").map((passage, i) => ({ ...passage, headingPath: [i % 2 === 0 ? "One" : "Two"] }));
    expect(reasons(await made([0, 2, 4, 1].map((at) => under[at]!), { limit: 4 }))).not.toContain("same-section");
    const bare = section("a", []);
    const far = { ...bare[7]!, position: 40 };
    expect(reasons(await made([bare[0]!, bare[2]!, bare[4]!, far, other("b")], { limit: 4 }))).toEqual([undefined, undefined, undefined, undefined, "limit"]);
  });
});

describe("a section of which several passages were chosen", () => {
  const store = (all: readonly Passage[]) => ({ neighbours: async (documentId: string, from: number, to: number) => all.filter((one) => one.documentId === documentId && one.position >= from && one.position <= to) });
  const short = section("a", ["Rules"], facts.slice(0, 5));
  const sections = (all: readonly Passage[] = short) => (chosen: readonly Passage[]) => wholeSections(chosen, store(all));

  it("is shown whole where it fits, as one source whose words lead back to the document", async () => {
    const result = await made([short[1]!, short[3]!], { sections: sections() });
    expect(result.sources.map(({ text }) => text)).toEqual([facts.slice(0, 5).join("\n")]);
    const at = result.sources[0]!.text.indexOf("Gamma");
    expect(toDocument(result.sources[0]!, { start: at, end: at + 5 })).toEqual({ start: short[2]!.range.start, end: short[2]!.range.start + 5 });
  });

  it("stays with what was chosen where the whole does not fit, is long, was found by one passage only, or has no heading", async () => {
    expect((await made([short[1]!, short[3]!], { sections: sections(), budget: 8 })).sources.map(({ text }) => text)).toEqual([facts[1], facts[3]]);
    const long = section("a");
    expect((await made([long[1]!, long[3]!], { sections: sections(long) })).sources).toHaveLength(2);
    expect((await made([short[1]!, other("b")], { sections: sections() })).sources[0]?.text).toBe(facts[1]);
    const bare = section("a", [], facts.slice(0, 5));
    expect((await made([bare[1]!, bare[3]!], { sections: sections(bare) })).sources).toHaveLength(2);
  });

  it("ends where another section begins, also where the same heading comes again", async () => {
    const twice = section("a").map((passage, i) => ({ ...passage, headingPath: [i === 4 ? "Between" : "Rules"] }));
    const result = await made([twice[1]!, twice[3]!], { sections: sections(twice) });
    expect(result.sources.map(({ text }) => text)).toEqual([facts.slice(0, 4).join("\n")]);
  });
});

describe("best first and last", () => {
  it("puts the second best at the end and the weakest in the middle", () => {
    expect([0, 1, 2, 3, 4, 5, 6].map((count) => arrange(Array.from({ length: count }, (_, i) => i + 1), "first-and-last"))).toEqual([[], [1], [1, 2], [1, 3, 2], [1, 3, 4, 2], [1, 3, 5, 4, 2], [1, 3, 5, 6, 4, 2]]);
    for (const order of ["best-first", "first-and-last"] as const) for (const count of [1, 2, 5, 6]) expect(arrange(Array.from({ length: count }, (_, i) => i), order)[weakestAt(count, order)]).toBe(count - 1);
  });

  const open: AnswersUnderTest[] = [];
  afterEach(async () => { for (const under of open.splice(0)) await under.dispose(); });
  const towns = ["Krasil", "Galkos", "Helvon", "Tarpek"].map((name) => ({ id: `${name}.md`, passages: [`The mayor of ${name} is ${name}son. The river of ${name} is the ${name}ka.`] }));
  const start = async (sourceOrder: "best-first" | "first-and-last", contextSize = 4096) => {
    const say = ({ prompt }: { prompt: string }) => `The river of Krasil is the Krasilka [${/id="(\d)" title="Krasil/.exec(prompt)?.[1] ?? "?"}].`;
    const under = await AnswersUnderTest.open({ say, contextSize }, { documents: towns, settings: () => settings.parse({ answers: { sourceOrder }, search: { leastEvidence: 0 } }) });
    open.push(under);
    return (await under.ask("What is the river of Krasil and of Galkos?", "documents")).message;
  };

  it("numbers sources as the prompt shows them, and the citations with them", async () => {
    const first = await start("best-first");
    const both = await start("first-and-last");
    const names = ({ sources }: typeof first) => sources.map(({ passage }) => passage.documentId);
    expect(both.sources.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(names(both)).toEqual(arrange(names(first), "first-and-last"));
    for (const message of [first, both]) {
      const cited = message.sentences[0]?.citations[0];
      expect(cited).toMatchObject({ marked: true, text: "The river of Krasil is the Krasilka." });
      expect(message.sources.find(({ number }) => number === cited?.source)?.passage.documentId).toBe("Krasil.md");
    }
  });
});

describe("the budget's account", () => {
  const open: AnswersUnderTest[] = [];
  afterEach(async () => { for (const under of open.splice(0)) await under.dispose(); });
  it.each([4096, 400])("adds up to the context of %i tokens", async (contextSize) => {
    const under = await AnswersUnderTest.open({ say: () => "The mayor of Krasil is Dornis Rosson [1].", contextSize });
    open.push(under);
    const { conversationId } = await under.ask("Who is the mayor of Krasil?", "documents");
    const { tokens } = (await under.ask("And how high does it lie?", "documents", { conversationId })).message.trace;
    const { system = NaN, history = NaN, sources = NaN, question = NaN, template = NaN, prompt = NaN, answer = NaN, free = NaN, context, completion = NaN, budget = NaN } = tokens;
    expect(system + history + sources + question + template).toBe(prompt);
    expect(prompt + answer + free).toBe(context);
    for (const part of [system, history, sources, question, template, answer, free]) expect(part).toBeGreaterThanOrEqual(0);
    expect(history).toBeGreaterThan(0);
    expect(sources).toBeLessThanOrEqual(budget);
    expect(completion).toBeLessThanOrEqual(answer);
  });
});
