import { implement } from "@orpc/server";
import { LorekeepError } from "../../engine/base/errors.ts";
import { generatorContract } from "../../engine/workers/generator/contract.ts";
import { toWorkerError } from "../../engine/workers/worker-errors.ts";
import { createFakeWorkers } from "./worker-host.ts";

const loaded = {
  architecture: "llama", parameters: 1, quantisation: "Q8_0", trainContextSize: 1024, contextSize: 1024, template: { source: "gguf" as const, name: "ChatML" }, backend: "cpu",
  gpuLayers: 0, totalLayers: 4, threads: 1, memory: { modelBytes: 1, contextBytes: 1, freeBytesBefore: 1 }, loadMs: 1,
};

/** A generator without llama.cpp. Its model goes away with `holds`, as the real one's does when it has to load it afresh and cannot (`loadable`); it loads without `endless` only. */
export function createFakeGenerator() {
  const os = implement(generatorContract);
  const worker = { loads: 0, holds: false, loadable: true, endless: false };
  const failure = (code: "NEEDS_MODEL" | "MODEL_FAILED") => toWorkerError(new LorekeepError(code, code));
  const router = os.router({
    load: os.load.handler(async ({ signal }) => {
      worker.loads++;
      if (worker.endless) await new Promise((_, reject) => { signal?.addEventListener("abort", () => reject(signal.reason as Error)); });
      worker.holds = worker.loadable;
      if (!worker.holds) throw failure("MODEL_FAILED");
      return loaded;
    }),
    unload: os.unload.handler(() => undefined),
    countTokens: os.countTokens.handler(({ input }) => input.texts.map(() => 1)),
    countPromptTokens: os.countPromptTokens.handler(() => 1),
    generate: os.generate.handler(async function* () {
      if (!worker.holds) throw failure("NEEDS_MODEL");
      yield { type: "text", text: "An answer." };
      yield { type: "done", stopReason: "end", promptTokens: 1, cachedTokens: 0, completionTokens: 2, promptMs: 1, generateMs: 1 };
    }),
    probe: os.probe.handler(async function* () { /* not asked */ }),
  });
  const { host, crash } = createFakeWorkers(router);
  return { worker, host, crash };
}
