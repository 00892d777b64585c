import { afterEach, describe, expect, it } from "vitest";
import { LorekeepError } from "../../../engine/base/errors.ts";
import type { FineTune, GateEvent, GateInput, KnownQuestion, VersionScore } from "../../../engine/contract/index.ts";
import { gate } from "../../../engine/evaluation/gate/gate.ts";
import { judge, requireCheckable, type GateQuestion } from "../../../engine/evaluation/gate/judge.ts";
import { modesFor, pairsOf, sidesOf } from "../../../engine/evaluation/gate/variants.ts";
import { Runs } from "../../../engine/evaluation/run/runs.ts";
import type { ShelfItem } from "../../../engine/models/types.ts";
import * as versions from "../../../engine/models/versions.ts";
import { AnswersUnderTest } from "../../fakes/answers-under-test.ts";
import { WordEmbedder } from "../../fakes/memory-store.ts";

const when = "2026-05-02T00:00:00Z";
const about = { set: "Mine", defaultVersionId: "a", candidateVersionId: "b", when };
const asked = (mode: GateQuestion["mode"], right: readonly [boolean, boolean][]): GateQuestion[] =>
  right.map(([before, after], i) => ({ id: `${mode}${i}`, question: `Question ${i}`, mode, before: { text: `Before ${i}`, right: before }, after: { text: "x".repeat(600), right: after } }));
const version = (number: number, kind: string) => ({ id: `v${number}`, itemId: `${kind}${number}`, sha256: `${number}`, notes: "", lineage: {}, when });
const tuneOf = (kind: FineTune["kind"]) => versions.addVersion(versions.newFineTune({ id: "t", name: "Tone", kind }, version(1, kind)), version(2, kind));
const item = (id: string, more: Partial<ShelfItem> = {}) => ({ id, name: id, kind: "adapter", state: "ready", ...more }) as ShelfItem;

describe("what a gate decides", () => {
  it("calls any loss worse, and tells how likely chance alone would be so far off", () => {
    const record = judge(about, asked("hybrid", [[true, false], [true, true], [false, false], [true, true]]));
    expect(record).toMatchObject({ decision: "worse", defaultScore: 0.75, candidateScore: 0.5, n: 4, corners: [{ mode: "hybrid", p: 1, decision: "worse" }] });
    expect(record.worse).toEqual([{ id: "hybrid0", question: "Question 0", mode: "hybrid", before: "Before 0", after: `${"x".repeat(500)}…` }]);
    expect(judge(about, asked("fine-tune", Array.from({ length: 9 }, () => [true, false] as [boolean, boolean]))).corners[0]?.p).toBeCloseTo(2 / 2 ** 9, 12);
  });

  it("passes an equal and a better one, with what was lost all the same", () => {
    expect(judge(about, asked("hybrid", [[true, false], [false, true]]))).toMatchObject({ decision: "passed", defaultScore: 0.5, candidateScore: 0.5, worse: [{ id: "hybrid0" }] });
    expect(judge(about, asked("hybrid", [[false, true], [true, true]]))).toMatchObject({ decision: "passed", worse: [] });
  });

  it("is not bought off: a gain in one corner does not pay for a loss in the other", () => {
    const record = judge(about, [...asked("hybrid", [[false, true], [false, true]]), ...asked("fine-tune", [[true, false], [true, true]])]);
    expect(record).toMatchObject({ decision: "worse", defaultScore: 0.5, candidateScore: 0.75, n: 4, corners: [{ mode: "hybrid", decision: "passed" }, { mode: "fine-tune", decision: "worse" }] });
  });

  it("needs a question that a rule can check", () => {
    expect(() => judge(about, [])).toThrow(/a rule can check/);
    expect(() => requireCheckable([{ id: "r", question: "Greet me.", rubric: "Warm." }], {})).toThrow(/a rule can check/);
    expect(() => requireCheckable([{ id: "r", question: "Greet me.", rubric: "Warm." }], { jsonSchema: { type: "object" } })).not.toThrow();
  });
});

describe("what a gate asks", () => {
  it("asks in hybrid where the questions rest on documents, else in fine-tune", () => {
    expect(modesFor([{ id: "1", question: "?", expectAnswers: ["x"] }])).toEqual(["fine-tune"]);
    expect(modesFor([{ id: "1", question: "?", expectAnswers: ["x"] }, { id: "2", question: "?", expectPhrase: "y" }])).toEqual(["hybrid"]);
  });

  it("puts adapters on the base they belong to unless another is named, and merged models in its place", () => {
    const items = new Map([item("adapter1", { fineTuneOf: { id: "llama", how: "hash" } }), item("adapter2"), item("model1", { kind: "model" }), item("model2", { kind: "model", state: "missing" })].map((one) => [one.id, one]));
    const sides = sidesOf(tuneOf("adapter"), "v2");
    const [own] = pairsOf(sides, ["hybrid", "hybrid"], { sampling: {} }, items);
    expect(own).toMatchObject({ before: { name: "Version 1 (default), Hybrid", modelId: "llama", adapters: [{ modelId: "adapter1", scale: 1 }] }, after: { name: "Version 2, Hybrid", adapters: [{ modelId: "adapter2", scale: 1 }] } });
    expect(own?.after.modelId).toBeUndefined();
    expect(pairsOf(sides, ["hybrid", "fine-tune"], { sampling: {}, modelId: "qwen" }, items).map(({ mode, after }) => [mode, after.modelId])).toEqual([["hybrid", "qwen"], ["fine-tune", "qwen"]]);
    const merged = { kind: "model" as const, tune: tuneOf("model") };
    expect(() => pairsOf(sidesOf(merged.tune, "v2"), ["hybrid"], { sampling: {} }, items)).toThrow(/file of version 2 \(model2\) is not where it was/);
    expect(pairsOf(sidesOf(merged.tune, "v2"), ["hybrid"], { sampling: {}, modelId: "llama" }, new Map([...items, ["model2", item("model2", { kind: "model" })]]))[0]).toMatchObject({ before: { modelId: "model1", adapters: [] }, after: { modelId: "model2", adapters: [] } });
  });
});

