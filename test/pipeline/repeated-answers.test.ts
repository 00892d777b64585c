import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { EngineClient } from "../../engine/contract/index.ts";
import { createEngine, type Engine } from "../../engine/engine.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { fixture, projectRoot, workersFolder } from "../data.ts";

const workspace = mkdtempSync(join(tmpdir(), "lorekeep-repeated-"));
const questions = ["How high above the sea is Wilsek?", "What is the altitude of Morvin?", "Which festival does Morvin celebrate?", "How many people did the census find in Tarpek?", "What is the population of Wilsek?", "On which river does Tarpek lie?"];
let engine: Engine;

async function open(): Promise<EngineClient> {
  engine = await createEngine({ workspace, hostKind: "test", workerHost: createNodeWorkerHost(workersFolder), resources: projectRoot, version: "0.0.0-test" });
  return engine.client;
}

async function answer(client: EngineClient, text: string): Promise<{ text: string; prompt: number | undefined }> {
  for await (const event of await client.answers.ask({ text, options: { mode: "documents", adapters: [], filter: {}, sampling: { temperature: 0, maxTokens: 40 } } })) {
    if (event.type === "done") return { text: event.message.text, prompt: event.message.trace.tokens.prompt };
  }
  throw new Error("The stream ended without an answer");
}

beforeAll(async () => {
  const client = await open();
  await client.settings.update({ models: { threads: 1, gpu: "off" } });
  await client.documents.add({ paths: [fixture("toy-world", "documents", "town-guide.txt")] });
  await client.queue.idle();
  for await (const event of await client.models.import({ path: fixture("toy-world", "models", "toy-world-base-q8.gguf"), mode: "link" })) if (event.type === "done") await client.models.load({ id: event.item.id });
}, 120_000);
afterAll(async () => {
  await engine.dispose();
  rmSync(workspace, { recursive: true, force: true });
});

it("greedy answers of chats repeat: in another order, in other conversations, after a restart", async () => {
  const first = new Map<string, unknown>();
  for (const question of questions) first.set(question, await answer(engine.client, question));
  await engine.dispose();
  const client = await open();
  for (const question of [...questions].reverse()) expect(await answer(client, question)).toEqual(first.get(question));
}, 120_000);
