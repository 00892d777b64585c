import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FineTuneVersion } from "../../../engine/contract/index.ts";
import { belongsTo, isFineTune } from "../../../engine/models/belongs.ts";
import { FineTunes } from "../../../engine/models/fine-tunes.ts";
import { ModelShelf } from "../../../engine/models/shelf.ts";
import { judge } from "../../../engine/evaluation/gate/judge.ts";
import { rollback } from "../../../engine/models/versions.ts";
import { fixture } from "../../data.ts";
import { editGguf } from "../../fakes/gguf-edit.ts";

const toyBase = fixture("toy-world", "models", "toy-world-base-q8.gguf");
const toyLora = fixture("toy-world", "models", "toy-world-lora-v1.gguf");
let root: string;
const open = () => ModelShelf.open({ workspace: join(root, "workspace") });
/** The toy adapter again, with other content by a remark in its metadata. */
async function variant(name: string, remark: string, more: Record<string, string> = {}): Promise<string> {
  const path = join(root, name);
  await writeFile(path, await editGguf(toyLora, (tensors) => tensors, { "general.description": remark, ...more }));
  return path;
}
beforeEach(async () => { root = await mkdtemp(join(tmpdir(), "lorekeep-tunes-")); });
afterEach(() => rm(root, { recursive: true, force: true }));

