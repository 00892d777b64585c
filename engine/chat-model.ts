import type { ChatModel } from "./answer/chat-model.ts";
import { LorekeepError } from "./base/errors.ts";
import type { Settings } from "./contract/settings.ts";
import { loadOptions } from "./models/routes.ts";
import type { ModelRuntime } from "./models/runtime.ts";
import type { ModelShelf } from "./models/shelf.ts";
import type { ShelfItem } from "./models/types.ts";

export interface ChatModelParts {
  readonly shelf: ModelShelf;
  readonly runtime: ModelRuntime;
  readonly settings: () => Settings;
}

/** What answering asks of a model (engine/answer/chat-model.ts), met by the shelf and the runtime. Releases the model after some idle minutes. */
export function createChatModel({ shelf, runtime, settings }: ChatModelParts): ChatModel & { dispose(): void } {
  let idle: NodeJS.Timeout | undefined;
  const used = () => {
    clearTimeout(idle);
    const minutes = settings().models.idleMinutes;
    if (minutes > 0) idle = setTimeout(() => void runtime.unload(), minutes * 60_000).unref();
  };
  return {
    current() {
      const { state, modelId } = runtime.state;
      return state === "ready" ? { name: (modelId && shelf.nameOf(modelId)) || "the loaded model" } : undefined;
    },
    async ensureLoaded(modelId, signal) {
      const item = modelId === undefined ? await defaultModel() : await shelf.get(modelId);
      const { state, modelId: current, loaded } = runtime.state;
      const now = state === "ready" && current === item.id && loaded ? loaded : await runtime.load({ id: item.id }, { ...loadOptions(settings()), signal });
      used();
      return { id: item.id, name: item.name, loaded: now };
    },
    resolveAdapters: (choices) => Promise.all(choices.map(async ({ modelId, scale }) => {
      const item = await shelf.get(modelId).catch(() => undefined);
      if (item?.kind === "adapter" && item.state === "ready") return { modelId, name: item.name, path: item.path, scale };
      throw new LorekeepError("NEEDS_ADAPTER", { reason: item ? `The file of ${item.name} is not where it was.` : "The adapter is not on the shelf.", next: "Choose another adapter, or add it again." });
    })),
    loadedName: async () => {
      const { state, modelId } = runtime.state;
      return state === "ready" && modelId !== undefined ? (await shelf.list()).find(({ id }) => id === modelId)?.name : undefined;
    },
    countTokens: (texts, signal) => runtime.countTokens(texts, signal),
    countPromptTokens: (input, signal) => runtime.countPromptTokens(input, signal),
    async *generate(input, signal) {
      clearTimeout(idle);
      try {
        yield* runtime.generate(input, signal);
      } finally {
        used();
      }
    },
    dispose: () => clearTimeout(idle),
  };

  /** The loaded one, else the one of the settings, else the newest on the shelf that is there. */
  async function defaultModel(): Promise<ShelfItem> {
    const models = (await shelf.list()).filter((item) => item.kind === "model" && item.state === "ready");
    const found = [runtime.state.modelId, settings().models.defaultModelId].map((id) => models.find((item) => item.id === id)).find(Boolean) ?? models[0];
    if (found) return found;
    throw new LorekeepError("NEEDS_MODEL", { reason: "There is no model yet.", next: "Add a GGUF file under Models, or use the Quotes mode, which needs none." });
  }
}
