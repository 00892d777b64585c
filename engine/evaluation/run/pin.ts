import { isDeepStrictEqual } from "node:util";
import type { ChatModel, ModelFile } from "../../answer/write/chat-model.ts";
import { modeParts } from "../../answer/modes.ts";
import type { Mutex } from "../../base/mutex.ts";
import { LorekeepError } from "../../base/errors.ts";
import type { RunVariant } from "../../contract/runs.ts";
import type { RunFile } from "./run-file.ts";

interface Means {
  readonly chatModel: Pick<ChatModel, "ensureLoaded" | "resolveAdapters" | "filesOf">;
  readonly turn: Mutex;
}

/**
 * "Whichever model is there" and a fine-tune's default version are decided once, and the files of models and adapters written down by their hashes,
 * so that all corners and a run that goes on tomorrow have the same.
 * @throws LorekeepError CONFLICT where a file, or the model that is loaded, is another one than the run began with; what loading throws
 */
export async function pinModels(file: RunFile, { chatModel, turn }: Means, signal: AbortSignal): Promise<void> {
  const { variants } = file.content.header;
  const open = variants.some(({ mode, modelId }) => modeParts[mode].model && modelId === undefined);
  const loaded = open ? await turn.run(signal, () => chatModel.ensureLoaded(undefined, signal)) : undefined;
  const pinned: RunVariant[] = [];
  for (const one of variants) pinned.push(modeParts[one.mode].model ? await pin(one, { chatModel, loadedId: loaded?.id }, signal) : one);
  if (!isDeepStrictEqual(pinned, variants)) await file.append({ type: "models", variants: pinned });
}

async function pin(variant: RunVariant, { chatModel, loadedId }: Pick<Means, "chatModel"> & { loadedId: string | undefined }, signal: AbortSignal): Promise<RunVariant> {
  const adapters = variant.adapters.length === 0 ? [] : (await chatModel.resolveAdapters(variant.adapters)).map(({ modelId, scale }) => ({ modelId, scale }));
  const chosen = variant.modelId ?? loadedId;
  const now = await chatModel.filesOf([...(chosen === undefined ? [] : [chosen]), ...adapters.map(({ modelId }) => modelId)], signal);
  const model = chosen === undefined ? undefined : now[0];
  refuseOthers(variant, now);
  // A fine-tune without an adapter must be told by its model: naming one here would be taken for a person's word that it is merged.
  const open = variant.modelId === undefined && modeParts[variant.mode].fineTune && adapters.length === 0;
  return { ...variant, adapters, ...(open || !model ? {} : { modelId: model.id }), files: Object.fromEntries(now.map(({ id, sha256 }) => [id, sha256])) };
}

function refuseOthers({ files = {} }: RunVariant, now: readonly ModelFile[]): void {
  for (const [id, sha256] of Object.entries(files)) {
    const found = now.find((one) => one.id === id);
    if (found?.sha256 === sha256) continue;
    const reason = found ? `The file of ${found.name} is another one than this run began with.` : "Another model is loaded than this run began with.";
    throw new LorekeepError("CONFLICT", { reason, next: found ? "Put the file back to go on, or remove the run and start another." : "Load that model to go on, or remove the run and start another." });
  }
}