describe("versions of a fine-tune", () => {
  async function two() {
    const shelf = await open();
    const tunes = new FineTunes(shelf);
    const add = async (path: string) => (await shelf.import(path, { mode: "link" })).item;
    const [a, b] = [await add(await variant("v1.gguf", "one")), await add(await variant("v2.gguf", "two"))];
    const first = await tunes.create("Contracts", { itemId: a.id, notes: "the first", lineage: {} });
    const tune = await tunes.addVersion(first.id, { itemId: b.id, notes: "more data", lineage: { dataSha256: "d", config: { rank: 8 }, trained: "2026-05-01T00:00:00Z" } });
    const [v1, v2] = tune.versions;
    return { shelf, tunes, a, b, tune, v1: v1!, v2: v2! };
  }
  const gate = (before: FineTuneVersion, after: FineTuneVersion, right: [boolean, boolean][]) => judge({ set: "Mine", defaultVersionId: before.id, candidateVersionId: after.id, defaultSha256: before.sha256, candidateSha256: after.sha256, when: "2026-05-02T00:00:00Z" }, right.map(([byDefault, byCandidate], i) => ({ id: `q${i}`, question: `Question ${i}`, mode: "fine-tune", before: { text: `Before ${i}`, right: byDefault }, after: { text: `After ${i}`, right: byCandidate } })));

  it("keeps the first as default, and survives a restart", async () => {
    const { tunes, a, tune, v1, v2 } = await two();
    expect(tune).toMatchObject({ kind: "adapter", defaultVersionId: v1.id, history: [{ kind: "first", to: v1.id, number: 1 }] });
    expect(v2).toMatchObject({ number: 2, notes: "more data", lineage: { dataSha256: "d", config: { rank: 8 } } });
    expect(tunes.resolve(tune.id)).toBe(a.id);
    expect(new FineTunes(await open()).list()).toEqual([tune]);
    await expect(tunes.addVersion(tune.id, { itemId: a.id, notes: "", lineage: {} })).rejects.toMatchObject({ code: "CONFLICT", message: expect.stringMatching(/version 1 of Contracts already/) });
  });

  it("stops a worse one at the gate, and records who went on anyway", async () => {
    const { tunes, b, tune, v1, v2 } = await two();
    await tunes.recordGate(tune.id, gate(v1, v2, [[true, false], [true, true], [false, true], [true, false]]));
    await expect(tunes.promote(tune.id, v2.id, { anyway: false, hasQuestions: false })).rejects.toMatchObject({ code: "CONFLICT", message: expect.stringMatching(/worse on Mine: 50 % right, the default 75 %; 2 of 4 questions got worse/) });
    expect(tunes.get(tune.id).defaultVersionId).toBe(v1.id);
    const promoted = await tunes.promote(tune.id, v2.id, { anyway: true, hasQuestions: false });
    expect(promoted.history.at(-1)).toMatchObject({ kind: "promoted-anyway", from: v1.id, to: v2.id, number: 2, gate: { decision: "worse", worse: [{ id: "q0" }, { id: "q3" }] } });
    expect(tunes.resolve(tune.id)).toBe(b.id);
  });

  it("does not go by a gate of other files: one that was replaced under the same version has to be asked again", async () => {
    const { shelf, tunes, a, b, tune, v1, v2 } = await two();
    await tunes.recordGate(tune.id, gate(v1, v2, [[true, true]]));
    await tunes.recordScore(b.id, { runId: "r1", set: "Mine", correct: 1, n: 1, when: "2026-05-02T00:00:00Z", sha256: b.sha256 });
    expect(tunes.get(tune.id)).toMatchObject({ gates: [{ stale: false }], versions: [{}, { scores: [{ stale: false }] }] });
    await variant("v2.gguf", "too"); // as long as before
    expect(await shelf.refresh(b.id)).toMatchObject({ updated: true });
    expect(tunes.get(tune.id)).toMatchObject({ gates: [{ stale: true }], versions: [{}, { sha256: b.sha256, scores: [{ stale: true }] }] });
    await expect(tunes.promote(tune.id, v2.id, { anyway: false, hasQuestions: true })).rejects.toMatchObject({ code: "CONFLICT", message: expect.stringMatching(/Since version 2 of Contracts was held against the default, the file of one of them was replaced/) });
    await tunes.recordGate(tune.id, { ...gate(v1, v2, [[true, true]]), candidateSha256: (await shelf.get(b.id)).sha256 });
    await variant("v1.gguf", "eno");
    await shelf.refresh(a.id);
    await expect(tunes.promote(tune.id, v2.id, { anyway: false, hasQuestions: true }), "the default's file counts as much").rejects.toMatchObject({ code: "CONFLICT" });
    expect((await tunes.promote(tune.id, v2.id, { anyway: true, hasQuestions: true })).history.at(-1)).toEqual({ kind: "promoted-anyway", from: v1.id, to: v2.id, number: 2, when: expect.any(String) });
    const { defaultSha256: _, ...before } = gate(v2, v1, [[true, true]]);
    await tunes.recordGate(tune.id, before);
    expect(tunes.get(tune.id).gates.at(-1), "one that was kept without its files").toMatchObject({ stale: true });
    expect(JSON.stringify(shelf.store.value.fineTunes)).not.toContain("stale");
  });

  it("lets a better one through, and goes back in one step", async () => {
    const { tunes, a, tune, v1, v2 } = await two();
    await tunes.recordGate(tune.id, gate(v1, v2, [[false, true], [true, true], [true, false]]));
    expect((await tunes.promote(tune.id, v2.id, { anyway: false, hasQuestions: false })).history.at(-1)).toMatchObject({ kind: "promoted", gate: { decision: "passed", worse: [{ id: "q2" }] } });
    const back = await tunes.rollback(tune.id);
    expect(back).toMatchObject({ defaultVersionId: v1.id });
    expect(back.history.map(({ kind }) => kind)).toEqual(["first", "promoted", "rolled-back"]);
    expect(tunes.resolve(tune.id)).toBe(a.id);
    await expect(tunes.rollback(tune.id)).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("goes back further with every step, past versions that are gone, and never forth", async () => {
    const { shelf, tunes, tune, v1, v2 } = await two();
    const add = async (name: string) => (await tunes.addVersion(tune.id, { itemId: (await shelf.import(await variant(name, name), { mode: "link" })).item.id, notes: "", lineage: {} })).versions.at(-1)!;
    const [v3, v4] = [await add("v3.gguf"), await add("v4.gguf")];
    for (const version of [v2, v3, v4]) await tunes.promote(tune.id, version.id, { anyway: false, hasQuestions: false });
    await tunes.removeVersion(tune.id, v3.id);
    expect((await tunes.rollback(tune.id)).defaultVersionId).toBe(v2.id);
    const last = await tunes.rollback(tune.id);
    expect(last.defaultVersionId).toBe(v1.id);
    expect(() => rollback(last, { fileOf: () => "a file", when: "" })).toThrow(/no other default/);
    expect((await add("v5.gguf")).number).toBe(5);
  });

  it("makes no version the default whose file is off the shelf, neither by promoting nor by going back", async () => {
    const { shelf, tunes, a, b, tune, v1, v2 } = await two();
    await tunes.promote(tune.id, v2.id, { anyway: false, hasQuestions: false });
    await shelf.remove(a.id);
    const refused = { code: "NOT_FOUND", message: "The file of version 1 of Contracts is not on the shelf any more." };
    await expect(tunes.rollback(tune.id)).rejects.toMatchObject(refused);
    await expect(tunes.promote(tune.id, v1.id, { anyway: true, hasQuestions: false })).rejects.toMatchObject(refused);
    expect(tunes.resolve(tune.id)).toBe(b.id);
  });

  it("does not let the default go while there are others, and ignores a gate against an older default", async () => {
    const { tunes, tune, v1, v2 } = await two();
    await expect(tunes.removeVersion(tune.id, v1.id)).rejects.toMatchObject({ code: "CONFLICT" });
    await tunes.recordGate(tune.id, gate(v1, v2, [[true, false]]));
    await tunes.promote(tune.id, v2.id, { anyway: true, hasQuestions: false });
    await tunes.rollback(tune.id);
    await expect(tunes.promote(tune.id, v2.id, { anyway: false, hasQuestions: false })).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await tunes.promote(tune.id, v2.id, { anyway: true, hasQuestions: false })).history).toHaveLength(4);
  });

  it("keeps the scores of evaluation runs with the version", async () => {
    const { tunes, b, tune } = await two();
    await tunes.recordScore(b.id, { runId: "r1", set: "Mine", correct: 3, n: 4, when: "2026-05-02T00:00:00Z" });
    await tunes.recordScore(b.id, { runId: "r1", set: "Mine", correct: 4, n: 4, when: "2026-05-02T00:01:00Z" });
    expect(tunes.get(tune.id).versions.map(({ scores }) => scores)).toEqual([[], [{ runId: "r1", set: "Mine", correct: 4, n: 4, when: "2026-05-02T00:01:00Z", stale: true }]]);
  });
});

