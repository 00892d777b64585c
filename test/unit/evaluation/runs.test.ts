import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { LorekeepError } from "../../../engine/base/errors.ts";
import type { KnownQuestion, QuestionSet, RunEvent, RunInput, RunVariant } from "../../../engine/contract/index.ts";
import { runInput } from "../../../engine/contract/index.ts";
import { reportOf } from "../../../engine/evaluation/report/report.ts";
import { readVerdict } from "../../../engine/evaluation/run/judge.ts";
import { Runs } from "../../../engine/evaluation/run/runs.ts";
import type { GenerateInput } from "../../../engine/workers/generator/contract.ts";
import { AnswersUnderTest } from "../../fakes/answers-under-test.ts";
import { WordEmbedder } from "../../fakes/memory-store.ts";
import type { ScriptedModelOptions } from "../../fakes/scripted-model.ts";

const questions: KnownQuestion[] = [
  { id: "q1", question: "What is the altitude of Krasil?", expectAnswers: ["2028"], expectDocument: "towns.md", tags: ["number"] },
  { id: "q2", question: "Who is the mayor of Krasil?", expectAnswers: ["Dornis Rosson"], expectDocument: "towns.md" },
  { id: "q3", question: "What is the price of Loom Malson?", expectAnswers: ["727"], expectDocument: "products.md", tags: ["number"] },
  { id: "q4", question: "Who invented the telephone?", unanswerable: true },
];
const set = (more: Partial<QuestionSet> = {}): QuestionSet => ({ id: "set", name: "Towns", questions, updated: "", ...more });
const input = (variants: (Partial<RunVariant> & Pick<RunVariant, "name" | "mode">)[], more: Partial<RunInput> = {}): RunInput => runInput.parse({ setId: "set", variants, ...more });
const corners = input([{ name: "Base", mode: "base" }, { name: "Hybrid", mode: "hybrid", adapters: [{ modelId: "v1", scale: 1 }] }, { name: "Documents", mode: "documents" }, { name: "Fine-tune", mode: "fine-tune", adapters: [{ modelId: "v1", scale: 1 }] }]);

/** Reads the number or the name out of the sources, as a model would; in JSON with an adapter. */
function say({ prompt, adapters, jsonSchema }: GenerateInput): string {
  if (prompt.startsWith("Question: ") && jsonSchema) return JSON.stringify({ verdict: /2028|Rosson/.test(prompt.split("<answer-")[1] ?? "") ? "right" : "wrong", reason: "Said “so”." });
  const asked = /altitude|mayor|price|telephone/.exec(prompt.split("Question:").at(-1) ?? "")?.[0];
  const found = { altitude: "altitude of Krasil is 2028 metres", mayor: "mayor of Krasil is Dornis Rosson", price: "price of Loom Malson is 727 crowns", telephone: undefined }[asked ?? ""];
  const fact = found !== undefined && prompt.includes(found) ? `The ${found}.` : undefined;
  if (adapters.length > 0 || jsonSchema) return JSON.stringify({ answer: fact ?? null });
  return fact ?? "I don't know.";
}

let open: { under: AnswersUnderTest; runs: Runs }[] = [];
async function opened(model: Partial<ScriptedModelOptions> = {}, workspace?: string): Promise<{ under: AnswersUnderTest; runs: Runs; notices: string[] }> {
  const under = await AnswersUnderTest.open({ say, ...model }, workspace === undefined ? {} : { workspace });
  const notices: string[] = [];
  const runs = new Runs({ workspace: under.workspace, answering: under.answers.means, embedder: new WordEmbedder() as never, onNotice: (text) => notices.push(text) }, () => undefined);
  open.push({ under, runs });
  return { under, runs, notices };
}
afterEach(async () => {
  for (const { under, runs } of open) {
    await runs.dispose();
    await under.dispose();
  }
  open = [];
});

async function finished(runs: Runs, id: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of runs.watch(id)) events.push(event);
  return events;
}
const lines = (workspace: string, id: string) => readFileSync(join(workspace, "evaluation", "runs", `${id}.jsonl`), "utf8").trim().split("\n");

