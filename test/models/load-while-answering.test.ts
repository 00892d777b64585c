import { expect, it } from "vitest";
import type { AssistantMessage } from "../../engine/contract/index.ts";
import { blockEngine } from "../block-engine.ts";
import { editGguf } from "../fakes/gguf-edit.ts";
import { importModel } from "../test-engine.ts";
import { toyBase } from "./generator-worker.ts";

const engine = blockEngine();

async function ask(modelId: string, onStep: (name: string) => void = () => undefined): Promise<AssistantMessage> {
  for await (const event of await engine.client.answers.ask({ text: "Who is the mayor of Selalson?", options: { mode: "base", modelId, adapters: [], filter: {}, sampling: { temperature: 0, maxTokens: 40 } } })) {
    if (event.type === "step") onStep(event.name);
    if (event.type === "done") return event.message;
  }
  throw new Error("The answer ended without a message");
}

it("a model that a person loads while another one answers waits until that has said its last word", async () => {
  const one = await importModel(engine, toyBase);
  const mute = await editGguf(toyBase, (tensors) => tensors.map((t) => (t.name.endsWith("attn_v.weight") ? { ...t, data: Buffer.alloc(t.data.length) } : t)));
  const other = await importModel(engine, engine.write("other.gguf", mute));
  let loading: Promise<unknown> | undefined;
  const answered = await ask(one.id, (name) => { if (name === "load") loading = engine.client.models.load({ id: other.id }); });
  await loading;
  expect(answered).toMatchObject({ state: "complete", trace: { model: { id: one.id } } });
  expect((await engine.client.models.runtime()).modelId).toBe(other.id);
  expect((await ask(other.id)).text, "else this test could not tell who answered").not.toBe(answered.text);
  expect((await ask(one.id)).text).toBe(answered.text);
});
