import { afterEach, describe, expect, it } from "vitest";
import { settings } from "../../../engine/contract/settings.ts";
import { AnswersUnderTest } from "../../fakes/answers-under-test.ts";
import type { ScriptedModelOptions } from "../../fakes/scripted-model.ts";

const open: AnswersUnderTest[] = [];
afterEach(async () => { for (const under of open.splice(0)) await under.dispose(); });

const filler = (about: string, goods = "cloth and wool") => Array.from({ length: 12 }, (_, i) => `On the market of ${about} the traders of row ${i + 1} sell ${goods} to one another all day long.`).join(" ");
const documents = [["Krasil", "cloth and wool"], ["Galkos", "fish, salt, timber and ropes"]].map(([name = "", goods]) => ({ id: `${name}.md`, passages: [`The mayor of ${name} is ${name}son. ${filler(name, goods)}`] }));
const isSummary = (prompt: string) => prompt.endsWith("Shortened text:");

/** Two long sources in a context that takes neither whole. */
async function asked(says: string | Error, more: { budgetMs?: number } & Partial<ScriptedModelOptions> = {}) {
  const { budgetMs = 60_000, ...model } = more;
  const under = await AnswersUnderTest.open(
    { contextSize: 600, say: ({ prompt }) => (isSummary(prompt) ? says : "The mayor of Krasil is Krasilson [1]."), ...model },
    { documents, settings: () => settings.parse({ answers: { summariseBudgetMs: budgetMs }, search: { leastEvidence: 0 } }) },
  );
  open.push(under);
  const { message } = await under.ask("Who is the mayor of Krasil and of Galkos?", "documents");
  const summaries = under.model.prompts.filter(({ prompt }) => isSummary(prompt));
  return { message, summaries, prompt: under.model.prompts.at(-1)?.prompt ?? "", notes: message.trace.notes.join("\n") };
}

describe("sources too long for their room", () => {
  it("are summarised by the model where it is given time: marked in the prompt and the source, cited by the original words", async () => {
    const { message, prompt, notes, summaries } = await asked("The mayors are Krasilson and Galkosson.");
    expect(summaries).toHaveLength(2);
    expect(prompt).toMatch(/<source-\w+ id="1" title="[^"]+" summary="yes">\nThe mayors are Krasilson and Galkosson\.\n</);
    expect(prompt).not.toContain("row 7");
    expect(message.sources.map(({ summary, text }) => [summary, text.includes("row 7")])).toEqual([["The mayors are Krasilson and Galkosson.", true], ["The mayors are Krasilson and Galkosson.", true]]);
    expect(message.sentences[0]?.citations[0]).toMatchObject({ source: 1, text: "The mayor of Krasil is Krasilson.", range: { start: 0, end: 33 } });
    expect(notes).toContain("The model was shown its own summary of source 1, 2");
    expect(message.trace.tokens.sources).toBeLessThanOrEqual(message.trace.tokens.budget ?? 0);
  });

  it("lose a summary's sentences that were cut off or name figures of their own", async () => {
    const { message } = await asked("The mayor is Krasilson. The census found 4711 people. It then went on to");
    expect(message.sources.map(({ summary }) => summary)).toEqual(["The mayor is Krasilson.", "The mayor is Krasilson."]);
  });

  it.each<[string, string | Error, object, RegExp]>([
    ["has nothing to say", "4711", {}, /^$/],
    ["is too slow", filler("Krasil"), { budgetMs: 40, wordMs: 10 }, /were not summarised within 40 ms: they were shortened/],
    ["fails", new Error("out of memory"), {}, /could not be summarised \(out of memory\)/],
  ])("are shortened by rule where the model %s", async (_, says, more, note) => {
    const { message, prompt, notes } = await asked(says, more);
    expect(message.state).toBe("complete");
    expect(message.sources.length).toBeGreaterThan(0);
    expect(message.sources.every(({ summary }) => summary === undefined)).toBe(true);
    expect(prompt).not.toContain('summary="yes"');
    expect(notes).toMatch(note);
  });

  it("are never summarised unasked, nor where they fit", async () => {
    expect((await asked("The mayor is Krasilson.", { budgetMs: 0 })).summaries).toEqual([]);
    const roomy = await asked("The mayor is Krasilson.", { contextSize: 8192 });
    expect(roomy.summaries).toEqual([]);
    expect(roomy.prompt).toContain("row 7");
  });
});