describe("a run through the corners", () => {
  test("asks as chats do, keeps no conversation, scores every answer, and reports", async () => {
    const { under, runs } = await opened();
    const { id } = await runs.start(corners, set({ jsonSchema: { type: "object", required: ["answer"] } }));
    const events = await finished(runs, id);
    expect(events.at(-1)).toMatchObject({ type: "state", run: { state: "done", progress: { done: 16, total: 16 } } });
    expect(events.filter(({ type }) => type === "answer")).toHaveLength(16);
    expect(await under.answers.conversations.list()).toEqual([]);
    const report = reportOf(await runs.content(id));
    const scores = Object.fromEntries(report.corners.map(({ name, scores: { fact, format, refusal } }) => [name, [fact?.mean, format?.mean, refusal?.mean]]));
    expect(scores).toEqual({ Base: [0, 0, 1], Hybrid: [1, 1, 1], Documents: [1, 0, 1], "Fine-tune": [0, 1, 1] });
    expect(report.corners.find(({ name }) => name === "Documents")).toMatchObject({ scores: { recall: { mean: 1, n: 3 }, citation: { mean: 1 }, faithfulness: { mean: 1 } }, byTag: [{ tag: "number", n: 2, scores: { fact: 1 } }] });
    expect(report.corners.find(({ name }) => name === "Base")?.wrong[0]).toMatchObject({ questionId: "q1", expected: "2028", why: "It says that it does not know. The answer is not JSON." });
  });

  test("one variant after the other, those of the same adapters together; the model of the start is kept to; answers are greedy", async () => {
    const { under, runs } = await opened();
    const { id } = await runs.start(corners, set());
    await finished(runs, id);
    expect(under.model.prompts.map(({ adapters }) => adapters.length)).toEqual([...Array<number>(4).fill(0), ...Array<number>(4).fill(0), ...Array<number>(8).fill(1)]);
    expect(under.model.prompts.every(({ sampling }) => sampling.temperature === 0 && sampling.seed === 1)).toBe(true);
    expect((await runs.content(id)).header.variants.every(({ modelId }) => modelId === "scripted")).toBe(true);
  });

  test("the same question gets the same prompt in every run; exchanges before it are part of it", async () => {
    const followUp: KnownQuestion = { id: "f", question: "And who is its mayor?", history: [{ question: "Where is Krasil?", answer: "Krasil lies in the hills." }], expectAnswers: ["Dornis Rosson"] };
    const { under, runs } = await opened();
    for (let i = 0; i < 2; i++) await finished(runs, (await runs.start({ ...input([{ name: "Documents", mode: "documents" }]), fresh: true }, set({ questions: [followUp] }))).id);
    const [first, second] = under.model.prompts;
    expect(first).toEqual(second);
    expect(first?.history).toEqual([{ role: "user", text: "Where is Krasil?" }, { role: "assistant", text: "Krasil lies in the hills." }]);
    expect(first?.prompt).toContain("mayor of Krasil is Dornis Rosson");
  });

  test("a schema is enforced where that is asked for, and only validated elsewhere", async () => {
    const { under, runs } = await opened();
    const schema = { type: "object", required: ["answer"] };
    const { id } = await runs.start(input([{ name: "Validated", mode: "documents" }, { name: "Enforced", mode: "documents", enforceSchema: true }]), set({ jsonSchema: schema }));
    await finished(runs, id);
    expect(under.model.prompts.map(({ jsonSchema }) => jsonSchema !== undefined)).toEqual([...Array<boolean>(4).fill(false), ...Array<boolean>(4).fill(true)]);
    expect(reportOf(await runs.content(id)).corners.map(({ enforced, scores }) => [enforced, scores.format?.mean])).toEqual([[false, 0], [true, 1]]);
    await expect(runs.start(input([{ name: "E", mode: "base", enforceSchema: true }]), set())).rejects.toMatchObject({ code: "INVALID", message: /has one/ });
  });
});

