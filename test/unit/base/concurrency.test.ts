import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { Mutex } from "../../../engine/base/mutex.ts";
import { pump } from "../../../engine/base/pump.ts";
import { threadCandidates } from "../../../engine/workers/generator/threads.ts";

const tick = () => new Promise((resolve) => setTimeout(resolve, 1));

describe("Mutex", () => {
  it("runs one at a time, in order, and goes on after a failure", async () => {
    const mutex = new Mutex();
    const log: string[] = [];
    const task = (name: string, fails = false) => mutex.run(undefined, async () => {
      log.push(`${name} in`);
      await tick();
      log.push(`${name} out`);
      if (fails) throw new Error(name);
    });
    const all = await Promise.allSettled([task("a"), task("b", true), task("c")]);
    expect(log).toEqual(["a in", "a out", "b in", "b out", "c in", "c out"]);
    expect(all.map((r) => r.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("lets a task leave the line without letting the next one in too early", async () => {
    const mutex = new Mutex();
    const stop = new AbortController();
    let release: () => void = () => undefined;
    const first = mutex.run(undefined, () => new Promise<void>((resolve) => { release = resolve; }));
    let ran = false;
    const second = mutex.run(stop.signal, async () => { ran = true; });
    let third = false;
    const last = mutex.run(undefined, async () => { third = true; });
    stop.abort();
    await expect(second).rejects.toMatchObject({ name: "AbortError" });
    await tick();
    expect([ran, third]).toEqual([false, false]);
    release();
    await Promise.all([first, last]);
    expect([ran, third]).toEqual([false, true]);
  });

  it("leaves nothing behind on a signal that stands behind many tasks", async () => {
    const mutex = new Mutex();
    const { signal } = new AbortController();
    for (let i = 0; i < 3; i++) await mutex.run(signal, tick);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

describe("pump", () => {
  it("hands on everything in order, also what was emitted while the reader was away", async () => {
    const seen: number[] = [];
    for await (const n of pump<number>(async (emit) => {
      for (let i = 0; i < 5; i++) emit(i);
      await tick();
      emit(5);
    })) {
      seen.push(n);
      await tick();
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("delivers what came before a failure, then the failure", async () => {
    const seen: string[] = [];
    await expect((async () => {
      for await (const s of pump<string>(async (emit) => {
        emit("first");
        throw new Error("broken");
      })) seen.push(s);
    })()).rejects.toThrow("broken");
    expect(seen).toEqual(["first"]);
  });

  it.each(["the reader leaves", "the signal aborts"])("stops the work when %s, and ends only after it has", async (how) => {
    const stop = new AbortController();
    let stopped = false;
    const work = pump<number>(async (emit, signal) => {
      emit(1);
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      await tick();
      stopped = true;
    }, stop.signal);
    for await (const _ of work) {
      if (how === "the reader leaves") break;
      stop.abort();
    }
    expect(stopped).toBe(true);
  });
});

describe("thread candidates", () => {
  it.each([[1, [1]], [2, [1]], [4, [1, 2, 3]], [8, [1, 2, 4, 7]], [16, [1, 2, 4, 8, 15]], [128, [1, 2, 4, 8, 16, 32, 64, 127]]])("%d cores: %j, one core free", (cores, counts) => {
    expect(threadCandidates(cores)).toEqual(counts);
  });
});
