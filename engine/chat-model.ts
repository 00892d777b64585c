import type { ChatModel } from "./answer/write/chat-model.ts";
import { LorekeepError } from "./base/errors.ts";
import type { Settings } from "./contract/settings.ts";
import { loadOptions } from "./models/routes.ts";
import type { ModelRuntime } from "./models/runtime.ts";
import type { FineTunes } from "./models/fine-tunes.ts";
import type { ModelShelf } from "./models/shelf.ts";
import type { ShelfItem } from "./models/types.ts";
import type { ProbedModel } from "./tune/check/check.ts";

export interface ChatModelParts {
  readonly shelf: ModelShelf;
  readonly fineTunes: FineTunes;
  readonly runtime: ModelRuntime;
  readonly settings: () => Settings;
  /** An item of the shelf as its file is now, hashed again where it changed. */
  readonly refreshed: (itemId: string, signal: AbortSignal) => Promise<ShelfItem>;
}

/**
 * What answering and checking ask of a model (engine/answer/write/chat-model.ts, engine/tune/check), met by the shelf and the runtime. Releases the model
 * after some idle minutes. Where an id is asked for, a fine-tune's means its default version.
 */
export function createChatModel({ shelf, fineTunes, runtime, settings, refreshed }: ChatModelParts): ChatModel & ProbedModel & { dispose(): void } {
  let idle: NodeJS.Timeout | undefined;
  let inUse = 0;
  const used = () => {
    clearTimeout(idle);
    const minutes = settings().models.idleMinutes;
    if (minutes > 0 && inUse === 0) idle = setTimeout(() => void runtime.unload(), minutes * 60_000).unref();
  };
  // One that a person loaded and then asks nothing rests as well.
  const off = runtime.onChange(({ state }) => { if (state === "ready") used(); });
  /** A model in use does not rest. */
  async function* whileUsed<T>(events: AsyncIterable<T>): AsyncGenerator<T, void, void> {
    inUse++;
    clearTimeout(idle);
    try {
      yield* events;
    } finally {
      inUse--;
      used();
    }
  }
  return {
    loadedId: () => (runtime.state.state === "ready" ? runtime.state.modelId : undefined),
    current() {
      const { state, modelId } = runtime.state;
      return state === "ready" ? { name: (modelId && shelf.nameOf(modelId)) || "the loaded model" } : undefined;
    },
    async ensureLoaded(modelId, signal) {
      const item = modelId === undefined ? await defaultModel() : await shelf.get(fineTunes.resolve(modelId));
      const { state, modelId: current, loaded } = runtime.state;
      const isThis = state === "ready" && current === item.id && runtime.fileSha256 === item.sha256;
      const now = isThis && loaded ? loaded : await runtime.load({ id: item.id }, { ...loadOptions(settings()), signal });
      used();
      return { id: item.id, name: item.name, loaded: now, isFineTune: item.isFineTune };
    },
    async resolveAdapters(choices) {
      const found = await Promise.all(choices.map(async ({ modelId, scale }) => ({ scale, item: await adapterItem(fineTunes.resolve(modelId)) })));
      const twice = found.find(({ item }, at) => found.findIndex((other) => other.item.id === item.id) !== at);
      if (twice) throw new LorekeepError("INVALID", { reason: `The adapter ${twice.item.name} is chosen twice.`, next: "Choose it once, with one strength.", field: "adapters" });
      return found.map(({ item, scale }) => ({ modelId: item.id, name: item.name, path: item.path, scale }));
    },
    async filesOf(ids, signal) {
      const items: ShelfItem[] = [];
      for (const id of ids) items.push(await refreshed(fineTunes.resolve(id), signal));
      return items.map(({ id, name, sha256 }) => ({ id, name, sha256 }));
    },
    loadedName: async () => {
      const { state, modelId } = runtime.state;
      return state === "ready" && modelId !== undefined ? (await shelf.list()).find(({ id }) => id === modelId)?.name : undefined;
    },
    countTokens: (texts, signal) => runtime.countTokens(texts, signal),
    countPromptTokens: (input, signal) => runtime.countPromptTokens(input, signal),
    generate: (input, signal) => whileUsed(runtime.generate(input, signal)),
    probe: (input, signal) => whileUsed(runtime.probe(input, signal)),
    dispose: () => {
      off();
      clearTimeout(idle);
    },
  };

  async function adapterItem(id: string): Promise<ShelfItem> {
    const item = await shelf.get(id).catch(() => undefined);
    if (item?.kind === "adapter" && item.state === "ready") return item;
    throw new LorekeepError("NEEDS_ADAPTER", { reason: item ? (item.kind === "adapter" ? `The file of ${item.name} is not where it was.` : `${item.name} is a model, not an adapter.`) : "The adapter is not on the shelf.", next: "Choose another adapter, or add it again." });
  }

  /** The loaded one, else the one of the settings, else the newest on the shelf that is there. */
  async function defaultModel(): Promise<ShelfItem> {
    const models = (await shelf.list()).filter((item) => item.kind === "model" && item.state === "ready");
    const preferred = settings().models.defaultModelId;
    const found = [runtime.state.modelId, preferred === undefined ? undefined : fineTunes.resolve(preferred)].map((id) => models.find((item) => item.id === id)).find(Boolean) ?? models[0];
    if (found) return found;
    throw new LorekeepError("NEEDS_MODEL", { reason: "There is no model yet.", next: "Add a GGUF file under Models, or use the Quotes mode, which needs none." });
  }
}
