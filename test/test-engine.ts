import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ShelfItem } from "../engine/contract/index.ts";
import { createEngine, type Engine } from "../engine/engine.ts";
import { createNodeWorkerHost } from "../engine/workers/node-host.ts";
import { projectRoot, workersFolder } from "./data.ts";

export interface TestEngine extends Engine {
  readonly workspace: string;
}

/** A workspace draws the nonces of its prompts with a key of its own; with this one the toy models' greedy answers are the same in every run. */
const KEY = "0123456789abcdef".repeat(4);

/** The whole engine with real workers on a folder of its own, which goes with it. llama.cpp gets one thread: see DESIGN §5. */
export async function createTestEngine(): Promise<TestEngine> {
  const workspace = mkdtempSync(join(tmpdir(), "lorekeep-engine-"));
  writeFileSync(join(workspace, "secret.json"), JSON.stringify({ version: 1, key: KEY }));
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

/** Puts a model onto the shelf; "copy" where its file is to be the workspace's own, which goes when it is removed. */
export async function importModel({ client }: Pick<TestEngine, "client">, path: string, mode: "link" | "copy" = "link"): Promise<ShelfItem> {
  for await (const event of await client.models.import({ path, mode })) if (event.type === "done") return event.item;
  throw new Error("The import ended without an item.");
}
