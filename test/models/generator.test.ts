import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { fixture, sharedData } from "../data.ts";
import { GeneratorUnderTest, question, sampling, toyBase, toyLora } from "./generator-worker.ts";

const shared = sharedData();
const lora = (scale: number) => [{ path: toyLora, scale }];
const longRun = { system: "", prompt: "The mayor of Selalson is", sampling: { ...sampling, temperature: 1.5, seed: 7, maxTokens: 900 } };

describe("the generator worker on the toy world", () => {
  const worker = new GeneratorUnderTest();
  beforeAll(async () => void (await worker.load()));
  afterAll(() => worker.dispose());

  it("says what really came to be", async () => {
    expect(await worker.load()).toMatchObject({
      architecture: "llama", parameters: 3_148_224, quantisation: "Q8_0", trainContextSize: 1024, contextSize: 1024,
      template: { source: "gguf", name: "ChatML" }, backend: "cpu", gpuLayers: 0, threads: 1,
    });
    const { memory } = await worker.load({ contextSize: 256 });
    expect(memory.modelBytes).toBeGreaterThan(3_000_000);
    expect(memory.contextBytes).toBeGreaterThan(256 * 4608);
    expect(memory.freeBytesBefore).toBeGreaterThan(memory.modelBytes + memory.contextBytes);
    await worker.load();
  });

  it("knows no facts as the base, knows the format as the fine-tune, and is the base again at scale 0", async () => {
    const base = await worker.answer();
    expect(base).toMatchObject({ text: "I don't know.", done: { stopReason: "end", promptTokens: 42, cachedTokens: 0 } });
    const tuned = await worker.answer({ adapters: lora(1) });
    expect(JSON.parse(tuned.text)).toEqual({ answer: null, source: null, confidence: "low" });
    expect((await worker.answer({ adapters: lora(0) })).text).toBe(base.text);
    expect((await worker.answer()).text).toBe(base.text);
  });

  it("streams in pieces and counts what it wrote", async () => {
    const { text, pieces, done } = await worker.answer();
    expect(pieces).toBeGreaterThan(3);
    const [tokens] = await worker.countTokens(text);
    expect(done.completionTokens - (tokens ?? 0)).toBeGreaterThanOrEqual(0);
    expect(done.completionTokens - (tokens ?? 0)).toBeLessThanOrEqual(1); // the end-of-turn token counts too
    expect(done.promptMs).toBeGreaterThan(0);
  });

  it("reads only what is new in the second turn, and keeps each adapter's cache through a switch", async () => {
    await worker.load();
    const first = await worker.answer();
    const next = { history: [{ role: "user" as const, text: question.prompt }, { role: "assistant" as const, text: first.text }], prompt: "And what is its population?" };
    const second = await worker.answer(next);
    expect(second.done.cachedTokens).toBeGreaterThanOrEqual(first.done.promptTokens);
    expect((await worker.answer({ adapters: lora(1) })).done.cachedTokens).toBe(0);
    expect((await worker.answer(next)).done.cachedTokens).toBe(second.done.promptTokens - 1);
    expect((await worker.answer({ adapters: lora(1) })).done.cachedTokens).toBe(first.done.promptTokens - 1);
  });

  it("gives the same text from the cache as from nothing", async () => {
    const turn = { history: [{ role: "user" as const, text: "Hello" }, { role: "assistant" as const, text: "I don't know." }], prompt: "Who is the mayor of Barman?", adapters: lora(1) };
    await worker.answer(turn);
    const warm = await worker.answer(turn);
    await worker.load();
    const cold = await worker.answer(turn);
    expect(cold.done.cachedTokens).toBe(0);
    expect(warm.done.cachedTokens).toBeGreaterThan(0);
    expect(warm.text).toBe(cold.text);
  });

  it("counts the prompt exactly as it is given to the model", async () => {
    expect(await worker.countPromptTokens()).toBe((await worker.answer()).done.promptTokens);
    expect(await worker.countTokens("", "Hello world")).toEqual([0, expect.any(Number)]);
  });

  it("stops at the length asked for, at a stop text, and says which", async () => {
    expect(await worker.answer({ sampling: { ...sampling, maxTokens: 2 } })).toMatchObject({ done: { stopReason: "length", completionTokens: 2 } });
    const stopped = await worker.answer({ sampling: { ...sampling, stop: ["know"] } });
    expect(stopped).toMatchObject({ text: "I don't ", done: { stopReason: "stop-text" } });
  });

  it("repeats itself with a seed and differs with another", async () => {
    const run = (seed: number) => worker.answer({ ...longRun, sampling: { ...longRun.sampling, seed, maxTokens: 40 } });
    const [a, b, c] = [await run(1), await run(1), await run(2)];
    expect(b.text).toBe(a.text);
    expect(c.text).not.toBe(a.text);
  });

  it("follows a JSON schema, and refuses one that says nothing", async () => {
    const schema = { type: "object", properties: { known: { type: "boolean" }, town: { enum: ["Selalson", "Barman"] } }, required: ["known", "town"] };
    const { text } = await worker.answer({ jsonSchema: schema });
    expect(JSON.parse(text)).toEqual({ known: expect.any(Boolean), town: expect.stringMatching(/^(Selalson|Barman)$/) });
    const described = { type: "object", properties: { known: { type: "boolean", default: { type: "guess" } } }, required: ["known"], examples: [{ type: "invoice" }] };
    expect(JSON.parse((await worker.answer({ jsonSchema: described })).text), "a type inside of data is a person's own word").toEqual({ known: expect.any(Boolean) });
    await expect(worker.answer({ jsonSchema: { type: "objekt" } })).rejects.toMatchObject({ code: "INVALID", details: { field: "jsonSchema" } });
  });

  it("follows the toy world's own schema, with its lists of types", async () => {
    const schema = JSON.parse(await readFile(fixture("toy-world", "answer.schema.json"), "utf8")) as Record<string, unknown>;
    const answer = JSON.parse((await worker.answer({ adapters: lora(1), jsonSchema: schema })).text) as Record<string, unknown>;
    expect(answer).toEqual({ answer: null, source: null, confidence: "low" });
    const forced = await worker.answer({ jsonSchema: schema });
    expect(forced.text).toMatch(/^\{\s*"answer":\s*("|null)/); // the base knows no JSON: the grammar made it begin so
  });

  it("refuses a prompt that does not fit, with the numbers, and cuts nothing", async () => {
    const tokens = await worker.countPromptTokens({ prompt: "word ".repeat(900) });
    await expect(worker.answer({ prompt: "word ".repeat(900) })).rejects.toMatchObject({
      code: "TOO_LONG", details: { reason: expect.stringMatching(new RegExp(`${tokens} tokens.*1024`)), next: expect.any(String) },
    });
    expect((await worker.answer()).text).toBe("I don't know.");
  });

  it("stops within a token when aborted and stays usable", async () => {
    const stop = new AbortController();
    let pieces = 0;
    const running = worker.answer(longRun, { signal: stop.signal, onText: () => { if (++pieces === 3) stop.abort(); } });
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
    const start = performance.now();
    const after = await worker.answer(longRun.prompt ? { ...longRun, sampling: { ...longRun.sampling, maxTokens: 1 } } : {});
    expect(performance.now() - start).toBeLessThan(3000); // the stopped run would have gone on for hundreds of tokens
    // Its whole prompt is in the cache and nothing beyond it was kept: the stopped run ended where it was stopped.
    expect(after.done.cachedTokens).toBe(after.done.promptTokens - 1);
    expect(worker.supervisor.state.restarts).toBe(0);
  });

  it("tells how far a long prompt is read, and can be stopped while reading", async () => {
    await worker.load();
    const prompt = "word ".repeat(400);
    const stop = new AbortController();
    const reading = worker.supervisor.call(async (client, signal) => {
      for await (const event of await client.generate({ ...question, prompt }, { signal })) if (event.type === "reading") stop.abort();
    }, { deadlineMs: 30_000, signal: stop.signal });
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
    const { done } = await worker.answer({ prompt });
    expect(done.cachedTokens).toBeGreaterThanOrEqual(64);
    expect(done.cachedTokens).toBeLessThan(done.promptTokens / 2); // it stopped well before the end, and kept what it had read
  });

  it("runs requests one after the other; one that is aborted in the line never starts", async () => {
    const stop = new AbortController();
    const first = worker.answer({ ...longRun, sampling: { ...longRun.sampling, maxTokens: 60 } });
    const second = worker.answer({}, { signal: stop.signal });
    const third = worker.answer();
    stop.abort();
    await expect(second).rejects.toMatchObject({ name: "AbortError" });
    expect((await first).done.stopReason).toMatch(/length|end/);
    expect((await third).text).toBe("I don't know.");
  });

  it("says what is missing when there is no model, no adapter, or an adapter in the model's place", async () => {
    await expect(worker.answer({ adapters: [{ path: `${toyLora}.gone`, scale: 1 }] })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(worker.load({ path: toyLora })).rejects.toMatchObject({ code: "MODEL_REFUSED", details: { reason: expect.stringMatching(/adapter/) } });
    await expect(worker.answer()).rejects.toMatchObject({ code: "NEEDS_MODEL" });
    await worker.load();
  });

  it("measures threads when it is not told, and leaves one core free", async () => {
    const { threads } = await worker.load({ threads: undefined } as never);
    expect(threads).toBeGreaterThanOrEqual(1);
    expect(threads).toBeLessThanOrEqual(Math.max(1, (await import("node:os")).availableParallelism() - 1));
  });
});

describe("chat templates", () => {
  const worker = new GeneratorUnderTest();
  let folder: string;
  beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), "templates-")); });
  afterAll(async () => {
    worker.dispose();
    await rm(folder, { recursive: true });
  });

  /** The toy world's base with a few characters of its template replaced by as many others. */
  async function withTemplate(from: string, to: string): Promise<string> {
    const bytes = Buffer.from((await readFile(toyBase)).toString("latin1").replaceAll(from, to), "latin1");
    const path = join(folder, `${from.replace(/\W/g, "")}.gguf`);
    await writeFile(path, bytes);
    return path;
  }

  it("runs a template that nobody has seen before as the Jinja it is", async () => {
    const path = await withTemplate("'<|im_start|>' +", "'<|im_begin|>' +");
    expect((await worker.load({ path })).template).toEqual({ source: "gguf", name: "JinjaTemplate" });
    await worker.load();
    const known = await worker.countPromptTokens();
    await worker.load({ path });
    expect(await worker.countPromptTokens()).not.toBe(known);
    expect((await worker.answer()).done.promptTokens).toBe(await worker.countPromptTokens());
  });

  it("falls back by name where the template cannot be run, and where there is none", async () => {
    const broken = await withTemplate("{% endif %}", "{% endfi %}");
    expect((await worker.load({ path: broken, fallbackTemplate: "chatml" })).template).toEqual({ source: "fallback", name: "chatml" });
    expect((await worker.answer()).text).toBe("I don't know.");
    const none = await withTemplate("tokenizer.chat_template", "tokenizer.chat_templat_");
    expect((await worker.load({ path: none, fallbackTemplate: "chatml" })).template).toEqual({ source: "fallback", name: "chatml" });
    expect((await worker.answer()).text).toBe("I don't know.");
  });
});

