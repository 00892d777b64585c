import { expect, test } from "vitest";
import type { FineTune } from "../../../engine/contract/index.ts";
import * as versions from "../../../engine/models/versions.ts";
import { mergedBytes, mergeScale } from "../../../renderer/models/make/merge-size.ts";
import { gateOf, hasStaleGate, previousDefault } from "../../../renderer/models/tunes/history.ts";

test.each([["as-base", 700], ["F32", 4000], ["F16", 2000], ["BF16", 2000], ["Q8_0", 1062.5]] as const)("a merged file of 1000 weights in %s takes %d bytes", (type, expected) => {
  expect(mergedBytes({ sizeBytes: 700, parameters: 1000 }, type)).toBe(expected);
});

test("without a count of weights only the base's own size is known", () => {
  expect(mergedBytes({ sizeBytes: 700 }, "F16")).toBeUndefined();
  expect(mergedBytes({ sizeBytes: 700 }, "as-base")).toBe(700);
});

test.each([["1", 1], ["0,5", 0.5], ["−2", -2], ["4", 4], ["4.1", undefined], ["", undefined], ["much", undefined]])("strength %j", (text, expected) => {
  expect(mergeScale(text)).toBe(expected);
});

test("the button says what the engine's rollback then does, after any way there", () => {
  const about = (n: number) => ({ id: `v${n}`, itemId: `i${n}`, sha256: "", notes: "", lineage: {}, when: "2026-01-01T00:00:00.000Z" });
  const when = "2026-01-02T00:00:00.000Z";
  const fileOf = () => "a file";
  let tune: FineTune = versions.newFineTune({ id: "t", name: "T", kind: "adapter" }, about(1));
  expect(previousDefault(tune)).toBeUndefined();
  tune = versions.addVersion(versions.addVersion(tune, about(2)), about(3));
  for (const step of ["v2", "v3", "back", "v1", "back", "back"]) {
    const foreseen = previousDefault(tune)?.id;
    if (step === "back") {
      tune = versions.rollback(tune, { fileOf, when });
      expect(foreseen).toBe(tune.defaultVersionId);
    } else tune = versions.promote(tune, step, { anyway: false, hasQuestions: false, fileOf, when });
  }
  expect(tune.defaultVersionId).toBe("v1");
  tune = versions.removeVersion(versions.promote(versions.promote(tune, "v2", { anyway: false, hasQuestions: false, fileOf, when }), "v3", { anyway: false, hasQuestions: false, fileOf, when }), "v2", when);
  expect(previousDefault(tune)?.id).toBe(versions.rollback(tune, { fileOf, when }).defaultVersionId);
});

test("a gate of other files is none, and is told", () => {
  const about = (n: number) => ({ id: `v${n}`, itemId: `i${n}`, sha256: `${n}`, notes: "", lineage: {}, when: "2026-01-01T00:00:00.000Z" });
  const tune = versions.addVersion(versions.newFineTune({ id: "t", name: "T", kind: "adapter" }, about(1)), about(2));
  const gate = { set: "S", defaultVersionId: "v1", candidateVersionId: "v2", defaultSha256: "1", candidateSha256: "2", defaultScore: 1, candidateScore: 1, n: 1, corners: [], worse: [], decision: "passed" as const, when: "" };
  const shown = (file: string) => versions.withStale(versions.addGate(tune, gate), ({ id }) => (id === "v2" ? file : "1"));
  expect([gateOf(shown("2"), "v2")?.set, hasStaleGate(shown("2"), "v2")]).toEqual(["S", false]);
  expect([gateOf(shown("3"), "v2")?.set, hasStaleGate(shown("3"), "v2")]).toEqual([undefined, true]);
});
