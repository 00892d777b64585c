import { describe, expect, it } from "vitest";
import type { TextRun } from "../../../engine/contract/document.ts";
import { Batcher } from "../../../engine/ingest/steps/batcher.ts";
import { Gate } from "../../../engine/ingest/work/gate.ts";
import { rectanglesOf } from "../../../engine/ingest/show/highlight.ts";
import { RunProgress } from "../../../engine/ingest/work/progress.ts";
import { ignoring } from "../../../engine/ingest/sources/scan.ts";
import { Throttle } from "../../../engine/ingest/work/throttle.ts";
import { GroupCommit } from "../../../engine/ingest/steps/store.ts";
import type { DocumentWithPassages } from "../../../engine/knowledge/store.ts";

const never = new AbortController().signal;
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("rectanglesOf", () => {
  const run = (start: number, end: number, rect: TextRun["rect"], page = 1): TextRun => ({ start, end, page, rect });

  it("cuts a run in proportion and merges what stands on one line", () => {
    const runs = [run(0, 10, [0, 0, 100, 10]), run(11, 21, [105, 1, 100, 10]), run(22, 32, [0, 12, 100, 10]), run(33, 43, [0, 0, 50, 10], 2)];
    expect(rectanglesOf(runs, [{ start: 5, end: 16 }])).toEqual([{ page: 1, rects: [[50, 0, 105, 11]] }]);
    expect(rectanglesOf(runs, [{ start: 15, end: 38 }])).toEqual([{ page: 1, rects: [[145, 1, 60, 10], [0, 12, 100, 10]] }, { page: 2, rects: [[0, 0, 25, 10]] }]);
  });
  it("keeps columns apart and draws nothing for nothing", () => {
    const columns = [run(0, 10, [0, 0, 100, 10]), run(11, 21, [300, 0, 100, 10])];
    expect(rectanglesOf(columns, [{ start: 0, end: 21 }])[0]?.rects).toHaveLength(2);
    expect(rectanglesOf(columns, [{ start: 10, end: 11 }, { start: 5, end: 5 }])).toEqual([]);
  });
});

