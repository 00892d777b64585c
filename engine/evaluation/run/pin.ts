import { isDeepStrictEqual } from "node:util";
import type { ChatModel, ChatModelReady, ModelFile } from "../../answer/write/chat-model.ts";
import { modeParts } from "../../answer/modes.ts";
import type { Mutex } from "../../base/mutex.ts";
import { LorekeepError } from "../../base/errors.ts";
import type { RunVariant } from "../../contract/runs.ts";
import type { RunContent, RunFile, RunHeader } from "./run-file.ts";

interface Means {
  readonly chatModel: Pick<ChatModel, "ensureLoaded" | "resolveAdapters" | "filesOf">;
  readonly turn: Mutex;
}

type Judge = NonNullable<RunHeader["judge"]>;

/**
 * "Whichever model is there" and a fine-tune's default version are decided once, and the files of models, adapters and the judge written down by
 * their hashes, so that all corners and a run that goes on tomorrow have the same.
 * @throws LorekeepError CONFLICT where a file, or the model that is loaded, is another one than the run began with; what loading throws
 */
export async function pinModels(file: RunFile, { chatModel, turn }: Means, signal: AbortSignal): Promise<void> {
  const { variants, judge } = file.content.header;
  const open = variants.some(({ mode, modelId }) => modeParts[mode].model && modelId === undefined);
  const loaded = open ? await turn.run(signal, () => chatModel.ensureLoaded(undefined, signal)) : undefined;
  const pinned: RunVariant[] = [];
  for (const one of variants) pinned.push(modeParts[one.mode].model ? await pin(one, { chatModel, loaded }, signal) : one);
  const pinnedJudge = judge && (await pinJudge(judge, hasVerdicts(file.content), chatModel, signal));
  if (!isDeepStrictEqual([pinned, pinnedJudge], [variants, judge])) await file.append({ type: "models", variants: pinned, ...(pinnedJudge ? { judge: pinnedJudge } : {}) });
}

/** Whether the files that were written down are these still. One that is gone is for the run to say when it goes on. */
export async function isAsPinned({ header, answers }: RunContent, chatModel: Means["chatModel"], signal: AbortSignal): Promise<boolean> {
  const { variants, judge } = header;
  const written = new Map(variants.flatMap(({ files = {} }) => Object.entries(files)));
  if (judge?.sha256 !== undefined && hasVerdicts({ answers })) written.set(judge.modelId, judge.sha256);
  try {
    return (await chatModel.filesOf([...written.keys()], signal)).every(({ id, sha256 }) => written.get(id) === sha256);
  } catch (error) {
    if (error instanceof LorekeepError) return true;
    throw error;
  }
}

async function pin(variant: RunVariant, { chatModel, loaded }: Pick<Means, "chatModel"> & { loaded: ChatModelReady | undefined }, signal: AbortSignal): Promise<RunVariant> {
  const adapters = variant.adapters.length === 0 ? [] : (await chatModel.resolveAdapters(variant.adapters)).map(({ modelId, scale }) => ({ modelId, scale }));
  const chosen = variant.modelId ?? loaded?.id;
  const now = await chatModel.filesOf([...(chosen === undefined ? [] : [chosen]), ...adapters.map(({ modelId }) => modelId)], signal);
  const model = chosen === undefined ? undefined : now[0];
  refuseOthers(variant, now);
  // Where no adapter is named, the model must be known as a fine-tune: naming another one here would be taken for a person's word that it is merged.
  const open = variant.modelId === undefined && modeParts[variant.mode].fineTune && adapters.length === 0 && loaded?.isFineTune !== true;
  return { ...variant, adapters, ...(open || !model ? {} : { modelId: model.id }), files: Object.fromEntries(now.map(({ id, sha256 }) => [id, sha256])) };
}

/** Until there is a verdict, it may be any file: none was given by another. */
async function pinJudge(judge: Judge, used: boolean, chatModel: Means["chatModel"], signal: AbortSignal): Promise<Judge> {
  const [now] = await chatModel.filesOf([judge.modelId], signal);
  if (!now) return judge;
  if (used && judge.sha256 !== undefined && judge.sha256 !== now.sha256) throw otherFile(`The file of ${now.name}, which judges,`);
  return { modelId: now.id, sha256: now.sha256 };
}

const hasVerdicts = ({ answers }: Pick<RunContent, "answers">): boolean => [...answers.values()].some(({ judged }) => judged !== undefined && judged.verdict !== "none");

function refuseOthers({ files = {} }: RunVariant, now: readonly ModelFile[]): void {
  for (const [id, sha256] of Object.entries(files)) {
    const found = now.find((one) => one.id === id);
    if (found?.sha256 === sha256) continue;
    throw found ? otherFile(`The file of ${found.name}`) : new LorekeepError("CONFLICT", { reason: "Another model is loaded than this run began with.", next: "Load that model to go on, or remove the run and start another." });
  }
}

const otherFile = (what: string) => new LorekeepError("CONFLICT", { reason: `${what} is another one than this run began with.`, next: "Put the file back and go on, or start again: that begins a new run." });
