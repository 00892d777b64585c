import type { AnswerOptions } from "../../contract/answers.ts";
import type { GeneratorLoaded } from "../../contract/models.ts";
import type { GenerateEvent, GenerateInput, SamplingOptions } from "../../workers/generator/contract.ts";

/** The model that answers, loaded and ready. */
export interface ChatModelReady {
  /** Its id and name on the shelf. */
  readonly id: string;
  readonly name: string;
  readonly loaded: GeneratorLoaded;
  /** Sampling the model's own metadata asks for; fields it does not name are absent. */
  readonly sampling?: Partial<SamplingOptions>;
  /** true where the shelf knows that a fine-tune is merged into it. */
  readonly isFineTune?: boolean;
}

/** An item of the shelf and its file. */
export interface ModelFile {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
}

/** An adapter of the shelf, ready for the runtime. */
export interface AdapterReady {
  readonly modelId: string;
  readonly name: string;
  readonly path: string;
  readonly scale: number;
}

/**
 * All that answering needs of a language model. One model at a time: `ensureLoaded` may release the one before, so whoever counts or
 * generates holds the turn (engine/base/mutex.ts) from loading to the last token.
 */
export interface ChatModel {
  /** The model that is loaded at this moment, by its name; undefined: none is, and asking for one would load it. */
  current(): { readonly name: string } | undefined;
  /** Loads unless it is there. Without an id: the loaded one, else the shelf's default. @throws LorekeepError NEEDS_MODEL, MODEL_REFUSED, MODEL_FAILED */
  ensureLoaded(modelId: string | undefined, signal: AbortSignal): Promise<ChatModelReady>;
  /** @throws LorekeepError NEEDS_ADAPTER where one is not on the shelf or its file is missing */
  resolveAdapters(choices: AnswerOptions["adapters"]): Promise<readonly AdapterReady[]>;
  /** The items of the shelf that ids mean (a fine-tune: its default version), each with the hash of its file as it is now. @throws LorekeepError NOT_FOUND, MODEL_REFUSED, CONFLICT */
  filesOf(ids: readonly string[], signal: AbortSignal): Promise<readonly ModelFile[]>;
  /** Name of the model that is loaded now; nothing is loaded for being asked. */
  loadedName(): Promise<string | undefined>;
  /** Tokens of each text in the loaded model's own tokenizer. */
  countTokens(texts: readonly string[], signal: AbortSignal): Promise<readonly number[]>;
  /** Tokens of the conversation as the model's template renders it. */
  countPromptTokens(input: Pick<GenerateInput, "system" | "history" | "prompt">, signal: AbortSignal): Promise<number>;
  /** Streams text, then one `done`. Aborting stops the model. */
  generate(input: GenerateInput, signal: AbortSignal): AsyncIterable<GenerateEvent>;
}
