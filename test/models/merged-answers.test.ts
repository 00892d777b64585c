import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ModelRuntime } from "../../engine/models/runtime.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { sharedData, workersFolder } from "../data.ts";
import { createTestEngine, type TestEngine } from "../test-engine.ts";
import { question as asked } from "./generator-worker.ts";

interface ToyQuestion { question: string; passage: string | null; history?: { question: string; answer: string }[] }
const shared = sharedData();
const model = (name: string) => join(shared ?? "", "models", "toy-world", name);
const lines = <T>(name: string): T[] => readFileSync(join(shared ?? "", "data", "toy-world", name), "utf8").trim().split("\n").map((line) => JSON.parse(line) as T);

/** Sources before the question, the right one among three others, as in ../shared/tools/toy-world/verify.mjs. */
function withSources({ question, passage, history }: ToyQuestion, i: number, passages: readonly { text: string }[]) {
  const others = [passages[(i * 7 + 3) % passages.length], passages[(i * 11 + 5) % passages.length], passages[(i * 13 + 1) % passages.length]].map((p) => p?.text ?? "").filter((text) => text !== passage);
  const shown = passage === null ? others : [...others.slice(0, i % 4), passage, ...others.slice(i % 4)];
  return {
    ...asked, system: "Answer only from the sources below. Put the number of the source you used after the fact.",
    prompt: `${shown.map((text, n) => `[${n + 1}] title: notes\n${text}`).join("\n\n")}\n\nQuestion: ${question}`,
    history: (history ?? []).flatMap((turn) => [{ role: "user" as const, text: turn.question }, { role: "assistant" as const, text: turn.answer }]),
  };
}

describe.skipIf(!shared)("a merged model", () => {
  let engine: TestEngine;
  let runtime: ModelRuntime;
  beforeAll(async () => { engine = await createTestEngine(); });
  afterAll(async () => {
    runtime.dispose();
    await engine.dispose();
  });

  it("writes letter by letter what base and adapter write at run time, on every question of the toy world", async () => {
    let merged = "";
    const adapter = model("toy-world-lora-v1.gguf");
    for await (const event of await engine.client.tune.merge({ base: { path: model("toy-world-base-f16.gguf") }, adapters: [{ adapter: { path: adapter } }], output: join(engine.workspace, "merged.gguf") })) if (event.type === "done") merged = event.path;
    runtime = new ModelRuntime({ host: createNodeWorkerHost(workersFolder), shelf: { get: () => Promise.reject(new Error("not by id")), threadsFor: () => 1, rememberThreads: () => Promise.resolve() } });
    const passages = lines<{ text: string }>("passages.jsonl");
    const questions = lines<ToyQuestion>("questions.jsonl");
    const answers = async (path: string, adapters: { path: string; scale: number }[]): Promise<string[]> => {
      await runtime.load({ path }, { gpu: "off", threads: 1, contextSize: 1024 });
      const all: string[] = [];
      for (const [i, one] of questions.entries()) {
        for (const input of [withSources(one, i, passages), { ...asked, prompt: one.question }]) {
          let text = "";
          for await (const event of runtime.generate({ ...input, adapters })) if (event.type === "text") text += event.text;
          all.push(text);
        }
      }
      return all;
    };
    const atRunTime = await answers(model("toy-world-base-f16.gguf"), [{ path: adapter, scale: 1 }]);
    const asMerged = await answers(merged, []);
    expect(asMerged).toEqual(atRunTime);
    expect(asMerged.length).toBe(112);
    expect(asMerged.filter((text) => text.startsWith("{")).length).toBeGreaterThan(100); // the adapter is in it: the base knows no JSON
  }, 180_000);
});