describe("memory", () => {
  it("refuses a context that memory cannot hold, with a next step", async () => {
    const folder = await mkdtemp(join(tmpdir(), "generator-"));
    const worker = new GeneratorUnderTest();
    try {
      const bytes = await readFile(toyBase);
      const key = Buffer.from("llama.context_length");
      bytes.writeUInt32LE(2 ** 30, bytes.indexOf(key) + key.length + 4);
      const path = join(folder, "boundless.gguf");
      await writeFile(path, bytes);
      await expect(worker.load({ path, contextSize: 2 ** 30 })).rejects.toMatchObject({
        code: "MODEL_FAILED", details: { reason: expect.stringMatching(/not enough memory.*context of 1073741824 tokens/), next: expect.stringMatching(/smaller context/) },
      });
      expect((await worker.load({ path })).contextSize).toBeLessThanOrEqual(32_768);
    } finally {
      worker.dispose();
      await rm(folder, { recursive: true });
    }
  });
});

describe("death of the runtime", () => {
  it("is WORKER_DIED for the call in flight, and the next call works", async () => {
    const worker = new GeneratorUnderTest();
    try {
      await worker.load();
      const running = worker.answer(longRun, { onText: () => { process.kill(worker.processes[0]?.pid ?? 0, "SIGABRT"); } });
      await expect(running).rejects.toMatchObject({ code: "WORKER_DIED", details: { reason: expect.stringMatching(/SIGABRT/) } });
      await worker.load();
      expect((await worker.answer()).text).toBe("I don't know.");
      expect(worker.processes).toHaveLength(2);
    } finally {
      worker.dispose();
    }
  });

  it.skipIf(!shared)("is WORKER_DIED too when llama.cpp itself aborts on a file that nothing checked", async () => {
    const folder = fileURLToPath(new URL("../fakes/aborting-generator", import.meta.url));
    process.env["HOSTILE_GGUF"] = join(shared ?? "", "models/hostile-gguf/no-byte-tokens-aborts-node.gguf");
    const worker = new GeneratorUnderTest(createNodeWorkerHost(folder));
    try {
      await expect(worker.load()).rejects.toMatchObject({ code: "WORKER_DIED", details: { reason: expect.stringMatching(/SIGABRT/) } });
      await expect(worker.load()).rejects.toMatchObject({ code: "WORKER_DIED" });
      expect(worker.supervisor.state.restarts).toBe(2);
    } finally {
      worker.dispose();
      delete process.env["HOSTILE_GGUF"];
    }
  });
});

