import { afterEach, describe, expect, it } from "vitest";
import { settings } from "../../../engine/contract/settings.ts";
import type { GenerateInput } from "../../../engine/workers/generator/contract.ts";
import { AnswersUnderTest } from "../../fakes/answers-under-test.ts";

const RIGHT = "The price of Loom Malson is 727 crowns [1].";
const WRONG = "Zebras cost 999 dollars in Timbuktu [2].";
const QUESTION = "What is the price of Loom Malson, and who is its designer, where the mayor of Krasil and the river are?";

const documents = [
  { id: "products.md", passages: ["The price of Loom Malson is 727 crowns. The designer of Loom Malson is Pernek Persek."] },
  { id: "towns.md", passages: ["The mayor of Krasil is Dornis Rosson."] },
  { id: "rivers.md", passages: ["The river of Galkos is the Zanhan, where it turns to the west."] },
];

const sourcesIn = ({ prompt }: GenerateInput) => prompt.match(/<source-\w+ /g)?.length ?? 0;

describe("an answer of which nothing stands in the sources", () => {
  let under: AnswersUnderTest;
  const open = async (say: (input: GenerateInput, nth: number) => string | Error, { lookAgain = true, wordMs = 0, documents: there = documents } = {}) => {
    let nth = 0;
    under = await AnswersUnderTest.open({ say: (input) => say(input, nth++), wordMs }, { documents: there, settings: () => settings.parse({ search: { leastEvidence: 0 }, answers: { lookAgain } }) });
  };
  afterEach(() => under.dispose());

  it("is withdrawn for one that does, when the model is asked again with the best source alone", async () => {
    await open((input) => (sourcesIn(input) > 1 ? WRONG : RIGHT));
    const { events, message } = await under.ask(QUESTION, "documents");
    expect(under.model.prompts.map(sourcesIn)).toEqual([3, 1]);
    expect(message).toMatchObject({ text: RIGHT, state: "complete", sources: [{ number: 1, passage: { documentId: "products.md" } }], trace: { withdrawn: { text: WRONG, sources: 3 } } });
    expect(message.sentences.every(({ supported, flags }) => supported && flags.length === 0)).toBe(true);
    expect(message.trace.notes.join(" ")).toMatch(/asked again with the best of them alone/);
    expect(message.trace.steps.map(({ name }) => name)).toContain("look-again");
    const again = events.findIndex(({ type }) => type === "again");
    const text = (from: number, to?: number) => events.slice(from, to).map((event) => (event.type === "text" ? event.text : "")).join("");
    expect(text(0, again)).toBe(WRONG);
    expect(text(again)).toBe(RIGHT);
    expect(events.slice(again).find(({ type }) => type === "sources")).toMatchObject({ sources: [{ number: 1 }] });
    expect(message.trace.withdrawn?.prompt).toBeGreaterThan(message.trace.tokens.prompt ?? Infinity);
  });

  it("is tried with the two best where the best alone does not do", async () => {
    await open((input) => (sourcesIn(input) === 2 ? RIGHT : WRONG));
    const { message } = await under.ask(QUESTION, "documents");
    expect(under.model.prompts.map(sourcesIn)).toEqual([3, 1, 2]);
    expect(message).toMatchObject({ text: RIGHT, trace: { withdrawn: { text: WRONG } } });
  });

  it("is tried with the best source's lines about the question at last", async () => {
    const several = [{ id: "products.md", passages: ["The designer of Loom Malson is Pernek Persek.\n\nThe price of Loom Malson is 727 crowns."] }, ...documents.slice(1)];
    await open((input) => (input.prompt.includes("Pernek") ? WRONG : RIGHT), { documents: several });
    const { message } = await under.ask("What is the price of Loom Malson in crowns?", "documents");
    expect(under.model.prompts.at(-1)?.prompt).not.toMatch(/Pernek|Dornis/);
    expect(message).toMatchObject({ text: RIGHT, sources: [{ text: "The price of Loom Malson is 727 crowns.", passage: { documentId: "products.md" } }], trace: { withdrawn: { text: WRONG } } });
    const [source] = message.sources;
    expect(several[0]?.passages[0]?.slice(source?.range.start, source?.range.end)).toBe(source?.text);
  });

  it.each(["Giraffes live in Nairobi and eat 12 trees [1].", "I don't know from these documents."])("stays, marked, where asking again gives nothing better: %s", async (second) => {
    await open((_, nth) => (nth === 0 ? WRONG : second));
    const { events, message } = await under.ask(QUESTION, "documents");
    expect(under.model.prompts).toHaveLength(3);
    expect(message).toMatchObject({ text: WRONG, state: "complete", sources: [{}, {}, {}], sentences: [{ flags: expect.arrayContaining(["unsupported"]) }] });
    expect(message.trace).not.toHaveProperty("withdrawn");
    expect(events.some(({ type }) => type === "again")).toBe(false);
  });

  it.each([
    ["some of it stands there", `${RIGHT} ${WRONG}`, "documents", true],
    ["it claims nothing", "I don't know from these documents.", "documents", true],
    ["the settings say so", WRONG, "documents", false],
    ["no documents are asked", WRONG, "base", true],
  ] as const)("is not asked again where %s", async (_, said, mode, lookAgain) => {
    await open(() => said, { lookAgain });
    const { message } = await under.ask(QUESTION, mode);
    expect(under.model.prompts).toHaveLength(1);
    expect(message).toMatchObject({ text: said, state: "complete" });
  });

  it("stays as it was finished where asking again fails", async () => {
    await open((_, nth) => (nth === 0 ? WRONG : new Error("The model went away.")));
    const { message } = await under.ask(QUESTION, "documents");
    expect(message).toMatchObject({ text: WRONG, state: "complete" });
    expect(message.trace.notes).toContain("Looking again failed: The model went away.");
  });

  it("stays as it was finished where a person stops meanwhile, and the model stops", async () => {
    await open((_, nth) => (nth === 0 ? WRONG : "word ".repeat(1000)), { wordMs: 1 });
    const stream = under.answers.ask({ text: QUESTION, options: { mode: "documents", adapters: [], filter: {}, sampling: {} } });
    let id = "";
    for await (const event of stream) {
      if (event.type === "accepted") id = event.assistantId;
      if (event.type === "step" && event.name === "look-again") under.answers.stop(id);
      if (event.type !== "done") continue;
      expect(event.message).toMatchObject({ text: WRONG, state: "complete" });
      expect(event.message.trace.notes).toContain("Looking again was stopped.");
    }
    expect(under.model.mostAtOnce).toBe(1);
    expect(under.model.prompts.length).toBeLessThanOrEqual(2);
  });
});
