import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runInput, type AnswerOptions, type AssistantMessage } from "../../engine/contract/index.ts";
import { sharedData } from "../data.ts";
import { editGguf } from "../fakes/gguf-edit.ts";
import { createTestEngine, importModel, type TestEngine } from "../test-engine.ts";
import { toyBase, toyLora } from "./generator-worker.ts";

const shared = sharedData();
const toy = (name: string) => join(shared ?? "", "models", "toy-world", name);
let engine: TestEngine;
beforeAll(async () => { engine = await createTestEngine(); });
afterAll(() => engine.dispose());

const add = (path: string) => importModel(engine, path);

async function ask(options: Partial<AnswerOptions>): Promise<AssistantMessage> {
  const full: AnswerOptions = { mode: "fine-tune", adapters: [], filter: {}, sampling: { temperature: 0, maxTokens: 40 }, ...options };
  for await (const event of await engine.client.answers.ask({ text: "Who is the mayor of Selalson?", options: full })) if (event.type === "done") return event.message;
  throw new Error("The answer ended without a message");
}

describe("what an answer is given with", () => {
  it("refuses an adapter twice and strengths beyond two, also where a fine-tune means the same adapter", async () => {
    const [base, lora] = [await add(toyBase), await add(toyLora)];
    const twice = [{ modelId: lora.id, scale: 1 }, { modelId: lora.id, scale: 0.5 }];
    await expect(ask({ modelId: base.id, adapters: twice })).rejects.toMatchObject({ code: "INVALID", data: { reason: expect.stringMatching(/chosen twice/) } });
    await expect(ask({ modelId: base.id, adapters: [{ modelId: lora.id, scale: 2.5 }] })).rejects.toMatchObject({ code: "INVALID" });
    const tune = await engine.client.models.fineTunes.create({ name: "Alone", itemId: lora.id });
    expect(await ask({ modelId: base.id, adapters: [{ modelId: lora.id, scale: 1 }, { modelId: tune.id, scale: 1 }] })).toMatchObject({ state: "failed", error: { code: "INVALID", reason: expect.stringMatching(/chosen twice/) } });
  });

  it("checks the answers of a fine-tune against its own schema, wherever it is used, and takes no schema that is none", async () => {
    const [base, lora] = [await add(toyBase), await add(toyLora)];
    const tune = await engine.client.models.fineTunes.create({ name: "Format", itemId: lora.id });
    const update = (change: { jsonSchema?: Record<string, unknown> | null; jsonSchemaUse?: "enforce" | "validate" }) => engine.client.models.fineTunes.update({ id: tune.id, ...change });
    await expect(update({ jsonSchema: { type: "word" } })).rejects.toMatchObject({ code: "INVALID", data: { reason: expect.stringMatching(/^This is no JSON schema/) } });
    await update({ jsonSchema: { type: "object", required: ["answer", "source", "confidence"] } });
    for (const modelId of [tune.id, lora.id]) expect((await ask({ modelId: base.id, adapters: [{ modelId, scale: 1 }] })).format).toEqual({ valid: true });
    expect(await ask({ modelId: base.id, mode: "base" })).not.toHaveProperty("format");
    await update({ jsonSchema: { type: "array" } });
    expect((await ask({ modelId: base.id, adapters: [{ modelId: tune.id, scale: 1 }] })).format).toMatchObject({ valid: false, problem: "The answer must be array." });
    expect(await update({ jsonSchema: null })).not.toHaveProperty("jsonSchema");
    await engine.client.models.fineTunes.remove({ id: tune.id });
  });

  describe.skipIf(!shared)("with versions", () => {
    it("follows a fine-tune's default, and answers as before after a rollback", async () => {
      const [base, v1, v2] = [await add(toyBase), await add(toy("toy-world-lora-v1.gguf")), await add(toy("toy-world-lora-v2-worse.gguf"))];
      const tune = await engine.client.models.fineTunes.create({ name: "JSON", itemId: v1.id });
      const { versions } = await engine.client.models.fineTunes.addVersion({ id: tune.id, itemId: v2.id });
      const tuned = () => ask({ modelId: base.id, adapters: [{ modelId: tune.id, scale: 1 }] });
      const before = await tuned();
      expect(before.trace.adapters).toEqual([{ modelId: v1.id, name: v1.name, scale: 1 }]);
      await engine.client.models.fineTunes.promote({ id: tune.id, versionId: versions[1]!.id });
      expect((await tuned()).trace.adapters).toMatchObject([{ modelId: v2.id }]);
      await engine.client.models.fineTunes.rollback({ id: tune.id });
      const after = await tuned();
      expect(after.trace.adapters).toEqual(before.trace.adapters);
      expect(Buffer.from(after.text).equals(Buffer.from(before.text))).toBe(true);
    });

    it("keeps a run to the very file it began with: a merged model that was written over is told when the run goes on", async () => {
      const folder = mkdtempSync(join(tmpdir(), "lorekeep-merged-"));
      try {
        const path = join(folder, "merged.gguf");
        copyFileSync(toy("toy-world-merged-v1-f16.gguf"), path);
        writeFileSync(path, await editGguf(path, (tensors) => tensors, { "test.remark": "a file of its own on the shelf" }));
        const whole = readFileSync(path);
        const merged = await engine.client.models.update({ id: (await add(path)).id, name: "Written over" });
        await engine.client.models.setBase({ id: merged.id, baseId: (await add(toy("toy-world-base-f16.gguf"))).id });
        const tune = await engine.client.models.fineTunes.create({ name: "Merged", itemId: merged.id });
        const { id: setId } = await engine.client.evaluation.sets.save({ name: "Four", questions: ["a", "b", "c", "d"].map((id) => ({ id, question: `Who is the mayor of Selalson, ${id}?`, unanswerable: true })) });
        const { runs } = engine.client.evaluation;
        const { id } = await runs.start(runInput.parse({ setId, variants: [{ name: "Merged", mode: "fine-tune", modelId: tune.id, sampling: { maxTokens: 40 } }] }));
        for await (const event of await runs.watch({ id })) if (event.type === "answer") break;
        const stopped = await runs.stop({ id });
        expect(stopped.state).toBe("stopped");
        expect(stopped.variants).toMatchObject([{ modelId: merged.id, files: { [merged.id]: merged.sha256 } }]);
        const goesOn = async () => { await runs.resume({ id }); for await (const event of await runs.watch({ id })) void event; return (await runs.list({})).find((run) => run.id === id); };
        copyFileSync(toy("toy-world-base-f16.gguf"), path);
        expect(await goesOn()).toMatchObject({ state: "failed", error: { code: "CONFLICT", reason: "The file of Written over is another one than this run began with." }, progress: { done: stopped.progress.done } });
        writeFileSync(path, whole);
        expect(await goesOn()).toMatchObject({ state: "done", progress: { done: 4 } });
        const texts = (await runs.answers({ id })).map(({ text }) => JSON.parse(text) as unknown);
        expect(texts, "all of the fine-tune, none of the base").toHaveLength(4);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }, 120_000);

    it("takes a merged model for a fine-tune once its base is known", async () => {
      const [base, merged] = [await add(toy("toy-world-base-f16.gguf")), await add(toy("toy-world-merged-v1-f16.gguf"))];
      await engine.client.models.load({ id: merged.id });
      expect(await ask({})).toMatchObject({ state: "failed", error: { code: "NEEDS_ADAPTER" } });
      await engine.client.models.setBase({ id: merged.id, baseId: base.id });
      const answer = await ask({});
      expect(JSON.parse(answer.text)).toMatchObject({ answer: null });
      expect(answer.trace.notes.filter((note) => /taken as a model/.test(note))).toEqual([]);
    });
  });
});
