import { describe, expect, it } from "vitest";
import type { AnswerMode, AnswerTrace, CheckReport, ShelfItem } from "../../../engine/contract/index.ts";
import { runVariant } from "../../../engine/contract/index.ts";
import { contendersOf, usualEntries, type Entry } from "../../../renderer/compare/contenders.ts";
import { chosenAdapters, standingOf, strengthFrom } from "../../../renderer/chat/adapters.ts";
import { effectiveOptions, optionsOf } from "../../../renderer/chat/modes.ts";

const item = (id: string, more: Partial<ShelfItem> = {}): ShelfItem => ({
  id, kind: "adapter", name: id, path: `/${id}.gguf`, storage: "linked", state: "ready", sizeBytes: 1, sha256: id, architecture: "llama", hasTemplate: false, source: { type: "import", from: "" }, added: "", ...more,
});
const base = item("base", { kind: "model" });
const report = (verdict: CheckReport["verdict"], stale = false) => ({ itemId: "a", fileSha256: "a", baseId: "base", baseSha256: "base", checked: "", scale: 1, verdict, text: "So it is.", findings: [], samples: [], ms: 1, stale });
const options = { mode: "fine-tune" as const, adapters: [], filter: {}, sampling: {} };

describe("what stands beside an adapter", () => {
  it.each<[string, Partial<ShelfItem>, string, string, boolean]>([
    ["never checked", {}, "neutral", "Not checked", true],
    ["fits", { checks: [report("fits")] }, "good", "Fits", false],
    ["breaks", { checks: [report("breaks-output")] }, "danger", "Breaks the output", true],
    ["its base is another one now", { checks: [report("fits", true)] }, "warn", "Check again", true],
    ["made from another model", { fineTuneOf: { id: "other", name: "Other", how: "name" } }, "warn", "Other base", true],
    ["gone", { state: "missing", checks: [report("fits")] }, "danger", "File missing", false],
    ["checked on another model only", { checks: [{ ...report("fits"), baseId: "other" }] }, "neutral", "Not checked", true],
  ])("%s", (_name, more, tone, word, canCheck) => expect(standingOf(item("a", more), base)).toMatchObject({ tone, word, canCheck }));
});

describe("what is compared where nothing is chosen", () => {
  const taken = (...adapters: ShelfItem[]) => usualEntries([...adapters, base]).find(({ options }) => options.mode === "hybrid")?.options.adapters[0]?.modelId;
  it("takes the adapter that was found to fit, then one of a model that is there, and one that does not fit last; among equals the newest", () => {
    const [unknown, of, fits, breaks] = [item("unknown"), item("of", { fineTuneOf: { id: "base", how: "name" } }), item("fits", { checks: [report("fits")] }), item("breaks", { checks: [report("breaks-output")] })];
    expect(taken(breaks, unknown, of, fits)).toBe("fits");
    expect(taken(breaks, unknown, of)).toBe("of");
    expect(taken(breaks, unknown, item("older"))).toBe("unknown");
    expect(taken(breaks)).toBe("breaks");
    expect(taken(item("stale", { checks: [report("other-base", true)] }), unknown)).toBe("stale");
  });
});

describe("the names of contenders", () => {
  it("are each its own, and never longer than the contract takes, with what is put behind them", () => {
    const adapters = ["a", "b", "c", "d"].map((id) => item(id, { name: `${id} ${"long name ".repeat(4)}` }));
    const own = (key: string): Entry => ({ key, own: true, options: { ...options, mode: "hybrid", modelId: "base", adapters: adapters.map(({ id }) => ({ modelId: id, scale: 0.5 })) } });
    const [first, second] = contendersOf([own("1"), own("2")], [base, ...adapters]);
    expect(second?.name).toBe(`${first?.name ?? ""} (2)`);
    expect(runVariant.shape.name.safeParse(`${second?.name ?? ""}, enforced`).success).toBe(true);
  });
});

describe("what is sent", () => {
  it("takes the only adapter where none is chosen, unless the model has its fine-tune inside", () => {
    expect(chosenAdapters(options, [base, item("a")], base)).toEqual([{ modelId: "a", scale: 1 }]);
    expect(chosenAdapters(options, [base, item("a")], { ...base, isFineTune: true })).toEqual([]);
    expect(chosenAdapters(options, [base, item("a"), item("b")], base)).toEqual([]);
  });
  it("keeps several in their order, and leaves out what is gone from the shelf", () => {
    const adapters = [{ modelId: "b", scale: 0.5 }, { modelId: "gone", scale: 1 }, { modelId: "a", scale: 2 }];
    expect(chosenAdapters({ ...options, adapters }, [base, item("a"), item("b")], base)).toEqual([{ modelId: "b", scale: 0.5 }, { modelId: "a", scale: 2 }]);
  });
  it("answering again in a mode with a fine-tune takes the conversation's, where the answer was made without one; else the answer's own", () => {
    const asked = (mode: AnswerMode, adapters: { modelId: string; name: string; scale: number }[]) => ({ trace: { mode, adapters, filter: {} } as unknown as AnswerTrace });
    const chosen = { ...options, adapters: [{ modelId: "b", scale: 0.5 }] };
    const shelf = [base, item("a"), item("b")];
    expect(effectiveOptions({ ...optionsOf(asked("documents", []), chosen), mode: "hybrid" }, shelf).adapters).toEqual([{ modelId: "b", scale: 0.5 }]);
    expect(effectiveOptions(optionsOf(asked("documents", []), chosen), shelf).adapters).toEqual([]);
    expect(effectiveOptions(optionsOf(asked("hybrid", [{ modelId: "a", name: "A", scale: 2 }]), chosen), shelf).adapters).toEqual([{ modelId: "a", scale: 2 }]);
  });
  it.each([["1.4", 1.4], ["0,75", 0.75], ["9", 2], ["-1", 0], ["1.239", 1.24], ["", undefined], ["much", undefined]])("reads a strength: %s", (text, value) => expect(strengthFrom(text)).toBe(value));
});