describe("promoting", () => {
  const promote = (tune: FineTune, anyway: boolean, hasQuestions: boolean) => versions.promote(tune, "v2", { anyway, hasQuestions, fileOf: ({ sha256 }) => sha256, when });

  it("wants the gate where there are questions; without any it goes ahead, and the history says that there was no gate", () => {
    const tune = tuneOf("adapter");
    expect(() => promote(tune, false, true)).toThrow(/not been held against the default yet/);
    expect(promote(tune, true, true).history.at(-1)).toEqual({ kind: "promoted-anyway", from: "v1", to: "v2", number: 2, when });
    expect(promote(tune, false, false).history.at(-1)).toEqual({ kind: "promoted", from: "v1", to: "v2", number: 2, when });
  });

  it("goes by a gate that was passed; one against an older default says nothing", () => {
    const passed = judge({ ...about, defaultVersionId: "v1", candidateVersionId: "v2", defaultSha256: "1", candidateSha256: "2" }, asked("hybrid", [[true, true]]));
    expect(promote(versions.addGate(tuneOf("adapter"), passed), false, true).history.at(-1)).toMatchObject({ kind: "promoted", gate: { decision: "passed" } });
    expect(() => promote(versions.addGate(tuneOf("adapter"), { ...passed, defaultVersionId: "older" }), false, true)).toThrow(/not been held/);
  });
});

describe("a gate with a model", () => {
  const questions: KnownQuestion[] = [{ id: "q1", question: "What is the altitude of Krasil?", expectAnswers: ["2028"], expectDocument: "towns.md" }, { id: "q2", question: "Who is the mayor of Krasil?", expectAnswers: ["Dornis Rosson"] }, { id: "q3", question: "Be kind.", rubric: "It is kind." }];
  const set = { id: "s", name: "Towns", questions, updated: "" };
  let close: (() => Promise<void>) | undefined;
  afterEach(() => close?.());

  async function opened(say: (adapter: string) => string | LorekeepError) {
    const under = await AnswersUnderTest.open({ say: ({ adapters }) => say(adapters[0]?.path ?? "") });
    const runs = new Runs({ workspace: under.workspace, answering: under.answers.means, embedder: new WordEmbedder() as never, onNotice: () => undefined }, () => undefined);
    close = async () => { await runs.dispose(); await under.dispose(); };
    let tune = tuneOf("adapter");
    const scores: [string, VersionScore][] = [];
    const means = {
      runs, sets: { get: () => set }, models: async () => [item("adapter1"), item("adapter2")], refreshed: async (id: string) => item(id, { sha256: `file of ${id}` }),
      fineTunes: { get: () => tune, recordGate: async (_: string, record: FineTune["gates"][number]) => (tune = versions.addGate(tune, record)), recordScore: async (itemId: string, score: VersionScore) => void scores.push([itemId, score]) },
    };
    const input: GateInput = { id: "t", versionId: "v2", setId: "s", sampling: {}, fresh: false };
    const events: GateEvent[] = [];
    return { runs, scores, events, hold: (more: Partial<GateInput> = {}, signal = new AbortController().signal) => gate({ ...input, ...more }, means, (event) => events.push(event), signal) };
  }

  it("asks both versions, leaves out what only a judge can tell, and keeps the scores and the record", async () => {
    const { hold, events, scores, runs } = await opened((adapter) => (adapter.includes("1") ? "The altitude is 2028 metres; the mayor is Dornis Rosson." : "The altitude is 2028 metres."));
    await hold({ modes: ["hybrid"] });
    const done = events.at(-1);
    expect(done).toMatchObject({ type: "done", gate: { set: "Towns", setId: "s", n: 2, defaultScore: 1, candidateScore: 0.5, decision: "worse", defaultSha256: "file of adapter1", candidateSha256: "file of adapter2", worse: [{ id: "q2", after: "The altitude is 2028 metres." }] }, fineTune: { gates: [{ decision: "worse" }] } });
    expect(scores).toMatchObject([["adapter1", { set: "Towns", mode: "hybrid", correct: 2, n: 2, sha256: "file of adapter1" }], ["adapter2", { correct: 1, n: 2, sha256: "file of adapter2" }]]);
    expect(await runs.list()).toMatchObject([{ setName: "Towns", state: "done", variants: [{ name: "Version 1 (default), Hybrid" }, { name: "Version 2, Hybrid" }] }]);
  });

  it("says what the run failed with, and records nothing", async () => {
    const { hold, events, scores } = await opened(() => new LorekeepError("MODEL_FAILED", "The model could not be loaded."));
    await expect(hold()).rejects.toMatchObject({ code: "MODEL_FAILED", message: expect.stringMatching(/could not be loaded/) });
    expect(events.filter(({ type }) => type === "done")).toEqual([]);
    expect(scores).toEqual([]);
  });

  it("leaves a stopped run behind when it is left, and tells of it", async () => {
    const leave = new AbortController();
    const { hold, runs } = await opened(() => { leave.abort(); return "2028"; });
    await expect(hold({}, leave.signal)).rejects.toMatchObject({ name: "AbortError" });
    expect(await runs.list()).toMatchObject([{ state: "stopped" }]);
  });
});
