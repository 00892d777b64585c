import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createChatModel } from "../../../engine/chat-model.ts";
import { settings } from "../../../engine/contract/settings.ts";
import { FineTunes } from "../../../engine/models/fine-tunes.ts";
import { ModelRuntime } from "../../../engine/models/runtime.ts";
import { ModelShelf } from "../../../engine/models/shelf.ts";
import { fixture } from "../../data.ts";
import { createFakeGenerator } from "../../fakes/fake-generator.ts";

const MINUTE = 60_000;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "idle-"));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

it("a model that a person loaded and asks nothing gives its memory back after the minutes of the settings, and so does one that was asked", async () => {
  const shelf = await ModelShelf.open({ workspace: folder });
  const runtime = new ModelRuntime({ host: createFakeGenerator().host, shelf, stallMs: 60 * MINUTE });
  const fineTunes = new FineTunes(shelf);
  const model = createChatModel({ shelf, fineTunes, runtime, settings: () => settings.parse({ models: { idleMinutes: 2 } }), refreshed: async (id) => (await shelf.refresh(id)).item });
  const load = () => runtime.load({ path: fixture("toy-world", "models", "toy-world-base-q8.gguf") }, { threads: 1 });
  const pass = async (minutes: number) => { await vi.advanceTimersByTimeAsync(minutes * MINUTE); };
  await load();
  await pass(1.9);
  expect(runtime.state.state).toBe("ready");
  await pass(0.2);
  expect(runtime.state.state).toBe("empty");

  await load();
  await pass(1.9);
  const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, repeatPenalty: 1, maxTokens: 8, stop: [] };
  for await (const event of model.generate({ system: "", history: [], prompt: "Who?", adapters: [], sampling }, new AbortController().signal)) if (event.type === "text") await pass(5);
  expect(runtime.state.state, "not while it writes").toBe("ready");
  await pass(1.9);
  expect(runtime.state.state).toBe("ready");
  await pass(0.2);
  expect(runtime.state.state).toBe("empty");
  model.dispose();
  runtime.dispose();
});
