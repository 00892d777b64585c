import { describe, expect, it } from "vitest";
import { ContextPool } from "../../../engine/workers/generator/contexts.ts";
import { TooLittleMemory, type ContextRequest, type OpenContext } from "../../../engine/workers/generator/open-context.ts";
import { fixture } from "../../data.ts";

const lora = (scale: number) => ({ path: fixture("toy-world", "models", "toy-world-lora-v1.gguf"), scale });
const other = (scale: number) => ({ path: fixture("toy-world", "README.md"), scale }); // any file that is there
const scales = (pool: ContextPool) => pool.kept.map((key) => (JSON.parse(key) as [string, number][]).map(([, scale]) => scale));

/** Contexts that are only counted; `room` of them fit at a time. */
function counted(room = Number.POSITIVE_INFINITY) {
  let alive = 0;
  const open = (request: ContextRequest): Promise<OpenContext> => {
    if (alive >= room) return Promise.reject(new TooLittleMemory(new Error("no room")));
    alive++;
    const context = { contextSize: typeof request.contextSize === "number" ? request.contextSize : request.contextSize.max, dispose: () => { alive--; return Promise.resolve(); } };
    return Promise.resolve({ context, sequence: {} } as unknown as OpenContext); // the pool uses no more of it
  };
  return { open, alive: () => alive };
}
const pool = (open: (request: ContextRequest) => Promise<OpenContext>) => new ContextPool({ open, check: () => Promise.resolve(), most: 4 }, { min: 512, max: 4096 });

describe("the contexts that are kept", () => {
  it("are as many as may be, the least recently used goes first", async () => {
    const { open, alive } = counted();
    const contexts = pool(open);
    await contexts.get([]);
    await contexts.get([lora(1)]);
    await contexts.get([other(1)]);
    await contexts.get([lora(1), other(1)]);
    await contexts.get([]);
    await contexts.get([lora(1), other(0.5)]);
    expect(alive()).toBe(4);
    expect(scales(contexts)).toEqual([[1], [1, 1], [], [0.5, 1]]);
  });

  it("hold two strengths of the same adapters at most, so that a slider does not cost the others their caches", async () => {
    const { open } = counted();
    const contexts = pool(open);
    await contexts.get([]);
    await contexts.get([other(1)]);
    for (let step = 1; step <= 20; step++) await contexts.get([lora(step / 10)]);
    expect(scales(contexts)).toEqual([[], [1], [1.9], [2]]);
  });

  it("are the same for scale 0 and none, and for two adapters in either order", async () => {
    const { open, alive } = counted();
    const contexts = pool(open);
    expect((await contexts.get([lora(0)])).key).toBe((await contexts.get([])).key);
    expect((await contexts.get([lora(1), other(1)])).key).toBe((await contexts.get([other(1), lora(1)])).key);
    expect(alive()).toBe(2);
  });

  it("give way where the memory does not hold one more, and say so where nothing is left to give", async () => {
    const { open, alive } = counted(2);
    const contexts = pool(open);
    await contexts.get([]);
    await contexts.get([lora(1)]);
    await contexts.get([other(1)]);
    expect(alive()).toBe(2);
    expect(scales(contexts)).toEqual([[1], [1]]);
    const none = pool(counted(0).open);
    await expect(none.get([])).rejects.toThrow("no room");
  });

  it("are all of the size that the first one got", async () => {
    const { open } = counted();
    const contexts = pool(open);
    expect((await contexts.get([])).context.contextSize).toBe(4096);
    expect(contexts.size).toBe(4096);
  });
});
