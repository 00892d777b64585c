import type { ChatModel, ChatModelReady } from "../../engine/answer/chat-model.ts";
import { LorekeepError } from "../../engine/base/errors.ts";
import { pump } from "../../engine/base/pump.ts";
import type { generatorContract, GenerateEvent } from "../../engine/workers/generator/contract.ts";
import type { WorkerHost } from "../../engine/workers/host.ts";
import { Supervisor } from "../../engine/workers/supervisor.ts";

/** Files by the ids they are asked for under: one base and its adapters. */
export interface ModelFiles {
  readonly base: string;
  readonly adapters: Readonly<Record<string, string>>;
  readonly threads: number;
}

/** The real generator worker as a {@link ChatModel}, without a shelf: for measuring answers and nothing else. */
export function chatModelFromFiles(host: WorkerHost, files: ModelFiles): ChatModel & { dispose(): void } {
  const worker = new Supervisor<typeof generatorContract>(host, "generator", { memoryMb: 3000, idleMs: 0, startMs: 30_000 });
  const deadlineMs = 120_000;
  let ready: Promise<ChatModelReady> | undefined;
  const load = async (): Promise<ChatModelReady> => {
    const loaded = await worker.call((client, signal) => client.load({ path: files.base, gpu: "off", threads: files.threads, fallbackTemplate: "chatml" }, { signal }), { deadlineMs });
    return { id: "toy", name: "Toy world", loaded };
  };
  return {
    current: () => undefined, // What is measured is how it answers; follow-ups are completed by rule.
    ensureLoaded: () => (ready ??= load()),
    resolveAdapters: async (choices) => choices.map(({ modelId, scale }) => {
      const path = files.adapters[modelId];
      if (path === undefined) throw new LorekeepError("NEEDS_ADAPTER", `There is no adapter ${modelId}.`);
      return { modelId, name: modelId, path, scale };
    }),
    loadedName: async () => (await ready)?.name,
    countTokens: (texts, signal) => worker.call((client, inner) => client.countTokens({ texts: [...texts] }, { signal: inner }), { deadlineMs, signal }),
    countPromptTokens: (input, signal) => worker.call((client, inner) => client.countPromptTokens(input, { signal: inner }), { deadlineMs, signal }),
    generate: (input, signal) => pump<GenerateEvent>((emit, stop) => worker.call(async (client, inner, _, alive) => {
      for await (const event of await client.generate(input, { signal: inner })) {
        alive();
        emit(event);
      }
    }, { deadlineMs, signal: stop }), signal),
    dispose: () => worker.dispose(),
  };
}
