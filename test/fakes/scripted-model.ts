import type { AdapterReady, ChatModel, ChatModelReady, ModelFile } from "../../engine/answer/write/chat-model.ts";
import { LorekeepError } from "../../engine/base/errors.ts";
import type { GenerateEvent, GenerateInput } from "../../engine/workers/generator/contract.ts";

export interface ScriptedModelOptions {
  /** What it says to a prompt; an Error is thrown in the middle of the answer. */
  readonly say: (input: GenerateInput) => string | Error;
  readonly contextSize?: number;
  /** Why it stops, where not because it has said everything. */
  readonly stopReason?: Extract<GenerateEvent, { type: "done" }>["stopReason"];
  /** Milliseconds between two words. */
  readonly wordMs?: number;
  /** Absent: there is no model. */
  readonly installed?: boolean;
  readonly isFineTune?: boolean;
  /** Hashes of files by the ids of their items, where a test changes them. */
  readonly files?: ReadonlyMap<string, string>;
  /** It is in memory already, so that follow-ups may be completed by it. Default: no. */
  readonly loaded?: boolean;
}

/** A chat model that says what the test wants, one word at a time, counts words as tokens, and stops when it is told to. */
export class ScriptedModel implements ChatModel {
  readonly prompts: GenerateInput[] = [];
  /** Generations at the same moment, the most there were. */
  mostAtOnce = 0;
  private atOnce = 0;
  private readonly options: ScriptedModelOptions;

  constructor(options: ScriptedModelOptions) {
    this.options = options;
  }

  current(): { name: string } | undefined {
    return this.options.loaded === true ? { name: "Scripted" } : undefined;
  }

  async ensureLoaded(modelId: string | undefined): Promise<ChatModelReady> {
    if (this.options.installed === false) throw new LorekeepError("NEEDS_MODEL", { reason: "There is no model yet.", next: "Import a GGUF or download one." });
    const contextSize = this.options.contextSize ?? 4096;
    return {
      id: modelId ?? "scripted", name: "Scripted", isFineTune: this.options.isFineTune ?? false,
      loaded: {
        architecture: "script", parameters: 0, quantisation: "none", trainContextSize: contextSize, contextSize, template: { source: "gguf", name: "script" },
        backend: "cpu", gpuLayers: 0, totalLayers: 1, threads: 1, memory: { modelBytes: 0, contextBytes: 0, freeBytesBefore: 0 }, loadMs: 0,
      },
    };
  }

  async resolveAdapters(choices: readonly { modelId: string; scale: number }[]): Promise<readonly AdapterReady[]> {
    return choices.map(({ modelId, scale }) => ({ modelId, name: modelId, path: `/adapters/${modelId}.gguf`, scale }));
  }

  async filesOf(ids: readonly string[]): Promise<readonly ModelFile[]> {
    return ids.map((id) => ({ id, name: id, sha256: this.options.files?.get(id) ?? `file of ${id}` }));
  }

  async loadedName(): Promise<string | undefined> {
    return this.options.installed === false ? undefined : "Scripted";
  }

  async countTokens(texts: readonly string[]): Promise<readonly number[]> {
    return texts.map(words);
  }

  async countPromptTokens({ system, history, prompt }: Pick<GenerateInput, "system" | "history" | "prompt">): Promise<number> {
    return [system, ...history.map((turn) => turn.text), prompt].reduce((sum, text) => sum + words(text) + 3, 0);
  }

  async *generate(input: GenerateInput, signal: AbortSignal): AsyncGenerator<GenerateEvent, void, void> {
    this.prompts.push(input);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    try {
      const said = this.options.say(input);
      const pieces = (said instanceof Error ? "It was going" : said).split(/(?<= )/);
      for (const text of pieces) {
        await new Promise((resolve) => setTimeout(resolve, this.options.wordMs ?? 0));
        signal.throwIfAborted();
        yield { type: "text", text };
      }
      if (said instanceof Error) throw said;
      yield { type: "done", stopReason: this.options.stopReason ?? "end", promptTokens: await this.countPromptTokens(input), cachedTokens: 0, completionTokens: pieces.length, promptMs: 1, generateMs: pieces.length };
    } finally {
      this.atOnce--;
    }
  }
}

const words = (text: string) => text.split(/\s+/).filter(Boolean).length;