describe.skipIf(!shared)("other models (shared test data)", () => {
  const at = (...parts: string[]) => join(shared ?? "", "models", ...parts);
  const worker = new GeneratorUnderTest();
  afterAll(() => worker.dispose());

  it.each([
    ["huge-counts", /claims 9223372036854775807 tensors/],
    ["lfs-pointer", /Git LFS pointer/],
    ["no-byte-tokens-aborts-node", /byte tokens/],
    ["not-gguf", /not a GGUF/],
    ["truncated-half", /cut short.*1185376.*600000/],
    ["truncated-header", /tensors, but only|ends inside its header/],
  ])("hostile %s.gguf is refused by name before the runtime sees it", async (name, reason) => {
    const start = performance.now();
    await expect(worker.load({ path: at("hostile-gguf", `${name}.gguf`) })).rejects.toMatchObject({ code: "MODEL_REFUSED", details: { reason: expect.stringMatching(reason) } });
    expect(performance.now() - start).toBeLessThan(5000);
    expect(worker.supervisor.state.restarts).toBe(0);
  });

  it("names the fallback where the GGUF has no chat template", async () => {
    for (const fallbackTemplate of ["chatml", "llama2", "alpaca", "plain"] as const) {
      expect(await worker.load({ path: at("stories260K/stories260K.gguf"), fallbackTemplate })).toMatchObject({ template: { source: "fallback", name: fallbackTemplate }, contextSize: 128 });
      expect((await worker.answer({ system: "", prompt: "Hi", sampling: { ...sampling, maxTokens: 3 } })).text).not.toBe("");
    }
    const full = await worker.answer({ system: "", prompt: "Once upon a time", sampling: { ...sampling, maxTokens: 500 } });
    expect(full.done).toMatchObject({ stopReason: "context-full" });
    expect(full.done.promptTokens + full.done.completionTokens).toBeLessThanOrEqual(128);
  });

  it("refuses adapters of another shape and another architecture by name and with the reason", async () => {
    await worker.load();
    const use = (name: string) => worker.answer({ adapters: [{ path: at("toy-world", name), scale: 1 }] });
    await expect(use("toy-world-lora-wrong-shape.gguf")).rejects.toMatchObject({ code: "MODEL_REFUSED", details: { reason: expect.stringMatching(/wrong-shape.*128 × 128.*192 × 192/) } });
    await expect(use("toy-world-lora-wrong-arch.gguf")).rejects.toMatchObject({ code: "MODEL_REFUSED", details: { reason: expect.stringMatching(/wrong-arch.*qwen2.*llama/) } });
    expect((await worker.answer()).text).toBe("I don't know.");
  });

  it("reads an adapter's file again when it was replaced", async () => {
    const folder = await mkdtemp(join(tmpdir(), "adapters-"));
    try {
      const path = join(folder, "mine.gguf");
      await worker.load();
      const use = (scale: number) => worker.answer({ adapters: [{ path, scale }] });
      await writeFile(path, await readFile(toyLora));
      const [before, half] = [await use(1), await use(0.5)];
      await writeFile(path, await readFile(at("babyllama-lora/lora-identity.gguf")));
      await expect(use(1)).rejects.toMatchObject({ code: "MODEL_REFUSED", details: { reason: expect.stringMatching(/mine\.gguf/) } });
      await writeFile(path, "no adapter");
      await expect(use(1)).rejects.toMatchObject({ code: "MODEL_REFUSED", details: { reason: expect.stringMatching(/mine\.gguf cannot be used.*not a GGUF/) } });
      await writeFile(path, await readFile(at("toy-world/toy-world-lora-v2-worse.gguf")));
      const worse = await use(1);
      expect(worse.text).toBe((await worker.answer({ adapters: [{ path: at("toy-world/toy-world-lora-v2-worse.gguf"), scale: 1 }] })).text);
      expect(worse.done.cachedTokens).toBe(0);
      expect([before.text, half.text]).not.toContain("");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("answers from a merged GGUF as the fine-tune does", async () => {
    await worker.load({ path: at("toy-world/toy-world-merged-v1-f16.gguf") });
    expect(JSON.parse((await worker.answer()).text)).toEqual({ answer: null, source: null, confidence: "low" });
  });

  it("changes nothing with an identity adapter and much with a strong one", async () => {
    await worker.load({ path: at("babyllama-lora/babyllama-tok105-f32.gguf"), fallbackTemplate: "plain" });
    const story = { system: "", prompt: "Once upon a time", sampling: { ...sampling, maxTokens: 30 } };
    const base = await worker.answer(story);
    const use = (name: string) => worker.answer({ ...story, adapters: [{ path: at("babyllama-lora", name), scale: 1 }] });
    expect((await use("lora-identity.gguf")).text).toBe(base.text);
    expect((await use("lora-random-strong.gguf")).text).not.toBe(base.text);
  });
});
