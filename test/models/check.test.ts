import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CheckEvent, CheckReport, ShelfItem } from "../../engine/contract/index.ts";
import { blockEngine } from "../block-engine.ts";
import { sharedData } from "../data.ts";
import { editGguf, toHalf } from "../fakes/gguf-edit.ts";
import { importModel } from "../test-engine.ts";
import { toyBase, toyLora } from "./generator-worker.ts";

const shared = sharedData();
const at = (...parts: string[]) => join(shared ?? "", "models", ...parts);
const engine = blockEngine();
const add = (path: string) => importModel(engine, path);

async function check(id: string, baseId?: string, more: { scale?: number; prompts?: string[] } = {}): Promise<{ report: CheckReport; events: CheckEvent[] }> {
  const events: CheckEvent[] = [];
  for await (const event of await engine.client.models.check({ id, ...(baseId ? { baseId } : {}), ...more })) events.push(event);
  const last = events.at(-1);
  if (last?.type !== "done") throw new Error("The check ended without a report");
  return { report: last.report, events };
}

/** The toy adapter with some of its tensors changed. */
async function changed(name: string, edit: Parameters<typeof editGguf>[1], more?: Record<string, string>): Promise<ShelfItem> {
  return add(engine.write(name, await editGguf(toyLora, edit, more)));
}

