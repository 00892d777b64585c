import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { rerank } from "../../engine/answer/find/rerank.ts";
import { Ranker } from "../../engine/models/ranker.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { workersFolder } from "../data.ts";
import { passageOf } from "../fakes/sources.ts";
import { tinyReranker } from "../fakes/tiny-reranker.ts";
import { toyBase } from "./generator-worker.ts";

const texts = ["bread needs flour water and patience", "the whale surfaced near the harbour", "revenue fell by four percent"];
const candidates = texts.map((text, position) => ({ passage: passageOf(text, { position }) }));
let folder: string;
let ranker: Ranker;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lorekeep-ranker-"));
  await writeFile(join(folder, "tiny.gguf"), tinyReranker());
  await writeFile(join(folder, "slow.gguf"), tinyReranker({ layers: 40 }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => { ranker = new Ranker({ host: createNodeWorkerHost(workersFolder) }); });
afterEach(() => ranker.dispose());

const spec = (name = "tiny.gguf", path = join(folder, name)) => ({ path, gpu: "off" as const, threads: 1 });
const reranker = (name?: string, path?: string) => ({ name: "tiny", score: (question: string, all: readonly string[], signal: AbortSignal) => ranker.score(spec(name, path), question, all, signal) });
const unhurried = { budgetMs: 60_000, depth: 3 };

describe("a GGUF reranker in a process of its own", () => {
  it("gives each passage a score of its own, the same ones each time and in any company", async () => {
    const scores = await ranker.score(spec(), "where is the whale", texts, new AbortController().signal);
    expect(new Set(scores).size).toBe(3);
    for (const score of scores) expect(score > 0 && score < 1).toBe(true);
    expect(await ranker.score(spec(), "where is the whale", [...texts].reverse(), new AbortController().signal)).toEqual([...scores].reverse());
    expect(await ranker.score(spec(), "who paid for bread", texts, new AbortController().signal)).not.toEqual(scores);
    const { candidates: order, note } = await rerank("where is the whale", candidates, { reranker: reranker(), ...unhurried });
    expect(note).toBeUndefined();
    expect(order.map((one) => one.reranked?.score)).toEqual([...scores].sort((a, b) => b - a));
  });

  it("cuts what is longer than it reads, question and passage alike", async () => {
    const long = "whale harbour ".repeat(2000);
    const [score = 0, again = 1] = await ranker.score(spec(), long, [long, `${long} and more`], new AbortController().signal);
    expect(score).toBe(again);
  });

  it("is cut cleanly by its time, also while it is loaded, and the next question finds it loaded", async () => {
    const first = await rerank("whale", candidates, { reranker: reranker(), budgetMs: 10, depth: 3 });
    expect(first.note).toContain("was not done after 10 ms");
    expect(first.candidates).toEqual(candidates);
    await expect.poll(() => ranker.worker.state).toBe("ready");
    const { pid } = ranker.worker;
    expect((await rerank("whale", candidates, { reranker: reranker(), ...unhurried })).note).toBeUndefined();
    expect(ranker.worker.pid).toBe(pid);
  });

  it("stops between two passages when the question is taken back", async () => {
    await ranker.prepare(spec("slow.gguf"));
    const stop = new AbortController();
    const many = Array.from({ length: 200 }, () => "whale harbour ".repeat(200));
    const scoring = ranker.score(spec("slow.gguf"), "whale", many, stop.signal);
    setTimeout(() => stop.abort(new Error("taken back")), 50);
    await expect(scoring).rejects.toThrow("taken back");
    expect(await ranker.score(spec("slow.gguf"), "whale", ["harbour"], new AbortController().signal)).toHaveLength(1);
  });

  it("leaves the order and says in one sentence why where the file is no reranker, or is gone", async () => {
    const chat = await rerank("whale", candidates, { reranker: reranker("toy", toyBase), ...unhurried });
    expect(chat.candidates).toEqual(candidates);
    expect(chat.note).toContain("is no reranker: it has no part that scores a passage.");
    expect((await rerank("whale", candidates, { reranker: reranker("gone.gguf"), ...unhurried })).note).toMatch(/failed \(.*gone\.gguf/);
  });

  it("answers again after its process was killed", async () => {
    await ranker.prepare(spec());
    process.kill(ranker.worker.pid ?? 0, "SIGKILL");
    await expect.poll(() => ranker.worker.state).toBe("stopped");
    expect(await ranker.score(spec(), "whale", texts, new AbortController().signal)).toHaveLength(3);
  });
});
