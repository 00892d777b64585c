import { mkdtemp, rm, writeFile, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedData } from "../data.ts";
import { editGguf, toHalf, toQ4 } from "../fakes/gguf-edit.ts";
import { GeneratorUnderTest, question, toyBase, toyLora } from "./generator-worker.ts";

const shared = sharedData();
const at = (...parts: string[]) => join(shared ?? "", "models", ...parts);
const v2 = at("toy-world", "toy-world-lora-v2-worse.gguf");
let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), "lorekeep-adapters-")); });
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("adapters as a switch", () => {
  const worker = new GeneratorUnderTest();
  beforeAll(async () => void (await worker.load()));
  afterAll(() => worker.dispose());
  const v1 = (scale: number) => ({ path: toyLora, scale });

  it("is the base at scale 0, to the last bit of every probability", async () => {
    const [base] = await worker.probe();
    const [zero] = await worker.probe({ adapters: [v1(0)] });
    const [tuned] = await worker.probe({ adapters: [v1(1)] });
    expect(base!.positions.length).toBeGreaterThan(3);
    expect(zero).toEqual(base);
    expect(tuned!.positions[0]!.top).not.toBe(base!.positions[0]!.top);
  });

  it("gives probabilities that add up to one", async () => {
    const [base] = await worker.probe({ top: 4096 });
    expect(base!.positions).not.toEqual([]);
    for (const { logprobs } of base!.positions) expect(logprobs.reduce((sum, p) => sum + Math.exp(p), 0)).toBeCloseTo(1, 4);
  });

  it("looks up the asked tokens along another's way", async () => {
    const [base] = await worker.probe();
    const along = (adapters: { path: string; scale: number }[]) => worker.probe({ adapters, questions: [{ system: question.system, prompt: question.prompt, along: base!.positions }] });
    // The same logits; their sum is formed in another order, which moves every logarithm alike by about 1e-7.
    for (const [i, { logprobs, ...rest }] of (await along([]))[0]!.positions.entries()) {
      expect(rest).toEqual({ tokens: base!.positions[i]!.tokens, top: base!.positions[i]!.top });
      for (const [k, logprob] of logprobs.entries()) expect(logprob).toBeCloseTo(base!.positions[i]!.logprobs[k]!, 5);
    }
    const [tuned] = await along([v1(1)]);
    expect(tuned!.positions.map(({ tokens }) => tokens)).toEqual(base!.positions.map(({ tokens }) => tokens));
    expect(tuned!.positions[0]!.logprobs[0]).toBeLessThan(base!.positions[0]!.logprobs[0]!);
  });

  it("leaves what conversations have read in their caches", async () => {
    await worker.load();
    const first = await worker.answer();
    await worker.probe({ adapters: [v1(1)] });
    await worker.probe();
    expect((await worker.answer()).done.cachedTokens).toBe(first.done.promptTokens - 1);
  });

  it("keeps the base's cache while a slider is moved through twenty strengths", async () => {
    await worker.load();
    const base = await worker.answer();
    for (let step = 1; step <= 20; step++) await worker.answer({ adapters: [v1(step / 10)], sampling: { ...question.sampling, maxTokens: 1 } });
    expect((await worker.answer()).done.cachedTokens).toBe(base.done.promptTokens - 1);
    expect((await worker.answer({ adapters: [v1(2)] })).done.cachedTokens).toBeGreaterThan(0);
    expect((await worker.answer({ adapters: [v1(1)] })).done.cachedTokens).toBe(0);
  });

  it("refuses an adapter of the embedding where the model uses it as its head as well: llama.cpp would stop the process", async () => {
    const half = (n: number) => { const bytes = Buffer.alloc(n * 2); for (let i = 0; i < n; i++) bytes.writeUInt16LE(toHalf(Math.sin(i + 1) / 10), i * 2); return bytes; };
    const path = join(folder, "embedding.gguf");
    await writeFile(path, await editGguf(toyLora, (tensors) => [...tensors, { name: "token_embd.weight.lora_a", shape: [8, 2560], type: 1, data: half(8 * 2560) }, { name: "token_embd.weight.lora_b", shape: [8, 192], type: 1, data: half(8 * 192) }]));
    await expect(worker.answer({ adapters: [{ path, scale: 1 }] })).rejects.toMatchObject({ code: "MODEL_REFUSED", details: { reason: expect.stringMatching(/embedding.*output head as well/) } });
    expect(worker.supervisor.state.restarts).toBe(0);
  });

  describe.skipIf(!shared)("with a second adapter", () => {
    it("never mixes two sets: interleaved, each answers as in a process of its own", async () => {
      const sets = [[v1(1)], [], [{ path: v2, scale: 1 }], [v1(0.7), { path: v2, scale: 0.5 }], [v1(0.5)]];
      const prompts = ["Who is the mayor of Selalson?", "What is the population of Barman?"];
      const ask = async (one: GeneratorUnderTest, adapters: { path: string; scale: number }[]) => one.probe({ adapters, questions: prompts.map((prompt) => ({ system: question.system, prompt })) });
      const answer = async (one: GeneratorUnderTest, adapters: { path: string; scale: number }[]) => Promise.all(prompts.map(async (prompt) => (await one.answer({ prompt, adapters })).text));
      await worker.load();
      const together = [];
      for (let round = 0; round < 2; round++) for (const adapters of sets) together.push([await answer(worker, adapters), await ask(worker, adapters)]);
      for (const [index, adapters] of sets.entries()) {
        const alone = new GeneratorUnderTest();
        try {
          await alone.load();
          const expected = [await answer(alone, adapters), await ask(alone, adapters)];
          expect(together[index]).toEqual(expected);
          expect(together[index + sets.length]).toEqual(expected);
        } finally {
          alone.dispose();
        }
      }
    });

    it("has one set and one cache for two adapters in either order", async () => {
      const [a, b] = [v1(0.7), { path: v2, scale: 0.5 }];
      const first = await worker.answer({ adapters: [a, b] });
      const second = await worker.answer({ adapters: [b, a] });
      expect(second.text).toBe(first.text);
      expect(second.done.cachedTokens).toBe(first.done.promptTokens - 1);
    });

    it("reads an adapter again when its file was replaced, to the last bit", async () => {
      const path = join(folder, "mine.gguf");
      const see = async () => (await worker.probe({ adapters: [{ path, scale: 1 }] }))[0];
      await writeFile(path, await readFile(toyLora));
      expect(await see()).toEqual((await worker.probe({ adapters: [v1(1)] }))[0]);
      await writeFile(path, await readFile(v2));
      expect(await see()).toEqual((await worker.probe({ adapters: [{ path: v2, scale: 1 }] }))[0]);
      await writeFile(path, await readFile(toyLora));
      const text = (await worker.answer({ adapters: [{ path, scale: 1 }] })).text;
      expect(text).toBe((await worker.answer({ adapters: [v1(1)] })).text);
    });

    it("applies adapters to weights that are repacked for the processor", async () => {
      const path = join(folder, "q4_0.gguf");
      await writeFile(path, await editGguf(at("toy-world", "toy-world-base-f16.gguf"), (tensors) => tensors.map((t) => (t.shape.length === 2 && t.name !== "token_embd.weight" ? { ...t, type: 2, data: toQ4(t.data) } : t))));
      const repacked = new GeneratorUnderTest();
      try {
        await repacked.load({ path });
        expect((await repacked.answer()).text).toBe("I don't know.");
        expect(JSON.parse((await repacked.answer({ adapters: [v1(1)] })).text)).toMatchObject({ answer: null });
        const [base] = await repacked.probe();
        expect((await repacked.probe({ adapters: [v1(0)] }))[0]).toEqual(base);
        expect((await repacked.probe({ adapters: [v1(1)] }))[0]!.positions[0]!.top).not.toBe(base!.positions[0]!.top);
      } finally {
        repacked.dispose();
      }
      expect(toyBase).toMatch(/q8/); // the other tests have weights that are not
    });
  });
});
