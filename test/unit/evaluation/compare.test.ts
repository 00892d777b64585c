import { createRouterClient } from "@orpc/server";
import { afterEach, describe, expect, it } from "vitest";
import type { AnswerMode, CompareEvent, Comparison } from "../../../engine/contract/index.ts";
import { runOrder } from "../../../engine/evaluation/compare/compare.ts";
import { Comparisons, standingsOf } from "../../../engine/evaluation/compare/comparisons.ts";
import { compareRoutes } from "../../../engine/evaluation/compare/routes.ts";
import { AnswersUnderTest } from "../../fakes/answers-under-test.ts";
import type { ScriptedModelOptions } from "../../fakes/scripted-model.ts";

const open: { dispose(): Promise<void> }[] = [];
afterEach(async () => { for (const one of open.splice(0).reverse()) await one.dispose(); });

async function start(model: ScriptedModelOptions) {
  const under = await AnswersUnderTest.open(model);
  const comparisons = await Comparisons.open(under.workspace);
  open.push(under, comparisons);
  const told: number[] = [];
  const client = createRouterClient(compareRoutes({ answers: under.answers, comparisons }, () => told.push(1)));
  return { under, comparisons, client, told };
}

const corner = (mode: AnswerMode, more: object = {}) => ({ name: mode, options: { mode, ...more } });
const mayor = "The mayor of Krasil is Dornis Rosson [1].";

async function run(stream: AsyncIterable<CompareEvent>): Promise<{ events: CompareEvent[]; done: Comparison }> {
  const events: CompareEvent[] = [];
  for await (const event of stream) events.push(event);
  const last = events.at(-1);
  if (last?.type !== "done") throw new Error(`Ended with ${last?.type ?? "nothing"}`);
  return { events, done: last.comparison };
}

describe("comparing", () => {
  it("answers one message in every way, side by side in one conversation, and keeps it", async () => {
    const { under, client, told } = await start({ say: ({ prompt }) => (prompt.includes("Krasil is") ? mayor : "I do not know.") });
    const { events, done } = await run(await client.ask({ text: "Who is the mayor of Krasil?", contenders: [corner("base"), corner("documents"), corner("quotes")] }));
    expect(events[0]).toMatchObject({ type: "started", comparison: { id: done.id } });
    expect(events.filter((event) => event.type === "started")).toHaveLength(1);
    const { tree } = await under.answers.conversations.get(done.conversationId);
    expect(tree.filter(({ role }) => role === "user")).toHaveLength(1);
    const texts = done.contenders.map(({ assistantId }) => tree.find(({ id }) => id === assistantId)?.text);
    expect(texts.slice(0, 2)).toEqual(["I do not know.", mayor]);
    expect(texts[2]).toContain("Dornis Rosson");
    expect((await client.list())[0]).toEqual(done);
    expect(told.length).toBeGreaterThan(0);
  });

  it("lets the others answer where one cannot", async () => {
    const { under, client } = await start({ say: ({ prompt }) => (prompt.includes("Krasil is") ? new Error("the model broke") : "Nobody.") });
    const { done } = await run(await client.ask({ text: "Who is the mayor of Krasil?", contenders: [corner("documents"), corner("base")] }));
    const { tree } = await under.answers.conversations.get(done.conversationId);
    expect(done.contenders.map(({ assistantId }) => tree.find(({ id }) => id === assistantId))).toMatchObject([{ state: "failed" }, { state: "complete", text: "Nobody." }]);
  });

  it("does not begin with those behind when it is left", async () => {
    const { under, client } = await start({ say: () => "one two three four five six seven eight", wordMs: 5 });
    const leave = new AbortController();
    const reading = (async () => {
      for await (const event of await client.ask({ text: "Count.", contenders: [corner("base"), { ...corner("base"), name: "again" }] }, { signal: leave.signal })) if (event.type === "answer" && event.event.type === "text") leave.abort();
    })();
    await expect(reading).rejects.toThrow();
    await under.answers.dispose();
    expect(under.model.prompts).toHaveLength(1);
    const [left] = await client.list();
    expect(left?.contenders.map(({ assistantId }) => assistantId !== undefined)).toEqual([true, false]);
  });

  it("keeps a choice, goes on from it, and takes it back", async () => {
    const { under, comparisons, client } = await start({ say: ({ system }) => system.slice(0, 3) });
    const { done } = await run(await client.ask({ text: "Hello?", contenders: [corner("base"), corner("documents")], blind: true }));
    expect(done.blind).toBe(true);
    const chosen = await client.choose({ id: done.id, winner: 0 });
    expect(chosen).toMatchObject({ blind: false, preference: { winner: 0, blind: true } });
    expect((await under.answers.conversations.get(done.conversationId)).head).toBe(done.contenders[0]?.assistantId);
    expect(await client.standings()).toEqual([{ name: "base", judged: 1, chosen: 1, tied: 0, blind: 1 }, { name: "documents", judged: 1, chosen: 0, tied: 0, blind: 1 }]);
    await comparisons.dispose();
    const again = await Comparisons.open(under.workspace);
    expect(again.get(done.id)).toEqual(chosen);
    await again.dispose();
    expect((await client.choose({ id: done.id })).preference).toBeUndefined();
    expect((await client.choose({ id: done.id, winner: 0 })).preference).toMatchObject({ blind: false });
    await expect(client.choose({ id: done.id, winner: 3 })).rejects.toMatchObject({ code: "INVALID" });
    await under.answers.conversations.remove(done.conversationId);
    expect((await client.choose({ id: done.id, winner: 1 })).preference).toMatchObject({ winner: 1 });
    await client.remove({ id: done.id });
    await expect(client.get({ id: done.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("refuses two of one name, and fewer than two", async () => {
    const { client } = await start({ say: () => "" });
    await expect(run(await client.ask({ text: "x", contenders: [corner("base"), corner("base")] }))).rejects.toMatchObject({ code: "INVALID" });
    await expect(client.ask({ text: "x", contenders: [corner("base")] })).rejects.toMatchObject({ code: "INVALID" });
  });
});

describe("the order of answering", () => {
  const of = (modelId: string | undefined, adapters: string[] = []) => ({ name: "x", options: { mode: "base" as const, filter: {}, sampling: {}, adapters: adapters.map((one) => ({ modelId: one, scale: 1 })), ...(modelId ? { modelId } : {}) } });

  it("puts contenders of one model, and of one adapter set, in a row", () => {
    expect(runOrder([of("a"), of("b"), of("a", ["x"]), of("a")])).toEqual([0, 3, 2, 1]);
    expect(runOrder([of(undefined), of(undefined, ["x"]), of(undefined)])).toEqual([0, 2, 1]);
  });
});

describe("standings", () => {
  it("count a tie for nobody and an open comparison not at all", () => {
    const one = (winner?: number | "tie"): Comparison => ({
      id: "1", conversationId: "1", userMessageId: "1", question: "?", created: "", blind: false, contenders: ["a", "b"].map((name) => ({ name, options: { mode: "base", adapters: [], filter: {}, sampling: {} } })),
      ...(winner === undefined ? {} : { preference: { winner, blind: false, time: "" } }),
    });
    expect(standingsOf([one(1), one("tie"), one()])).toEqual([{ name: "b", judged: 2, chosen: 1, tied: 1, blind: 0 }, { name: "a", judged: 2, chosen: 0, tied: 1, blind: 0 }]);
  });
});
