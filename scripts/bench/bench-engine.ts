import { resolve } from "node:path";
import { createEngine, type Engine } from "../../engine/engine.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";

/** The whole engine with its real workers on a workspace, run from the project's root; llama.cpp gets one thread. */
export async function openBenchEngine(workspace: string): Promise<Engine> {
  const engine = await createEngine({ workspace, hostKind: "test", workerHost: createNodeWorkerHost(resolve("out", "workers")), resources: process.cwd(), version: "0.0.0-bench" });
  await engine.client.settings.update({ models: { threads: 1, gpu: "off" } });
  return engine;
}
