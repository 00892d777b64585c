import { readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { blockEngine } from "../block-engine.ts";
import { fixture } from "../data.ts";
import { FakeHub } from "../fakes/hub-server.ts";

const engine = blockEngine();
let hub: FakeHub;
beforeAll(async () => {
  vi.stubEnv("HF_ENDPOINT", ""); // set to nothing: not set
  hub = await FakeHub.start();
  await engine.client.settings.update({ models: { hubEndpoint: hub.endpoint } });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await hub.stop();
});

it("a model of the catalogue counts as installed for as long as its file is there, and can be downloaded again afterwards", async () => {
  const { models } = engine.client;
  const entry = (await models.catalogue()).find(({ kind }) => kind === "chat");
  if (!entry) throw new Error("The catalogue has no model that writes.");
  hub.add(`${entry.repo}/${entry.file}`, { content: readFileSync(fixture("toy-world", "models", "toy-world-base-q8.gguf")) });
  const isInstalled = async () => (await models.catalogue()).find(({ id }) => id === entry.id)?.installed;
  const brought = async () => {
    const { id } = await models.download({ catalogueId: entry.id });
    await expect.poll(async () => (await models.downloads()).find((one) => one.id === id)?.state).toBe("done");
    const [item] = await models.list();
    if (!item) throw new Error("It is not on the shelf.");
    return item;
  };
  expect(await isInstalled()).toBe(false);
  const first = await brought();
  expect(await isInstalled()).toBe(true);
  rmSync(first.path);
  expect(await isInstalled(), "its file is gone").toBe(false);
  expect(await brought()).toMatchObject({ id: first.id, state: "ready" });
  expect(await isInstalled()).toBe(true);
  await models.remove({ id: first.id });
  expect(await isInstalled(), "taken off the shelf").toBe(false);
});
