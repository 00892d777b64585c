import { stat } from "node:fs/promises";
import { contextBytes } from "../base/gguf/fit.ts";
import type { GgufInfo } from "../base/gguf/info.ts";

/** Node, the runtime's own buffers, grammar and sampler: beyond weights and contexts. */
const SLACK_BYTES = 2 ** 30;
/** What the worker keeps at most, each with its own cache; see the generator's ContextPool. */
const CONTEXTS = 4;
const LARGEST_AUTOMATIC_CONTEXT = 32_768;
/** A file's numbers take what they take on disk, and a little around them. */
const FILE_IN_MEMORY = 1.2;

/** The cap of the process: a runaway ends, a model that is merely large does not. */
function memoryFor(info: GgufInfo, contextSize: number | undefined): number {
  const context = contextSize ?? Math.min(info.contextLength ?? LARGEST_AUTOMATIC_CONTEXT, LARGEST_AUTOMATIC_CONTEXT);
  return info.fileBytes * FILE_IN_MEMORY + CONTEXTS * contextBytes(info, context) * 1.2 + SLACK_BYTES;
}

/** The cap of the generator's process: its model, and every adapter used since that was loaded. The process keeps them all, and they must not count as a runaway. */
export class GeneratorMemory {
  private modelBytes = SLACK_BYTES;
  private readonly adapterBytes = new Map<string, number>();

  get limitBytes(): number {
    return [...this.adapterBytes.values()].reduce((sum, bytes) => sum + bytes * FILE_IN_MEMORY, this.modelBytes);
  }

  modelLoads(info: GgufInfo, contextSize: number | undefined): void {
    this.modelBytes = memoryFor(info, contextSize);
    this.adapterBytes.clear();
  }

  /** One that is gone is the worker's to refuse, with its name. */
  async adaptersUsed(paths: readonly string[]): Promise<void> {
    for (const path of paths) this.adapterBytes.set(path, await stat(path).then(({ size }) => size, () => 0));
  }
}
