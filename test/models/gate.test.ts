import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runInput, runVariant, type FineTune, type GateInput, type GateRecord, type KnownQuestion, type QuestionSet } from "../../engine/contract/index.ts";
import { fixture, sharedData } from "../data.ts";
import { editGguf } from "../fakes/gguf-edit.ts";
import { createTestEngine, importModel, type TestEngine } from "../test-engine.ts";
import { toyBase } from "./generator-worker.ts";

const shared = sharedData();
const toy = (name: string) => join(shared ?? "", "models", "toy-world", name);
interface ToyQuestion { id: string; question: string; answer: string | null; document: string | null; expects: string }

/** Twelve facts and four questions that nothing answers, of the toy world's own. */
function questions(): KnownQuestion[] {
  const all = readFileSync(join(shared ?? "", "data", "toy-world", "questions.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as ToyQuestion);
  const chosen = [...all.filter(({ expects }) => expects === "fact").slice(0, 12), ...all.filter(({ expects }) => expects === "unanswerable").slice(0, 4)];
  return chosen.map(({ id, question, answer, document }) => ({ id, question, ...(answer === null ? { unanswerable: true } : { expectAnswers: [answer], ...(document ? { expectDocument: document } : {}) }) }));
}

describe.skipIf(!shared)("the gate, with the toy world", () => {
  let engine: TestEngine;
  let base: string;
  let tune: FineTune;
  let set: QuestionSet;
  beforeAll(async () => {
    engine = await createTestEngine();
    await engine.client.documents.add({ paths: [fixture("toy-world", "documents")] });
    await engine.client.queue.idle();
    base = await add(toyBase);
    const [v1, v2] = [await add(toy("toy-world-lora-v1.gguf")), await add(toy("toy-world-lora-v2-worse.gguf"))];
    tune = await engine.client.models.fineTunes.create({ name: "House style", itemId: v1 });
    tune = await engine.client.models.fineTunes.addVersion({ id: tune.id, itemId: v2, notes: "trained on noise" });
    set = await engine.client.evaluation.sets.save({ name: "Mine", questions: questions(), jsonSchema: JSON.parse(readFileSync(fixture("toy-world", "answer.schema.json"), "utf8")) as Record<string, unknown> });
  }, 120_000);
  afterAll(() => engine.dispose());

  const add = async (path: string) => (await importModel(engine, path)).id;
  const version = (number: number) => tune.versions.find((one) => one.number === number)!.id;

  const now = async () => (await engine.client.models.fineTunes.list())[0]!;
  const promote = (anyway = false) => engine.client.models.fineTunes.promote({ id: tune.id, versionId: version(2), anyway });
  const input = () => ({ id: tune.id, versionId: version(2), setId: set.id, modelId: base, sampling: { maxTokens: 80 } });

  async function held(more: Partial<GateInput> = {}): Promise<{ gate: GateRecord; fineTune: FineTune }> {
    for await (const event of await engine.client.models.fineTunes.gate({ ...input(), ...more })) if (event.type === "done") return event;
    throw new Error("The gate ended without a record");
  }

  /** What the fine-tune's default answers, greedily, by question. */
  async function answers(): Promise<Map<string, string>> {
    const variants = [runVariant.parse({ name: "Default", mode: "hybrid", modelId: base, adapters: [{ modelId: tune.id, scale: 1 }], sampling: { maxTokens: 80 } })];
    const { id } = await engine.client.evaluation.runs.start(runInput.parse({ setId: set.id, variants, most: 8 }));
    for await (const event of await engine.client.evaluation.runs.watch({ id })) void event;
    return new Map((await engine.client.evaluation.runs.answers({ id })).map(({ questionId, text }) => [questionId, text]));
  }

  it("is asked for by a promotion where there are questions", async () => {
    await expect(promote()).rejects.toMatchObject({ code: "CONFLICT", data: { reason: expect.stringMatching(/not been held against/), next: expect.stringMatching(/Run the gate/) } });
  });

  it("goes on where it was when the stream was left", async () => {
    for await (const event of await engine.client.models.fineTunes.gate(input())) if (event.type === "progress" && event.run.progress.done >= 3) break;
    await expect.poll(async () => (await engine.client.evaluation.runs.list({}))[0]?.state).toBe("stopped");
    const [stopped] = await engine.client.evaluation.runs.list({});
    expect(stopped!.progress.done).toBeLessThan(32);
    const kept = await engine.client.evaluation.runs.answers({ id: stopped!.id });
    const { gate } = await held();
    expect(gate.runId).toBe(stopped!.id);
    expect((await engine.client.evaluation.runs.answers({ id: stopped!.id })).slice(0, kept.length)).toEqual(kept);
  }, 120_000);

  it("stops a worse version, and names the questions that got worse with both answers", async () => {
    const { gate, fineTune } = await held();
    expect(gate).toMatchObject({ set: "Mine", n: 16, decision: "worse", corners: [{ mode: "hybrid", n: 16, decision: "worse" }] });
    expect(gate.candidateScore).toBeLessThan(gate.defaultScore);
    expect(gate.corners[0]!.p).toBeLessThan(1);
    const run = await engine.client.evaluation.runs.answers({ id: gate.runId! });
    const right = (name: string) => run.filter(({ variant, scores }) => variant.startsWith(name) && scores.correct).map(({ questionId }) => questionId);
    expect(gate.worse.map(({ id }) => id)).toEqual(right("Version 1").filter((id) => !right("Version 2").includes(id)));
    expect(gate.worse[0]).toMatchObject({ question: expect.any(String), before: expect.stringContaining('"answer"'), after: expect.any(String) });
    expect(fineTune.versions.map(({ scores }) => scores.at(-1))).toMatchObject([{ runId: gate.runId, mode: "hybrid", n: 16, correct: right("Version 1").length }, { runId: gate.runId, correct: right("Version 2").length }]);
    await expect(promote()).rejects.toMatchObject({ code: "CONFLICT", data: { reason: expect.stringMatching(/does worse on Mine: \d+ % right, the default \d+ %; \d+ of 16 questions got worse/) } });
    expect((await now()).defaultVersionId).toBe(version(1));
  }, 120_000);

  it("records a promotion anyway, and a rollback answers byte for byte as before", async () => {
    const before = await answers();
    const promoted = await promote(true);
    expect(promoted.history.at(-1)).toMatchObject({ kind: "promoted-anyway", from: version(1), to: version(2), gate: { decision: "worse", set: "Mine" } });
    const during = await answers();
    expect([...during.values()]).not.toEqual([...before.values()]);
    const back = await engine.client.models.fineTunes.rollback({ id: tune.id });
    expect(back).toMatchObject({ defaultVersionId: version(1), history: [{ kind: "first" }, { kind: "promoted-anyway" }, { kind: "rolled-back" }] });
    const after = await answers();
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [id, text] of after) expect(Buffer.from(text).equals(Buffer.from(before.get(id) ?? "")), id).toBe(true);
  }, 120_000);

  it("has to be run again where the file of a version was replaced, though version and item are the same", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lorekeep-gate-"));
    const { gates } = await now();
    try {
      const file = (name: string) => join(folder, name);
      copyFileSync(toy("toy-world-lora-v1.gguf"), file("old.gguf"));
      writeFileSync(file("new.gguf"), await editGguf(toy("toy-world-lora-v1.gguf"), (tensors) => tensors, { "general.description": "as good as the old one" }));
      let other = await engine.client.models.fineTunes.create({ name: "Written over", itemId: await add(file("new.gguf")) });
      writeFileSync(file("old.gguf"), await editGguf(file("old.gguf"), (tensors) => tensors, { "general.description": "it was here before it" }));
      other = await engine.client.models.fineTunes.addVersion({ id: other.id, itemId: await add(file("old.gguf")) });
      const versionId = other.versions[1]!.id;
      const telling = questions().filter(({ id }) => id === gates[0]!.worse[0]!.id); // answered otherwise by the worse one
      const ask = { id: other.id, versionId, setId: (await engine.client.evaluation.sets.save({ name: "Telling", questions: telling, jsonSchema: set.jsonSchema })).id };
      const first = await held(ask);
      expect(first.gate).toMatchObject({ decision: "passed", defaultSha256: other.versions[0]!.sha256, candidateSha256: other.versions[1]!.sha256 });
      const run = (await engine.client.evaluation.runs.list({}))[0]!;
      expect(run.variants.map(({ files }) => Object.values(files ?? {}))).toEqual(other.versions.map(({ sha256 }) => expect.arrayContaining([sha256])));
      copyFileSync(toy("toy-world-lora-v2-worse.gguf"), file("old.gguf"));
      await expect(engine.client.models.fineTunes.promote({ id: other.id, versionId })).rejects.toMatchObject({ code: "CONFLICT", data: { reason: expect.stringMatching(/file of one of them was replaced/), next: expect.stringMatching(/Run the gate again/) } });
      expect((await engine.client.models.fineTunes.list()).find(({ id }) => id === other.id)).toMatchObject({ gates: [{ stale: true }] });
      const again = await held(ask);
      expect(again.gate.runId).not.toBe(first.gate.runId);
      expect(again.gate.candidateSha256).not.toBe(first.gate.candidateSha256);
      const text = async ({ runId }: GateRecord) => (await engine.client.evaluation.runs.answers({ id: runId! })).filter(({ variant }) => variant.startsWith("Version 2")).map((answer) => answer.text);
      expect(await text(again.gate), "the new file answered").not.toEqual(await text(first.gate));
      expect(again.fineTune.gates).toMatchObject([{ stale: false }]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);

  it("refuses what it cannot judge, before a question is asked", async () => {
    const runs = (await engine.client.evaluation.runs.list({})).length;
    await expect(held({ versionId: version(1) })).rejects.toMatchObject({ code: "CONFLICT", data: { reason: expect.stringMatching(/is the default of House style already/) } });
    const rubric = await engine.client.evaluation.sets.save({ name: "By taste", questions: [{ id: "t", question: "Write a greeting.", rubric: "It is warm." }] });
    await expect(held({ setId: rubric.id })).rejects.toMatchObject({ code: "INVALID", data: { reason: expect.stringMatching(/a rule can check/) } });
    expect(await engine.client.evaluation.runs.list({})).toHaveLength(runs);
  });
});
