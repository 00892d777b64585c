import { LorekeepError } from "../../engine/base/errors.ts";
import type { ConvertEvent, MergeEvent, ShelfItem } from "../../engine/contract/index.ts";
import { os } from "../../engine/contract/server.ts";
import { item } from "./fake-models.ts";
import type { FakeWorld } from "./fake-world.ts";

const BYTES = 4_000_000;

/** The contract's part `tune` over the fake's shelf: bytes go by, and what comes out is an item without a file. A folder called "dora" is refused. */
export function tuneHandlers(world: FakeWorld) {
  async function* writing<S extends "converting" | "merging">(step: S, name: string): AsyncGenerator<{ type: "progress"; step: S; done: number; total: number }> {
    let whole = false;
    try {
      for (let part = 0; part <= 4; part++) { yield { type: "progress", step, done: part * BYTES / 4, total: BYTES }; await world.sleep(world.stepMs); }
      whole = true;
    } finally {
      if (!whole) world.stopped.push(name);
    }
  }
  const add = (made: ShelfItem) => { world.models.push(made); world.changed("models", made.id); return made; };
  const nameOf = (id: string | undefined) => world.models.find((one) => one.id === id)?.name ?? "model";
  const facts = (made: ShelfItem) => ({ type: "done" as const, path: made.path, sizeBytes: made.sizeBytes, sha256: made.sha256, item: made });
  return {
    convert: os.tune.convert.handler(async function* ({ input }): AsyncGenerator<ConvertEvent> {
      const name = input.name ?? input.folder.split("/").pop() ?? "adapter";
      yield { type: "progress", step: "checking", done: 0, total: 0 };
      if (input.folder.endsWith("dora")) throw new LorekeepError("UNSUPPORTED", { reason: `${name} is a DoRA adapter, which llama.cpp cannot apply.`, next: "Train it as plain LoRA." });
      yield* writing("converting", name);
      const sources = ["adapter_config.json", "adapter_model.safetensors"].map((file, i) => ({ name: file, sha256: String(i + 1).repeat(64) }));
      yield { ...facts(add(item({ id: world.id("a"), kind: "adapter", name, sizeBytes: BYTES, rank: 8, alpha: 16, isFineTune: true, hasTemplate: false, source: { type: "made", how: "converted", from: input.folder }, madeFrom: sources.map((one) => ({ how: "converted" as const, ...one })) }))), notes: ["The classification head was left out."], architecture: "llama", rank: 8, alpha: 16, targets: 14, sources };
    }),
    merge: os.tune.merge.handler(async function* ({ input }): AsyncGenerator<MergeEvent> {
      const base = world.models.find((one) => one.id === input.base.id);
      const name = input.name ?? [input.base.id, ...input.adapters.map(({ adapter }) => adapter.id)].map(nameOf).join(" + ");
      yield* writing("merging", name);
      yield { ...facts(add(item({ id: world.id("g"), kind: "model", name, sizeBytes: BYTES, isFineTune: true, source: { type: "made", how: "merged", from: base?.path ?? "" }, madeFrom: input.adapters.map(({ adapter, scale }) => ({ how: "merged" as const, name: nameOf(adapter.id), sha256: "3".repeat(64), scale })), ...(base ? { fineTuneOf: { id: base.id, name: base.name, how: "hash" as const } } : {}) }))), notes: [], baseSha256: "0".repeat(64), tensors: 40, changed: 14 };
    }),
  };
}
