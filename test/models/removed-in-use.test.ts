import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnswerEvent, AnswerOptions, AssistantMessage } from "../../engine/contract/index.ts";
import { fixture } from "../data.ts";
import { createTestEngine, importModel, type TestEngine } from "../test-engine.ts";

describe("a model or adapter that is taken off the shelf while it is used", () => {
  let engine: TestEngine;
  beforeAll(async () => { engine = await createTestEngine(); });
  afterAll(() => engine.dispose());

  /** A copy in the workspace, so that removing it deletes its file. */
  const add = async (file: string) => (await importModel(engine, fixture("toy-world", "models", file), "copy")).id;
  const ask = async (options: Pick<AnswerOptions, "mode" | "modelId"> & Partial<AnswerOptions>, onText?: () => Promise<unknown>): Promise<AssistantMessage> => {
    let waiting = onText;
    let done: Extract<AnswerEvent, { type: "done" }> | undefined;
    for await (const event of await engine.client.answers.ask({ text: "Tell me all about it.", options: { adapters: [], filter: {}, sampling: { temperature: 2, minP: 0, maxTokens: 900, seed: 3 }, ...options } })) {
      if (event.type === "text" && waiting) {
        const now = waiting;
        waiting = undefined;
        await now();
      }
      if (event.type === "done") done = event;
    }
    if (!done) throw new Error("The answer did not end.");
    return done.message;
  };

  it("ends the answer with a sentence, keeps what was written, and says for the next one what is missing", async () => {
    const modelId = await add("toy-world-base-q8.gguf");
    const cut = await ask({ mode: "base", modelId }, () => engine.client.models.remove({ id: modelId }));
    expect(cut.text.length).toBeGreaterThan(0);
    expect(cut).toMatchObject({ state: "failed", error: { reason: expect.stringContaining("unloaded") as string } });
    expect(await engine.client.models.list()).toEqual([]);
    expect(await ask({ mode: "base", modelId })).toMatchObject({ state: "failed", text: "", error: { code: "NOT_FOUND", reason: "This model is not on the shelf any more." } });
    const again = await add("toy-world-base-q8.gguf");
    expect(await ask({ mode: "base", modelId: again, sampling: { temperature: 0 } })).toMatchObject({ state: "complete" });
  });

  it("an adapter: the answer under way goes on, the next one asks for another", async () => {
    const modelId = await add("toy-world-base-q8.gguf");
    const adapter = await add("toy-world-lora-v1.gguf");
    const adapters = [{ modelId: adapter, scale: 1 }];
    expect(await ask({ mode: "fine-tune", modelId, adapters, sampling: { temperature: 0 } }, () => engine.client.models.remove({ id: adapter }))).toMatchObject({ state: "complete" });
    expect(await ask({ mode: "fine-tune", modelId, adapters })).toMatchObject({ state: "failed", error: { code: "NEEDS_ADAPTER", reason: "The adapter is not on the shelf." } });
  });
});