describe("Batcher", () => {
  it("shares flights between callers, in order, and loses no caller between two flights", async () => {
    const flights: number[] = [];
    const batcher = new Batcher<number, number>({ maxItems: 4, run: async (items) => { flights.push(items.length); await later(1); return items.map((item) => item * 2); } });
    const ask = async (from: number) => { for (let i = 0; i < 5; i++) expect(await batcher.submit([from + i, from], never)).toEqual([(from + i) * 2, from * 2]); };
    await Promise.all([ask(0), ask(100), ask(200)]);
    expect(Math.max(...flights)).toBe(4);
    expect(flights.reduce((sum, items) => sum + items, 0)).toBe(30);
  });

  it("fails only the caller whose item failed, and drops who has left", async () => {
    const seen: string[] = [];
    const batcher = new Batcher<string, string>({ maxItems: 10, run: async (items) => { await later(5); seen.push(...items); if (items.includes("bad")) throw new Error("bad item"); return items; } });
    const leaving = new AbortController();
    const results = Promise.allSettled([batcher.submit(["first"], never), batcher.submit(["good", "fine"], never), batcher.submit(["bad"], never)]);
    const left = batcher.submit(["left"], leaving.signal);
    leaving.abort(new Error("gone"));
    await expect(left).rejects.toThrow("gone");
    expect((await results).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(seen).not.toContain("left");
    const waiting = batcher.submit(["late"], never);
    await batcher.dispose();
    await expect(waiting).rejects.toThrow();
  });
});

describe("GroupCommit", () => {
  const document = (id: string): DocumentWithPassages => ({ document: { id, collectionId: "c", path: id, format: "text", contentHash: id, tags: [] }, passages: [] });

  it("commits together, at the size, at the time, and at the end", async () => {
    const puts: string[][] = [];
    let more = true;
    const commits = new GroupCommit({ put: (batch) => { puts.push(batch.map((item) => item.document.id)); return Promise.resolve(); } }, { commitPassages: 10, commitMs: 60 }, () => more);
    await Promise.all(["a", "b", "c"].map((id) => commits.put(() => document(id), 4, never)));
    expect(puts).toEqual([["a", "b", "c"]]);
    const started = performance.now();
    await commits.put(() => document("d"), 1, never);
    expect(performance.now() - started).toBeGreaterThan(40);
    more = false;
    await commits.put(() => document("e"), 1, never);
    expect(puts.slice(1)).toEqual([["d"], ["e"]]);
    await commits.dispose();
  });

  it("leaves out who was removed, and fails nobody for another's failure", async () => {
    const stored: string[] = [];
    const put = (batch: readonly DocumentWithPassages[]) => {
      if (batch.some((item) => item.document.id === "bad")) return Promise.reject(new Error("bad document"));
      stored.push(...batch.map((item) => item.document.id));
      return Promise.resolve();
    };
    const commits = new GroupCommit({ put }, { commitPassages: 4, commitMs: 1000 }, () => true);
    const outcome = await Promise.allSettled([commits.put(() => document("a"), 1, never), commits.put(() => undefined, 1, never), commits.put(() => document("bad"), 1, never), commits.put(() => document("b"), 1, never)]);
    expect(outcome.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    expect(stored).toEqual(["a", "b"]);
    await commits.dispose();
  });
});

describe("Gate", () => {
  it("opens when the last reason is gone, and lets go of who stops waiting", async () => {
    const gate = new Gate();
    const [one, two] = [gate.close(), gate.close()];
    let passed = false;
    const waiting = gate.pass(never).then(() => { passed = true; });
    const stop = new AbortController();
    const leaving = gate.pass(stop.signal);
    stop.abort(new Error("gone"));
    await expect(leaving).rejects.toThrow("gone");
    one();
    one();
    await later(5);
    expect(passed).toBe(false);
    two();
    await waiting;
  });
});

describe("Throttle", () => {
  it("acts at once, then at most so often, and makes up for the last call", async () => {
    let acts = 0;
    const throttle = new Throttle(() => { acts++; }, 20);
    for (let i = 0; i < 5; i++) throttle.call();
    expect(acts).toBe(1);
    await later(60);
    expect(acts).toBe(2);
    throttle.dispose();
  });

  it("forgets what waits when it is disposed, and acts again when it is called after that", async () => {
    let acts = 0;
    const throttle = new Throttle(() => { acts++; }, 20);
    throttle.call();
    throttle.call();
    throttle.dispose();
    await later(40);
    expect(acts).toBe(1);
    throttle.call();
    expect(acts).toBe(2);
    throttle.dispose();
  });
});

describe("RunProgress", () => {
  const start = () => {
    const clock = { now: 0 };
    return { clock, run: new RunProgress(() => clock.now) };
  };
  const file = (name: string, sizeBytes = 1000) => ({ name, sizeBytes });
  const queue = (waiting: { name: string; sizeBytes: number }[], paused = false) => ({ paused, waiting, active: [], activeCount: 0 });

  it("has no estimate until there is something to go by, then an honest one", () => {
    const { clock, run } = start();
    expect(run.report(queue([file("a.txt")])).etaSeconds).toBeUndefined();
    for (let i = 0; i < 10; i++) {
      clock.now += 1000;
      run.passagesMade(5);
      run.finished("done", file("x.txt"), 5);
    }
    const waiting = Array.from({ length: 20 }, () => file("y.txt"));
    expect(run.report(queue(waiting))).toMatchObject({ done: 10, passagesPerSecond: 5, etaSeconds: 20 });
    expect(run.report(queue(waiting, true)).etaSeconds).toBeUndefined();
    expect(run.report(queue(Array.from({ length: 20 }, () => file("z.pdf", 1_000_000)))).etaSeconds).toBeUndefined();
  });
});

describe("ignoring", () => {
  it("leaves out hidden names and the person's globs, below the folder only", () => {
    const left = ignoring(["node_modules", "~$*", "*.tmp", "build/**"]);
    const at = (path: string) => left("/home/.me/docs", `/home/.me/docs/${path}`);
    expect(["a.txt", "sub/b.md", "~notes.txt", "my.tmp.txt"].map(at)).toEqual([false, false, false, false]);
    expect([".git/x", "sub/.hidden", "node_modules/a.js", "sub/node_modules/b/c.js", "~$word.docx", "x/y.tmp", "build/out.txt"].map(at)).toEqual(Array(7).fill(true));
    expect(left("/home/.me/docs", "/home/.me/docs")).toBe(false);
  });
});
