import { describe, expect, test } from "vitest";
import { documentReasonCodes, type Document } from "../../../engine/contract/index.ts";
import { ConnectionLostError } from "../../../renderer/engine/failure.ts";
import { each } from "../../../renderer/library/each.ts";
import { adviceFor, mainStep, stepsFor, stepWords } from "../../../renderer/library/reasons.ts";
import { moveBy, nothingSelected, selectOnly, selectRange, toggle, without } from "../../../renderer/library/selection.ts";

describe("what can be done about a document that was not read", () => {
  const failed = (code: (typeof documentReasonCodes)[number], next?: string): Document => ({
    id: "d", collectionId: "c", path: "/a", name: "a", origin: "file", state: "failed", warnings: [], private: false, tags: [], passages: 0, added: "2026-01-01T00:00:00Z",
    reason: { code, message: "It was not read.", ...(next ? { next } : {}) },
  });

  test.each(documentReasonCodes)("%s: a word, a sentence, and at least one step that has words", (code) => {
    const document = failed(code);
    const advice = adviceFor({ code, message: "" });
    expect(advice.short.length).toBeLessThan(18);
    expect(advice.next).toMatch(/^[A-Z].*\.$/);
    expect(stepsFor(document).length).toBeGreaterThan(0);
    for (const step of stepsFor(document)) expect(stepWords[step]).toMatch(/\S/);
    // Nothing that takes a document away is offered as the row's first step.
    expect(mainStep(document)).not.toBe("remove");
  });

  test("the engine's own next step is preferred; indexed documents need none", () => {
    const document = failed("corrupt", "Ask the sender for another copy.");
    expect(document.reason && adviceFor(document.reason).next).toBe("Ask the sender for another copy.");
    expect(stepsFor({ ...document, state: "indexed" })).toEqual([]);
    expect(mainStep({ ...document, state: "cancelled" })).toBe("retry");
  });
});

describe("choosing rows", () => {
  test("a range replaces, keeps its anchor, and may turn around it", () => {
    const start = selectOnly("c", 2);
    const down = selectRange(start, ["c", "d", "e"], 4);
    expect([...selectRange(down, ["a", "b", "c"], 0).ids]).toEqual(["a", "b", "c"]);
    expect(selectRange(down, ["a", "b", "c"], 0)).toMatchObject({ anchor: 2, active: 0 });
    expect(selectRange(nothingSelected, ["d"], 3)).toMatchObject({ anchor: 3, active: 3 });
  });
  test("toggling takes in and out; what is gone is no longer chosen", () => {
    const two = toggle(selectOnly("a", 0), "b", 1);
    expect([...two.ids]).toEqual(["a", "b"]);
    expect([...toggle(two, "a", 0).ids]).toEqual(["b"]);
    expect([...without(two, ["b", "x"]).ids]).toEqual(["a"]);
  });
  test.each([["ArrowDown", -1, 0], ["ArrowUp", 0, 0], ["End", 3, 9], ["Home", 9, 0], ["PageDown", 7, 9], ["PageUp", 7, 3], ["x", 3, undefined]] as const)("%s from %i leads to %s", (key, from, to) => {
    expect(moveBy(key, from, { total: 10, page: 4 })).toBe(to);
  });
  test("in an empty list no key moves", () => expect(moveBy("End", -1, { total: 0, page: 4 })).toBeUndefined());
});

describe("a change to many documents", () => {
  test("goes on past those that fail, and counts", async () => {
    const seen: number[] = [];
    const result = await each(Array.from({ length: 50 }, (_, index) => index), async (index) => { await Promise.resolve(); if (index % 10 === 3) throw new Error(String(index)); }, (done) => seen.push(done));
    expect(result).toMatchObject({ done: 45 });
    expect(result.failures).toHaveLength(5);
    expect(seen.at(-1)).toBe(50);
  });
  test("stops when the line to the engine is cut", async () => {
    let calls = 0;
    const result = await each(Array.from({ length: 500 }, (_, index) => index), async () => { calls++; await Promise.resolve(); throw new ConnectionLostError(); });
    expect(calls).toBeLessThanOrEqual(6);
    expect(result.done).toBe(0);
  });
});
