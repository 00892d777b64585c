import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LorekeepError } from "../../engine/base/errors.ts";
import { ModelRuntime, type ModelRuntimeOptions, type RuntimeState } from "../../engine/models/runtime.ts";
import { ModelShelf } from "../../engine/models/shelf.ts";
import type { WorkerHost, WorkerProcess } from "../../engine/workers/host.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { workersFolder } from "../data.ts";
import { question, sampling, toyBase, toyLora } from "./generator-worker.ts";

let folder: string;
let shelf: ModelShelf;
let processes: WorkerProcess[];
let runtime: ModelRuntime;
const states: RuntimeState["state"][] = [];

function started(options: Partial<ModelRuntimeOptions> = {}): ModelRuntime {
  const host = createNodeWorkerHost(workersFolder);
  const remembering: WorkerHost = { spawn: (name, o) => {
    const process = host.spawn(name, o);
    processes.push(process);
    return process;
  } };
  const made = new ModelRuntime({ host: remembering, shelf, ...options });
  made.onChange((s) => states.push(s.state));
  return made;
}

async function answer(input: Partial<typeof question> = {}, signal?: AbortSignal): Promise<string> {
  let text = "";
  for await (const event of runtime.generate({ ...question, ...input }, signal)) if (event.type === "text") text += event.text;
  return text;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "runtime-"));
  shelf = await ModelShelf.open({ workspace: folder });
  processes = [];
  states.length = 0;
  runtime = started();
});
afterEach(async () => {
  runtime.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** A message of the RPC library as text, whichever way it packs it. */
function asText(data: unknown): string {
  return data instanceof Uint8Array || data instanceof ArrayBuffer ? Buffer.from(data as Uint8Array).toString("latin1") : JSON.stringify(data).replaceAll("\\", "");
}

/** A host whose processes are heard at most once in `everyMs` milliseconds from `begin` on, in the order in which they speak. */
function slowable(host: WorkerHost, everyMs: number): { host: WorkerHost; begin(): void } {
  let isSlow = false;
  let last: Promise<void> = Promise.resolve();
  const slowly = (hear: () => void): void => {
    if (isSlow) last = last.then(() => setTimeout(everyMs)).then(hear);
    else hear();
  };
  const spawn: WorkerHost["spawn"] = (name, options) => {
    const { port, ...process } = host.spawn(name, options);
    return { ...process, port: { postMessage: port.postMessage.bind(port), on: (event, listener) => port.on(event, (message) => slowly(() => listener(message))) } };
  };
  return { host: { spawn }, begin: () => { isSlow = true; } };
}

describe("ModelRuntime", () => {
  it("loads from the shelf, remembers measured threads, answers, unloads", async () => {
    const { item } = await shelf.import(toyBase, { mode: "link" });
    const loaded = await runtime.load({ id: item.id });
    expect(loaded).toMatchObject({ architecture: "llama", backend: "cpu" });
    expect(shelf.threadsFor(item.sha256)).toBe(loaded.threads);
    expect(runtime.state).toMatchObject({ state: "ready", modelId: item.id, loaded: { contextSize: 1024 } });
    expect(await runtime.countPromptTokens(question)).toBe(42);
    expect(await runtime.countTokens(["", "Hello"])).toEqual([0, expect.any(Number)]);
    expect(await answer()).toBe("I don't know.");
    const limit = runtime.memoryLimit;
    expect(JSON.parse(await answer({ adapters: [{ path: toyLora, scale: 1 }] }))).toMatchObject({ confidence: "low" });
    await answer({ adapters: [{ path: toyLora, scale: 0.5 }] });
    expect(runtime.memoryLimit - limit).toBeCloseTo(356_160 * 1.2, 0); // once: what an adapter takes is no runaway
    await runtime.unload();
    expect(runtime.state).toEqual({ state: "empty" });
    await expect(answer()).rejects.toMatchObject({ code: "NEEDS_MODEL" });
    expect(states).toEqual(["loading", "ready", "empty"]);
  });

  it("fails the call when the process dies, says so, and loads the model again for the next one", async () => {
    await runtime.load({ path: toyBase }, { threads: 1 });
    const long = { system: "", prompt: "The mayor", sampling: { ...sampling, temperature: 1.5, seed: 7, maxTokens: 900 } };
    const dying = (async () => {
      for await (const _ of runtime.generate({ ...question, ...long })) process.kill(processes[0]?.pid ?? 0, "SIGKILL");
    })();
    await expect(dying).rejects.toMatchObject({ code: "WORKER_DIED" });
    expect(runtime.state).toMatchObject({ state: "failed", error: { code: "WORKER_DIED", next: expect.any(String) } });
    expect(await answer()).toBe("I don't know.");
    expect(runtime.state.state).toBe("ready");
    expect(processes).toHaveLength(2);
  });

  it("kills a model that falls silent", async () => {
    runtime.dispose();
    runtime = started({ stallMs: 3000 });
    await runtime.load({ path: toyBase }, { threads: 1 });
    const pid = processes[0]?.pid ?? 0;
    process.kill(pid, "SIGSTOP"); // Before it is asked: this model can have finished before the first word of it is seen here.
    await expect(answer()).rejects.toMatchObject({ code: "TIMED_OUT" });
    expect(await answer()).toBe("I don't know.");
  });

  it("lets a model write on that is slow but not silent, for longer than it may be silent", async () => {
    runtime.dispose();
    const slow = slowable(createNodeWorkerHost(workersFolder), 150);
    runtime = new ModelRuntime({ host: slow.host, shelf, stallMs: 3000 });
    await runtime.load({ path: toyBase }, { threads: 1 });
    slow.begin();
    const start = performance.now();
    expect(await answer({ adapters: [{ path: toyLora, scale: 1 }] })).toMatch(/^\{.*\}$/);
    expect(performance.now() - start, "longer than any silence").toBeGreaterThan(3500);
    expect(runtime.state.state).toBe("ready");
  });

  it("stops the model when the reader leaves, and says nothing of it", async () => {
    await runtime.load({ path: toyBase }, { threads: 1 });
    for await (const event of runtime.generate({ ...question, sampling: { ...sampling, temperature: 1.5, seed: 7, maxTokens: 900 } })) if (event.type === "text") break;
    const stop = new AbortController();
    stop.abort();
    await expect(answer({}, stop.signal)).rejects.toMatchObject({ name: "AbortError" });
    expect(await answer()).toBe("I don't know.");
    expect(processes).toHaveLength(1);
  });

  it("answers side by side requests one after the other", async () => {
    await runtime.load({ path: toyBase }, { threads: 1 });
    const corners = await Promise.all([answer(), answer({ adapters: [{ path: toyLora, scale: 1 }] }), answer()]);
    expect(corners[0]).toBe("I don't know.");
    expect(corners[1]).toMatch(/^\{/);
    expect(corners[2]).toBe(corners[0]);
  });

  it("keeps the loaded model when another one is refused, and says why", async () => {
    await runtime.load({ path: toyBase }, { threads: 1 });
    await expect(runtime.load({ path: toyLora })).rejects.toMatchObject({ code: "MODEL_REFUSED" });
    await expect(runtime.load({ id: "none" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(runtime.load({ path: join(folder, "none.gguf") })).rejects.toBeInstanceOf(LorekeepError);
    expect(await answer()).toBe("I don't know.");
  });

  it("gives up a GPU that takes the process down, and loads without it", async () => {
    runtime.dispose();
    // A driver that crashes: the process dies on the first load that asks for the GPU.
    const real = createNodeWorkerHost(workersFolder);
    let gpuLoads = 0;
    const crashing: WorkerHost = { spawn: (name, o) => {
      const process = real.spawn(name, o);
      processes.push(process);
      const { port } = process;
      return { ...process, port: { on: port.on.bind(port), postMessage: (data) => {
        if (/"gpu":"auto"/.test(asText(data))) {
          gpuLoads++;
          process.kill();
        } else port.postMessage(data);
      } } };
    } };
    runtime = new ModelRuntime({ host: crashing, shelf });
    expect(await runtime.load({ path: toyBase }, { threads: 1 })).toMatchObject({ backend: "cpu" });
    await runtime.load({ path: toyBase }, { threads: 1 });
    expect(gpuLoads).toBe(1);
    expect(await answer()).toBe("I don't know.");
  });
});
