import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine, type Engine } from "../engine/engine.ts";
import { createNodeWorkerHost } from "../engine/workers/node-host.ts";
import { projectRoot, workersFolder } from "./data.ts";

export interface TestEngine extends Engine {
  readonly workspace: string;
}

/** The whole engine with real workers on a folder of its own, which goes with it. llama.cpp gets one thread: see DESIGN §5. */
export async function createTestEngine(): Promise<TestEngine> {
  const workspace = mkdtempSync(join(tmpdir(), "lorekeep-engine-"));
  const engine = await createEngine({ workspace, hostKind: "test", workerHost: createNodeWorkerHost(workersFolder), resources: projectRoot, version: "0.0.0-test" });
  await engine.client.settings.update({ models: { threads: 1, gpu: "off" } });
  return {
    ...engine, workspace,
    dispose: async () => {
      await engine.dispose();
      rmSync(workspace, { recursive: true, force: true });
    },
  };
}
