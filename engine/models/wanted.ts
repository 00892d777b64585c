import { basename } from "node:path";
import type { InferContractRouterInputs } from "@orpc/contract";
import { LorekeepError } from "../base/errors.ts";
import { inspectGguf, type GgufInfo } from "../base/gguf/info.ts";
import type { generatorContract } from "../workers/generator/contract.ts";
import type { ModelShelf } from "./shelf.ts";

export type LoadInput = InferContractRouterInputs<typeof generatorContract>["load"];

export interface LoadOptions {
  /** Tokens; absent: see the generator's contract. */
  readonly contextSize?: number;
  /** Default "auto". */
  readonly gpu?: LoadInput["gpu"];
  /** Absent: as measured before on this machine, else measured now and remembered. */
  readonly threads?: number;
  /** Where the GGUF has no chat template. Default "chatml". */
  readonly fallbackTemplate?: LoadInput["fallbackTemplate"];
  readonly signal?: AbortSignal | undefined;
}

/** A model of the shelf by its id, or any GGUF by its path. */
export type ModelRef = { readonly id: string } | { readonly path: string };

/** What was asked for: enough to bring it back into a fresh process. */
export interface Wanted {
  readonly modelId: string | undefined;
  readonly sha256: string | undefined;
  readonly input: LoadInput;
}

/** Finds and reads what is to be loaded. @throws LorekeepError NOT_FOUND, MODEL_REFUSED where it is no model that writes */
export async function resolveWanted(ref: ModelRef, options: LoadOptions, shelf: Pick<ModelShelf, "get" | "threadsFor">): Promise<{ wanted: Wanted; info: GgufInfo }> {
  const item = "id" in ref ? await shelf.get(ref.id) : undefined;
  if (item?.state === "missing") throw new LorekeepError("NOT_FOUND", { reason: `The file of ${item.name} is not where it was.`, next: `Put it back at ${item.path}, or add it again.` });
  const path = item?.path ?? ("path" in ref ? ref.path : "");
  const info = await inspectGguf(path, options.signal ? { signal: options.signal } : {});
  if (info.kind === "adapter") throw new LorekeepError("MODEL_REFUSED", { reason: `${item?.name ?? basename(path)} is an adapter, not a model.`, next: "Load its base model and choose it as the adapter." });
  if (info.kind === "reranker") throw new LorekeepError("MODEL_REFUSED", { reason: `${item?.name ?? basename(path)} is a reranker; it cannot write answers.`, next: "Choose it as the reranker in the settings, and a chat model here." });
  const threads = options.threads ?? (item ? shelf.threadsFor(item.sha256) : undefined);
  const wanted = {
    modelId: item?.id, sha256: item?.sha256,
    input: {
      path, gpu: options.gpu ?? ("auto" as const), fallbackTemplate: options.fallbackTemplate ?? ("chatml" as const),
      ...(options.contextSize === undefined ? {} : { contextSize: options.contextSize }), ...(threads === undefined ? {} : { threads }),
    },
  };
  return { wanted, info };
}