describe("which base a fine-tune belongs to", () => {
  const model = (id: string, name: string, sha256 = id.repeat(64)) => ({ id, kind: "model" as const, name, sha256, source: { type: "import" as const, from: "" } });
  const shelf = [model("a", "Llama-3.2-1B-Instruct-Q4_K_M"), model("b", "Qwen3 4B Instruct")];

  it.each<[string, Parameters<typeof belongsTo>[0], ReturnType<typeof belongsTo>]>([
    ["by hash", { id: "x", kind: "adapter", baseSha256: "b".repeat(64) }, { id: "b", name: "Qwen3 4B Instruct", sha256: "b".repeat(64), how: "hash" }],
    ["by name, whatever the converter added", { id: "x", kind: "adapter", baseModel: "https://huggingface.co/meta-llama/Llama-3.2-1B-Instruct" }, { id: "a", name: "Llama-3.2-1B-Instruct", how: "name" }],
    ["as a person says, before everything else", { id: "x", kind: "adapter", baseId: "b", baseSha256: "a".repeat(64) }, { id: "b", name: "Qwen3 4B Instruct", sha256: "a".repeat(64), how: "person" }],
    ["only recorded", { id: "x", kind: "model", baseModel: "Mistral 7B" }, { name: "Mistral 7B", how: "recorded" }],
    ["nothing known", { id: "x", kind: "adapter" }, undefined],
  ])("%s", (_name, item, expected) => expect(belongsTo(item, shelf)).toEqual(expected));

  it("takes a model for a fine-tune where its base is known, not where it merely names an ancestor", () => {
    expect(isFineTune({ id: "x", kind: "model", baseModel: "Mistral 7B" }, shelf)).toBe(false);
    expect(isFineTune({ id: "x", kind: "model", baseModel: "Qwen3 4B Instruct" }, shelf)).toBe(true);
    expect(isFineTune({ id: "x", kind: "model", merged: true }, shelf)).toBe(true);
    expect(isFineTune({ id: "x", kind: "adapter" }, shelf)).toBe(true);
  });

  it("does not choose between two of the same name", () => {
    expect(belongsTo({ id: "x", kind: "adapter", baseModel: "qwen3-4b-instruct" }, [...shelf, model("c", "Qwen3-4B-Instruct-Q8_0")])).toMatchObject({ how: "recorded" });
  });

  it("reads a merge's lineage out of the file", async () => {
    const shelf = await open();
    const base = (await shelf.import(toyBase, { mode: "link" })).item;
    const path = join(root, "merged.gguf");
    await writeFile(path, await editGguf(toyBase, (tensors) => tensors, { "lorekeep.merge.base.sha256": base.sha256 }));
    const { item } = await shelf.import(path, { mode: "link" });
    expect(item).toMatchObject({ isFineTune: true, fineTuneOf: { id: base.id, sha256: base.sha256, how: "hash" }, family: "llama", template: "ChatML" });
    expect(base.isFineTune).toBe(false);
  });
});

describe("the shelf over time", () => {
  it("opens a models.json of before, without checks and fine-tunes", async () => {
    const shelf = await open();
    await shelf.import(toyBase, { mode: "link" });
    const path = join(root, "workspace", "models.json");
    const { items, fineTunes: _, ...rest } = JSON.parse(await readFile(path, "utf8")) as { items: Record<string, unknown>[]; fineTunes: unknown };
    await writeFile(path, JSON.stringify({ ...rest, items: items.map(({ checks: _checks, family: _family, template: _template, ...item }) => item) }));
    const again = await open();
    expect(again.setAside).toBeUndefined();
    expect(await again.list()).toMatchObject([{ name: "toy-world base", checks: [], state: "ready" }]);
    expect(new FineTunes(again).list()).toEqual([]);
  });

  it("keeps an item's name and base when its file is replaced and added again", async () => {
    const shelf = await open();
    const base = (await shelf.import(toyBase, { mode: "link" })).item;
    const path = await variant("mine.gguf", "first");
    const { item } = await shelf.import(path, { mode: "link" });
    await shelf.rename(item.id, "Mine");
    await shelf.setBase(item.id, base.id);
    await variant("mine.gguf", "second");
    const again = await shelf.import(path, { mode: "link" });
    expect(again).toMatchObject({ existed: false, updated: true, item: { id: item.id, name: "Mine", fineTuneOf: { id: base.id, how: "person" } } });
    expect(again.item.sha256).not.toBe(item.sha256);
    await copyFile(toyLora, path);
    expect((await shelf.list()).filter(({ kind }) => kind === "adapter")).toHaveLength(1);
  });
});
