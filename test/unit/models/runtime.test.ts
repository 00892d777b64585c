import { afterEach, describe, expect, it } from "vitest";
import { ModelRuntime } from "../../../engine/models/runtime.ts";
import type { GenerateInput } from "../../../engine/workers/generator/contract.ts";
import { fixture } from "../../data.ts";
import { createFakeGenerator } from "../../fakes/fake-generator.ts";

const toyBase = fixture("toy-world", "models", "toy-world-base-q8.gguf");
const question: GenerateInput = { system: "", history: [], prompt: "Who?", adapters: [], sampling: { temperature: 0, topP: 1, topK: 0, minP: 0, repeatPenalty: 1, maxTokens: 8, stop: [] } };
describe("a model that the generator has lost", () => {
  const disposers: (() => void)[] = [];
  afterEach(() => disposers.splice(0).forEach((dispose) => dispose()));

  async function ready() {
    const { worker, host, crash } = createFakeGenerator();
    const shelf = { get: () => Promise.reject(new Error("not asked")), threadsFor: () => undefined, rememberThreads: () => Promise.resolve() };
    const runtime = new ModelRuntime({ host, shelf });
    disposers.push(() => runtime.dispose());
    await runtime.load({ path: toyBase }, { threads: 1 });
    const answer = async (signal?: AbortSignal) => {
      let text = "";
      for await (const event of runtime.generate(question, signal)) if (event.type === "text") text += event.text;
      return text;
    };
    return { worker, runtime, answer, crash };
  }

  it("is loaded again by the next question", async () => {
    const { worker, runtime, answer } = await ready();
    worker.holds = false;
    expect(await answer()).toBe("An answer.");
    expect(worker.loads).toBe(2);
    expect(runtime.state.state).toBe("ready");
  });

  it("is said to have failed where that fails as well, and comes back once it can", async () => {
    const { worker, runtime, answer } = await ready();
    Object.assign(worker, { holds: false, loadable: false });
    await expect(answer()).rejects.toMatchObject({ code: "MODEL_FAILED" });
    expect(runtime.state).toMatchObject({ state: "failed", error: { code: "MODEL_FAILED" } });
    worker.loadable = true;
    expect(await answer()).toBe("An answer.");
  });

  it("did not fail where a person stopped the question that was loading it again", async () => {
    const { worker, runtime, answer, crash } = await ready();
    crash();
    await expect.poll(() => runtime.state.state).toBe("failed");
    const died = runtime.state;
    worker.endless = true;
    const stop = new AbortController();
    const stopped = answer(stop.signal);
    await expect.poll(() => runtime.state.state).toBe("loading");
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    expect(runtime.state).toEqual(died);
    worker.endless = false;
    expect(await answer()).toBe("An answer.");
  });
});
