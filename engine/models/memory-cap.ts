import { contextBytes } from "../base/gguf/fit.ts";
import type { GgufInfo } from "../base/gguf/info.ts";

/** Node, the runtime's own buffers, grammar and sampler: beyond weights and contexts. */
export const SLACK_BYTES = 2 ** 30;
/** What the worker keeps at most, each with its own cache; see the generator's ContextPool. */
const CONTEXTS = 4;
const LARGEST_AUTOMATIC_CONTEXT = 32_768;
/** A file's numbers take what they take on disk, and a little around them. */
export const FILE_IN_MEMORY = 1.2;

/** The cap of the process: a runaway ends, a model that is merely large does not. */
export function memoryFor(info: GgufInfo, contextSize: number | undefined): number {
  const context = contextSize ?? Math.min(info.contextLength ?? LARGEST_AUTOMATIC_CONTEXT, LARGEST_AUTOMATIC_CONTEXT);
  return info.fileBytes * FILE_IN_MEMORY + CONTEXTS * contextBytes(info, context) * 1.2 + SLACK_BYTES;
}