describe("stopping and going on", () => {
  test("stopped in the middle it goes on with the next question, also in another engine, and with a torn last line", async () => {
    const { under, runs } = await opened({ wordMs: 2 });
    const { id } = await runs.start(corners, set());
    for await (const event of runs.watch(id)) if (event.type === "answer" && event.answer.questionId === "q2") break;
    const stopped = await runs.stop(id);
    expect(stopped.state).toBe("stopped");
    expect(stopped.progress.done).toBeLessThan(16);
    const before = [...(await runs.content(id)).answers.values()];
    appendFileSync(join(under.workspace, "evaluation", "runs", `${id}.jsonl`), '{"type":"answer","answer":{"variant":"Base","quest');
    const other = await opened({}, under.workspace);
    expect((await other.runs.start(corners, set())).id, "the same configuration is the same run").toBe(id);
    await finished(other.runs, id);
    expect(other.under.model.prompts).toHaveLength(16 - before.length);
    const after = await other.runs.content(id);
    expect(after.answers.size).toBe(16);
    expect([...after.answers.values()].slice(0, before.length)).toEqual(before);
    expect((await other.runs.start(corners, set())).id, "a finished one is not").not.toBe(id);
  });

  test("a file that a crash left says stopped; one with broken lines is reported and still read", async () => {
    const { under, runs, notices } = await opened();
    const { id } = await runs.start(input([{ name: "Base", mode: "base" }]), set());
    await finished(runs, id);
    const kept = lines(under.workspace, id).filter((line) => !line.includes('"done"'));
    writeFileSync(join(under.workspace, "evaluation", "runs", `${id}.jsonl`), [...kept.slice(0, 3), "{garbage", ...kept.slice(3)].map((line) => `${line}\n`).join(""));
    expect((await runs.list())[0]).toMatchObject({ id, state: "stopped", progress: { done: 4, total: 4 } });
    expect(notices[0]).toMatch(/1 lines of the run .* could not be read/);
    writeFileSync(join(under.workspace, "evaluation", "runs", "other.jsonl"), '{"type":"run","version":2}\n');
    expect((await runs.list()).map((run) => run.id)).toEqual([id]);
    expect(notices.join("\n")).toMatch(/other\.jsonl holds no run/);
  });

  test("one that is just beginning when all ends is stopped, too", async () => {
    const { under, runs } = await opened({ wordMs: 5 });
    const beginning = runs.start(corners, set());
    while ((await readdir(join(under.workspace, "evaluation", "runs")).catch(() => [])).length === 0) await Promise.resolve();
    await runs.dispose();
    const { id } = await beginning;
    const asked = under.model.prompts.length;
    expect((await runs.summary(id)).state).toBe("stopped");
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(under.model.prompts).toHaveLength(asked);
    await expect(runs.start(corners, set())).rejects.toMatchObject({ code: "BUSY" });
  });

  test("other questions, other settings or `fresh` make another run; one at a time; a set without questions is refused", async () => {
    const { runs } = await opened({ wordMs: 5 });
    const { id } = await runs.start(corners, set());
    await expect(runs.start(input([{ name: "Base", mode: "base" }]), set())).rejects.toMatchObject({ code: "BUSY" });
    await expect(runs.remove(id)).rejects.toMatchObject({ code: "BUSY" });
    expect((await runs.start(corners, set())).id, "watched twice is run once").toBe(id);
    await runs.stop(id);
    const changed = await runs.start(corners, set({ questions: questions.slice(0, 1) }));
    expect(changed.id).not.toBe(id);
    await runs.stop(changed.id);
    await expect(runs.start(corners, set({ questions: [] }))).rejects.toMatchObject({ code: "INVALID", message: /is empty/ });
    await expect(runs.start(input([{ name: "A", mode: "base" }, { name: "A", mode: "documents" }]), set())).rejects.toMatchObject({ code: "INVALID" });
    await runs.remove(id);
    await expect(runs.summary(id)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("without a model the run fails with that sentence and can be gone on with; a single failure is that answer's", async () => {
    const without = await opened({ installed: false });
    const { id } = await without.runs.start(corners, set());
    await finished(without.runs, id);
    expect(await without.runs.summary(id)).toMatchObject({ state: "failed", error: { code: "NEEDS_MODEL", reason: "There is no model yet." } });
    const later = await opened({}, without.under.workspace);
    await later.runs.resume(id);
    await finished(later.runs, id);
    expect(await later.runs.summary(id)).toMatchObject({ state: "done" });
    const moody = await opened({ say: ({ prompt }) => (prompt.includes("mayor of Krasil?") ? new LorekeepError("WORKER_DIED", "The generator stopped unexpectedly.") : "I don't know.") });
    const run = await moody.runs.start(input([{ name: "Base", mode: "base" }]), set());
    await finished(moody.runs, run.id);
    expect(reportOf(await moody.runs.content(run.id)).corners[0]).toMatchObject({ answers: 4, failed: 1, wrong: expect.arrayContaining([expect.objectContaining({ questionId: "q2", why: "The generator stopped unexpectedly." })]) });
    const dead = await opened({ say: () => new LorekeepError("WORKER_DIED", "The generator stopped unexpectedly.") });
    const dying = await dead.runs.start(corners, set());
    await finished(dead.runs, dying.id);
    expect(await dead.runs.summary(dying.id)).toMatchObject({ state: "failed", error: { code: "WORKER_DIED", reason: "3 questions in a row failed: The generator stopped unexpectedly." }, progress: { done: 0 } });
    const mended = await opened({}, dead.under.workspace);
    await mended.runs.resume(dying.id);
    await finished(mended.runs, dying.id);
    expect(reportOf(await mended.runs.content(dying.id)).corners.map(({ answers, failed }) => [answers, failed]), "what failed with the machine is asked again").toEqual([[4, 0], [4, 0], [4, 0], [4, 0]]);
  });

  test("questions that fail at the end of a run are kept as failed; one that is too long does not count as the machine's failure", async () => {
    const ends = await opened({ say: ({ prompt }) => (/price|telephone/.test(prompt) ? new LorekeepError("WORKER_DIED", "The generator stopped unexpectedly.") : "I don't know.") });
    const { id } = await ends.runs.start(input([{ name: "Base", mode: "base" }]), set());
    await finished(ends.runs, id);
    expect(await ends.runs.summary(id)).toMatchObject({ state: "done", progress: { done: 4 } });
    const long = await opened({ say: () => new LorekeepError("TOO_LONG", "The question is too long.") });
    const all = await long.runs.start(input([{ name: "Base", mode: "base" }]), set());
    await finished(long.runs, all.id);
    expect(reportOf(await long.runs.content(all.id)).corners[0]).toMatchObject({ answers: 4, failed: 4, scores: { refusal: { mean: 0 } } });
  });

  test("the files that answer are pinned; a run whose merged model or adapter is another file now says so, keeps its answers, and goes on once it is back", async () => {
    for (const [changed, name] of [["merged", "merged"], ["v1", "v1"], ["scripted", "scripted"]] as const) {
      const files = new Map<string, string>();
      const variants = input([{ name: "Merged", mode: "fine-tune", modelId: "merged" }, { name: "Adapter", mode: "hybrid", adapters: [{ modelId: "v1", scale: 1 }] }, { name: "Quotes", mode: "quotes" }]);
      const { runs } = await opened({ wordMs: 2, files });
      const { id } = await runs.start(variants, set());
      for await (const event of runs.watch(id)) if (event.type === "answer") break;
      await runs.stop(id);
      const before = (await runs.content(id)).answers.size;
      expect((await runs.content(id)).header.variants.map((one) => one.files)).toEqual([{ merged: "file of merged" }, { scripted: "file of scripted", v1: "file of v1" }, undefined]);
      files.set(changed, "written over");
      await runs.resume(id);
      await finished(runs, id);
      expect(await runs.summary(id)).toMatchObject({ state: "failed", error: { code: "CONFLICT", reason: `The file of ${name} is another one than this run began with.`, next: expect.stringMatching(/start again/) } });
      expect((await runs.content(id)).answers.size).toBe(before);
      const anew = await runs.start(variants, set());
      expect(anew.id, "started again it is a new run").not.toBe(id);
      await runs.stop(anew.id);
      const again = await runs.again(id);
      await runs.stop(again.id);
      const { header } = await runs.content(again.id);
      const { header: old } = await runs.content(id);
      expect([header.questions, header.settings, header.variants.map(({ name, modelId }) => [name, modelId])]).toEqual([old.questions, old.settings, old.variants.map(({ name, modelId }) => [name, modelId])]);
      await runs.remove(anew.id);
      await runs.remove(again.id);
      files.delete(changed);
      expect((await runs.start(variants, set())).id, "with the file back the old one goes on").toBe(id);
      await finished(runs, id);
      expect(await runs.summary(id)).toMatchObject({ state: "done", progress: { done: 12 } });
    }
  });

  test("a fine-tuned model that is merely loaded is kept to; another one is not taken for one", async () => {
    const tuned = await opened({ isFineTune: true });
    const { id } = await tuned.runs.start(input([{ name: "Fine-tune", mode: "fine-tune" }]), set());
    await finished(tuned.runs, id);
    expect((await tuned.runs.content(id)).header.variants[0]).toMatchObject({ modelId: "scripted", files: { scripted: "file of scripted" } });
    const plain = await opened();
    const refused = await plain.runs.start(input([{ name: "Fine-tune", mode: "fine-tune" }]), set());
    await finished(plain.runs, refused.id);
    expect(await plain.runs.summary(refused.id)).toMatchObject({ state: "failed", error: { code: "NEEDS_ADAPTER" } });
  });

  test("files that are given must be these, and make another run", async () => {
    const { runs } = await opened({ isFineTune: true });
    const merged = (sha256: string) => input([{ name: "Merged", mode: "fine-tune", files: { scripted: sha256 } }]);
    const other = await runs.start(merged("another"), set());
    await finished(runs, other.id);
    expect(await runs.summary(other.id)).toMatchObject({ state: "failed", error: { code: "CONFLICT" }, progress: { done: 0 } });
    const right = await runs.start(merged("file of scripted"), set());
    expect(right.id).not.toBe(other.id);
    await finished(runs, right.id);
    const { header } = await runs.content(right.id);
    expect([(await runs.summary(right.id)).state, header.variants[0]?.modelId]).toEqual(["done", "scripted"]);
    const loaded = await runs.start(input([{ name: "Merged", mode: "fine-tune", files: { gone: "x" } }]), set());
    await finished(runs, loaded.id);
    expect(await runs.summary(loaded.id)).toMatchObject({ error: { reason: "Another model is loaded than this run began with." } });
  });

  test("a chat asked meanwhile is answered between two questions, never beside one", async () => {
    const { under, runs } = await opened({ wordMs: 3 });
    const { id } = await runs.start(corners, set());
    for await (const event of runs.watch(id)) if (event.type === "answer") break;
    const { message } = await under.ask("What is the altitude of Krasil?", "documents");
    expect(message.state).toBe("complete");
    expect((await runs.summary(id)).state).toBe("running");
    await runs.stop(id);
    expect(under.model.mostAtOnce).toBe(1);
  });
});

describe("the judge", () => {
  test("judges after the run, apart from the scores, and is calibrated by thumbs", async () => {
    const { runs } = await opened();
    const { id } = await runs.start(input([{ name: "Documents", mode: "documents" }], { judge: { modelId: "judge" } }), set());
    const events = await finished(runs, id);
    expect(events.at(-1)).toMatchObject({ run: { state: "done", progress: { done: 8, total: 8 } } });
    expect(reportOf(await runs.content(id)).judge).toMatchObject({ rated: 0, sentence: expect.stringContaining("Nobody has rated") });
    for (const [questionId, thumb] of [["q1", "up"], ["q2", "up"], ["q3", "up"], ["q4", "down"]] as const) await runs.rate(id, "Documents", questionId, thumb);
    const report = reportOf(await runs.content(id), { nameOf: (model) => model.toUpperCase() });
    expect(report.corners[0]).toMatchObject({ scores: { correct: { mean: 1 } }, judged: { n: 4, right: { mean: 0.5 }, wrong: 2 } });
    expect(report.judge).toMatchObject({ model: "JUDGE", rated: 4, agreement: 0.75 });
    expect(report.judge?.kappa?.value).toBeCloseTo(0.5, 12);
    expect(await runs.rate(id, "Documents", "q4", null)).not.toHaveProperty("thumb");
    await expect(runs.rate(id, "Documents", "q9", "up")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("its file is pinned with the first verdict: before, another one may take its place; after, verdicts of two are not mixed", async () => {
    const files = new Map<string, string>();
    const judging = input([{ name: "Documents", mode: "documents" }], { judge: { modelId: "judge" } });
    const { runs } = await opened({ wordMs: 2, files });
    const { id } = await runs.start(judging, set());
    for await (const event of runs.watch(id)) if (event.type === "answer") break;
    await runs.stop(id);
    expect((await runs.content(id)).header.judge).toEqual({ modelId: "judge", sha256: "file of judge" });
    files.set("judge", "trained further");
    await runs.resume(id);
    for await (const event of runs.watch(id)) if (event.type === "answer" && event.answer.judged) break;
    await runs.stop(id);
    expect((await runs.content(id)).header.judge).toEqual({ modelId: "judge", sha256: "trained further" });
    files.set("judge", "another");
    await runs.resume(id);
    await finished(runs, id);
    expect(await runs.summary(id)).toMatchObject({ state: "failed", judge: { modelId: "judge" }, error: { code: "CONFLICT", reason: "The file of judge, which judges, is another one than this run began with." } });
    const anew = await runs.start(judging, set());
    expect(anew.id).not.toBe(id);
    await finished(runs, anew.id);
    expect((await runs.content(anew.id)).header.judge?.sha256).toBe("another");
    files.set("judge", "trained further");
    await runs.resume(id);
    await finished(runs, id);
    expect(reportOf(await runs.content(id)).corners[0]?.judged?.n).toBe(4);
  });

  test("is not asked where the question says nothing to hold an answer against, and a judge that fails and fails stops the run, which then judges what is left", async () => {
    const bare: KnownQuestion = { id: "bare", question: "Where is Krasil?", expectDocument: "towns.md" };
    let dead = true;
    const { under, runs } = await opened({ say: (asked) => (asked.prompt.startsWith("Question: ") && asked.jsonSchema && dead ? new LorekeepError("WORKER_DIED", "The generator stopped unexpectedly.") : say(asked)) });
    const { id } = await runs.start(input([{ name: "Documents", mode: "documents" }], { judge: { modelId: "judge" } }), set({ questions: [bare, ...questions] }));
    await finished(runs, id);
    expect(await runs.summary(id)).toMatchObject({ state: "failed", error: { code: "WORKER_DIED" }, progress: { done: 6, total: 10 } });
    expect((await runs.content(id)).answers.get('["Documents","bare"]')?.judged).toEqual({ verdict: "none", reason: "The question does not say in words what a right answer holds." });
    const asked = under.model.prompts.length;
    dead = false;
    await runs.resume(id);
    await finished(runs, id);
    expect(await runs.summary(id)).toMatchObject({ state: "done", progress: { done: 10 } });
    expect(under.model.prompts.length - asked).toBe(4);
  });

  test("whatever the grammar let through is a verdict, cut off or not", () => {
    expect(readVerdict('{"verdict": "right", "reason": "It says \\"so\\"."}')).toEqual({ verdict: "right", reason: 'It says "so".' });
    expect(readVerdict('{"verdict":"partly","reason":"Half of it is mis')).toEqual({ verdict: "partly", reason: "Half of it is mis" });
    expect(readVerdict('{ "verdict" : "wrong"')).toEqual({ verdict: "wrong", reason: "" });
    expect(readVerdict('{"verd')).toMatchObject({ verdict: "none" });
  });
});