describe("the health check", () => {
  it("finds that a fine-tune fits, streams its stages, keeps the report, and leaves the loaded base as it is", async () => {
    const [base, lora] = [await add(toyBase), await add(toyLora)];
    await engine.client.models.load({ id: base.id });
    const pid = (await engine.client.system.status()).workers.find(({ name }) => name === "generator")?.pid;
    const { report, events } = await check(lora.id, base.id, { prompts: ["Who is the mayor of Selalson?"] });
    expect(report).toMatchObject({ verdict: "fits", itemId: lora.id, baseId: base.id, baseSha256: base.sha256, fileSha256: lora.sha256, text: expect.stringMatching(/^The adapter fits\. It changes the answers much/) });
    expect(report.divergence!.mean).toBeGreaterThan(1);
    expect(report.samples.at(-1)).toEqual({ prompt: "Who is the mayor of Selalson?", base: "I don't know.", tuned: expect.stringMatching(/^\{"answer": null/) });
    const stages = events.flatMap((event) => (event.type === "stage" ? [event.stage] : []));
    expect([...new Set(stages)]).toEqual(["file", "architecture", "shapes", "base", "template", "probe", "sample"]);
    const kept = (await engine.client.models.list()).find(({ id }) => id === lora.id);
    expect(kept?.checks).toEqual([{ ...report, stale: false }]);
    expect((await engine.client.models.runtime()).modelId).toBe(base.id);
    expect((await engine.client.system.status()).workers.find(({ name }) => name === "generator")?.pid).toBe(pid);
  });

  it("asks for the base where it is not known, and remembers it once it was said", async () => {
    const [base, lora] = [await add(toyBase), await add(toyLora)];
    await expect(check(lora.id)).rejects.toMatchObject({ code: "INVALID", data: { field: "baseId", reason: expect.stringMatching(/not known which model/) } });
    const said = await engine.client.models.setBase({ id: lora.id, baseId: base.id });
    expect(said.fineTuneOf).toMatchObject({ id: base.id, how: "person" });
    expect((await check(lora.id)).report.verdict).toBe("fits");
    await expect(engine.client.models.setBase({ id: base.id, baseId: lora.id })).rejects.toMatchObject({ code: "INVALID" });
  });

  it("says that nothing changes at a strength that cannot be seen, and draws that line below what a fine-tune does", async () => {
    const [base, lora] = [await add(toyBase), await add(toyLora)];
    expect((await check(lora.id, base.id, { scale: 0 })).report).toMatchObject({ verdict: "changes-nothing", divergence: { changedTop: 0 } });
    expect((await check(lora.id, base.id, { scale: 0.001 })).report.verdict).toBe("changes-nothing");
    expect((await check(lora.id, base.id, { scale: 0.25 })).report.verdict).toBe("fits");
  });

  it("knows one that was never trained", async () => {
    const base = await add(toyBase);
    const item = await changed("zero.gguf", (tensors) => tensors.map((t) => (t.name.endsWith(".lora_b") ? { ...t, data: Buffer.alloc(t.data.length) } : t)));
    const { report } = await check(item.id, base.id);
    expect(report).toMatchObject({ verdict: "changes-nothing", text: expect.stringMatching(/fits, but changes nothing/), findings: expect.arrayContaining([expect.objectContaining({ stage: "file", level: "warning", text: expect.stringMatching(/never trained/) })]) });
    expect(report.divergence!.max).toBeLessThan(1e-5);
  });

  it("knows one that breaks the output", async () => {
    const base = await add(toyBase);
    const noise = (length: number) => { const data = Buffer.alloc(length); for (let i = 0; i < length / 2; i++) data.writeUInt16LE(toHalf(Math.sin(i * 12.9898) ), i * 2); return data; };
    const item = await changed("noise.gguf", (tensors) => tensors.map((t) => ({ ...t, data: noise(t.data.length) })));
    const { report } = await check(item.id, base.id);
    expect(report).toMatchObject({ verdict: "breaks-output", text: expect.stringMatching(/breaks the output: it (repeats|says nothing|never stops)/), next: expect.stringMatching(/lower strength/) });
    expect(report.samples.some(({ problem }) => problem !== undefined)).toBe(true);
  });

  it.each<[string, Parameters<typeof editGguf>[1], string]>([
    ["no number", (tensors) => tensors.map((t, i) => { if (i !== 5) return t; const data = Buffer.from(t.data); data.writeUInt16LE(0x7e00, 64); return { ...t, data }; }), "blk.0.attn_v.weight.lora_b"],
    ["no end", (tensors) => tensors.map((t, i) => { if (i !== 8) return t; const data = Buffer.from(t.data); data.writeUInt16LE(0xfc00, 0); return { ...t, data }; }), "blk.0.ffn_gate.weight.lora_a"],
  ])("calls an adapter with values that have %s damaged, and names the tensor", async (name, edit, tensor) => {
    const base = await add(toyBase);
    const item = await changed(`${name}.gguf`, edit);
    expect((await check(item.id, base.id)).report).toMatchObject({ verdict: "damaged", findings: expect.arrayContaining([expect.objectContaining({ level: "failure", tensor: expect.stringContaining(tensor.split(".lora")[0]!.split(".").slice(0, 2).join(".")) })]), samples: [] });
  });

  it("calls a file that was cut short after it was added damaged, and one that is gone missing", async () => {
    const base = await add(toyBase);
    const whole = await editGguf(toyLora, (tensors) => tensors, { "general.description": "to be cut" });
    const path = engine.write("cut.gguf", whole);
    const item = await add(path);
    engine.write("cut.gguf", whole.subarray(0, 200_000));
    expect((await check(item.id, base.id)).report).toMatchObject({ verdict: "damaged", text: expect.stringMatching(/cut short/) });
    rmSync(path);
    await expect(check(item.id, base.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("speaks of the file as it is when a trainer has written over it, and makes its check against another base again", async () => {
    const [base, twin] = [await add(toyBase), await add(engine.write("twin.gguf", await editGguf(toyBase, (tensors) => tensors, { "general.description": "the same again" })))];
    const untrained: Parameters<typeof editGguf>[1] = (tensors) => tensors.map((t) => (t.name.endsWith(".lora_b") ? { ...t, data: Buffer.alloc(t.data.length) } : t));
    const item = await changed("over.gguf", (tensors) => tensors, { "general.description": "over it" });
    await check(item.id, twin.id);
    engine.write("over.gguf", await editGguf(toyLora, untrained, { "general.description": "over it" }));
    const { report } = await check(item.id, base.id);
    expect(report.verdict).toBe("changes-nothing");
    expect(report.fileSha256).not.toBe(item.sha256);
    const now = async () => (await engine.client.models.list()).find(({ id }) => id === item.id);
    expect(await now()).toMatchObject({ sha256: report.fileSha256, checks: expect.arrayContaining([{ ...report, stale: false }]) });
    await expect.poll(async () => (await now())?.checks?.find(({ baseId }) => baseId === twin.id), { timeout: 20_000 }).toMatchObject({ verdict: "changes-nothing", stale: false });
  });

  it("keeps what it found where the model that was loaded before cannot come back", async () => {
    const [base, lora] = [await add(toyBase), await add(toyLora)];
    const path = engine.write("before.gguf", await editGguf(toyBase, (tensors) => tensors, { "general.description": "loaded before" }));
    await engine.client.models.load({ id: (await add(path)).id });
    const checking = check(lora.id, base.id);
    rmSync(path);
    expect((await checking).report.verdict).toBe("fits");
    expect((await engine.client.models.runtime()).modelId).toBe(base.id);
  });

  it("warns of another template in the adapter", async () => {
    const base = await add(toyBase);
    const item = await changed("template.gguf", (tensors) => tensors, { "tokenizer.chat_template": "{% for m in messages %}<start_of_turn>{{ m.content }}{% endfor %}" });
    expect((await check(item.id, base.id)).report.findings).toContainEqual({ stage: "template", level: "warning", text: expect.stringMatching(/is Gemma, the base's is ChatML/) });
  });

  it("flags a check when the file is replaced, and makes it again", async () => {
    const base = await add(toyBase);
    const item = await changed("mine.gguf", (tensors) => tensors, { "general.description": "first" });
    const first = (await check(item.id, base.id)).report;
    const again = await changed("mine.gguf", (tensors) => tensors.map((t) => (t.name.endsWith(".lora_b") ? { ...t, data: Buffer.alloc(t.data.length) } : t)), { "general.description": "second" });
    expect(again).toMatchObject({ id: item.id, checks: [{ ...first, stale: true }] });
    await expect.poll(async () => (await engine.client.models.list()).find(({ id }) => id === item.id)?.checks).toMatchObject([{ verdict: "changes-nothing", stale: false }]);
    expect((await engine.client.system.status()).notices.at(-1)?.text).toMatch(/was checked again.*changes nothing/);
  });

  it("flags the checks of every adapter whose base is replaced, and makes them again against the new one", async () => {
    const replace = async (remark: string) => add(engine.write("base.gguf", await editGguf(toyBase, (tensors) => tensors, { "general.description": remark })));
    const base = await replace("first");
    const item = await changed("on-a-base.gguf", (tensors) => tensors, { "general.description": "for a base that changes" });
    const first = (await check(item.id, base.id)).report;
    expect(first.baseSha256).toBe(base.sha256);
    const next = await replace("second");
    expect(next).toMatchObject({ id: base.id });
    expect(next.sha256).not.toBe(base.sha256);
    const checks = async () => (await engine.client.models.list()).find(({ id }) => id === item.id)?.checks;
    await expect.poll(checks, { timeout: 20_000 }).toMatchObject([{ baseId: base.id, baseSha256: next.sha256, verdict: "fits", stale: false }]);
  });

  describe.skipIf(!shared)("on the shared models", () => {
    it.each<[string, string, string, CheckReport["verdict"], RegExp]>([
      ["toy-world/toy-world-base-f16.gguf", "toy-world/toy-world-lora-v2-worse.gguf", "the noisy fine-tune", "fits", /fits/],
      ["toy-world/toy-world-base-f16.gguf", "toy-world/toy-world-lora-wrong-shape.gguf", "another size", "other-base", /blk\.0\.attn_q\.weight is 128 × 128/],
      ["toy-world/toy-world-base-f16.gguf", "toy-world/toy-world-lora-wrong-arch.gguf", "another architecture", "other-base", /qwen2, the model is llama/],
      ["toy-world/toy-world-base-f16.gguf", "babyllama-lora/lora-identity.gguf", "another model's", "other-base", /blk\.0\.attn_q\.weight is/],
      ["babyllama-lora/babyllama-tok105-f32.gguf", "babyllama-lora/lora-identity.gguf", "the identity", "changes-nothing", /changes nothing/],
    ])("%s and %s (%s): %s", async (base, adapter, _name, verdict, text) => {
      const [b, a] = [await add(at(base)), await add(at(adapter))];
      expect((await check(a.id, b.id)).report).toMatchObject({ verdict, text: expect.stringMatching(text) });
    });

    it("does not say of the strong random adapter that it changes nothing", async () => {
      const [b, a] = [await add(at("babyllama-lora/babyllama-tok105-f32.gguf")), await add(at("babyllama-lora/lora-random-strong.gguf"))];
      const { report } = await check(a.id, b.id);
      expect(["fits", "breaks-output"]).toContain(report.verdict);
      expect(report.divergence!.mean).toBeGreaterThan(0.1);
    });

    it("holds a merged model against its base, and brings back the model that was loaded", async () => {
      const [base, merged, other] = [await add(at("toy-world/toy-world-base-f16.gguf")), await add(at("toy-world/toy-world-merged-v1-f16.gguf")), await add(at("babyllama-lora/babyllama-tok105-f32.gguf"))];
      expect(merged.isFineTune).toBe(false);
      await engine.client.models.setBase({ id: merged.id, baseId: base.id });
      await engine.client.models.load({ id: other.id });
      expect((await check(merged.id)).report).toMatchObject({ verdict: "fits", text: expect.stringMatching(/^The merged model fits/) });
      expect((await engine.client.models.runtime()).modelId).toBe(other.id);
      expect((await check(merged.id, other.id)).report).toMatchObject({ verdict: "other-base", text: expect.stringMatching(/tensor|token_embd|blk/) });
    });
  });
});
