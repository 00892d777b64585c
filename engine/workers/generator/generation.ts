import { LlamaChat, type Llama, type LlamaChatResponse, type LlamaGrammar, type LlamaModel, type Token } from "node-llama-cpp";
import { LorekeepError } from "../../base/errors.ts";
import type { GenerateEvent, GenerateInput, SamplingOptions } from "./contract.ts";
import type { OpenContext } from "./open-context.ts";
import { chatHistory, promptTokens, type ChatTemplate } from "./template.ts";

export interface GenerationSetting {
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly template: ChatTemplate;
  readonly slot: OpenContext;
}

/** `emit` is called from within the token loop and must not block. */
export interface Run {
  readonly signal: AbortSignal;
  readonly emit: (event: GenerateEvent) => void;
}

/** Prompt tokens evaluated between two looks at the abort signal; the largest is llama.cpp's own batch. */
const FIRST_STEP = 64;
const SMALLEST_STEP = 16;
const LARGEST_STEP = 512;

type StopReason = Extract<GenerateEvent, { type: "done" }>["stopReason"];

/**
 * One answer: text as it comes, then `done`. Resolves after the runtime has
 * really stopped; an abort rejects with the signal's reason, within a token while writing and within about half a second while reading.
 * @throws LorekeepError TOO_LONG, INVALID (JSON schema).
 */
export async function generate(setting: GenerationSetting, input: GenerateInput, run: Run): Promise<void> {
  const { slot, model } = setting;
  const prompt = promptTokens(model, setting.template, input);
  const room = roomFor(prompt.length, slot.context.contextSize);
  const grammar = input.jsonSchema ? await grammarFor(setting.llama, input.jsonSchema) : undefined;
  const started = performance.now();
  const cachedTokens = await readPrompt(setting, prompt, run);
  const meter = slot.sequence.tokenMeter.getState();
  let firstToken: number | undefined;
  const chat = new LlamaChat({ contextSequence: slot.sequence, chatWrapper: setting.template.wrapper });
  try {
    const response = await chat.generateResponse(chatHistory(input), {
      ...samplingFor(input.sampling, room),
      ...(grammar ? { grammar } : {}),
      signal: run.signal,
      contextShift: { strategy: neverShift },
      onToken: () => { firstToken ??= performance.now(); },
      onResponseChunk: (chunk) => {
        firstToken ??= performance.now();
        if (chunk.text !== "") run.emit({ type: chunk.type === "segment" ? "thought" : "text", text: chunk.text });
      },
    });
    run.signal.throwIfAborted();
    const ended = performance.now();
    const completionTokens = slot.sequence.tokenMeter.diff(meter).usedOutputTokens;
    run.emit({
      type: "done", stopReason: stopReasonOf(response, room < input.sampling.maxTokens), promptTokens: prompt.length, cachedTokens, completionTokens,
      promptMs: (firstToken ?? ended) - started, generateMs: ended - (firstToken ?? ended),
    });
  } finally {
    chat.dispose({ disposeSequence: false });
  }
}

/** Tokens left for the answer. A prompt is never cut: the caller chose what is in it and must choose what to leave out. */
function roomFor(promptLength: number, contextSize: number): number {
  const room = contextSize - promptLength - 1;
  if (room >= 1) return room;
  throw new LorekeepError("TOO_LONG", {
    reason: `The conversation takes ${promptLength} tokens; the model's context holds ${contextSize}, and the answer needs room as well.`,
    next: "Start a new conversation, use fewer sources, or load the model with a larger context.",
  });
}

/**
 * Brings the cache to all but the last token of the prompt, keeping what both have in common, in steps that can be stopped. The
 * last token is the chat's own to evaluate. Returns how many tokens were in the cache already.
 */
async function readPrompt({ slot }: GenerationSetting, prompt: readonly Token[], { signal, emit }: Run): Promise<number> {
  const head = prompt.slice(0, -1);
  await slot.sequence.adaptStateToTokens(head, false);
  const cached = slot.sequence.nextTokenIndex;
  let step = FIRST_STEP;
  for (let at = cached; at < head.length;) {
    signal.throwIfAborted();
    if (at > cached) emit({ type: "reading", done: at, total: prompt.length });
    const started = performance.now();
    await slot.sequence.evaluateWithoutGeneratingNewTokens(head.slice(at, at + step));
    at += step;
    step = nextStep(step, performance.now() - started);
  }
  signal.throwIfAborted();
  return cached;
}

/** Large steps are faster, small ones stop sooner: the step grows while it takes next to no time, and shrinks when a person would notice. */
function nextStep(step: number, ms: number): number {
  if (ms < 200) return Math.min(LARGEST_STEP, step * 2);
  return ms > 600 ? Math.max(SMALLEST_STEP, Math.floor(step / 2)) : step;
}

function samplingFor(sampling: SamplingOptions, room: number) {
  const { temperature, topP, topK, minP, repeatPenalty, seed } = sampling;
  return {
    temperature, topP, topK, minP,
    maxTokens: Math.min(sampling.maxTokens, room),
    repeatPenalty: repeatPenalty === 1 || repeatPenalty === 0 ? (false as const) : { penalty: repeatPenalty },
    ...(seed === undefined ? {} : { seed }),
    ...(sampling.stop.length > 0 ? { customStopTriggers: sampling.stop.filter((text) => text !== "") } : {}),
  };
}

/** Keywords whose values are data and no schemas: a "type" in them is a person's own. */
const dataKeywords: ReadonlySet<string> = new Set(["const", "enum", "default", "examples"]);
const jsonTypes: ReadonlySet<unknown> = new Set(["object", "array", "string", "number", "integer", "boolean", "null"]);

/** The library writes null for a type it does not know; a person who misspelt one should hear of it instead. */
function unknownType(schema: unknown): string | undefined {
  if (typeof schema !== "object" || schema === null) return undefined;
  for (const [key, value] of Object.entries(schema)) {
    if (dataKeywords.has(key)) continue;
    const bad = key === "type" && !Array.isArray(schema) ? [value].flat().find((t) => typeof t === "string" && !jsonTypes.has(t)) : undefined;
    const found = typeof bad === "string" ? bad : unknownType(value);
    if (found) return found;
  }
  return undefined;
}

async function grammarFor(llama: Llama, schema: Record<string, unknown>): Promise<LlamaGrammar> {
  const unknown = unknownType(schema);
  if (unknown) throw new LorekeepError("INVALID", { reason: `The JSON schema names the type "${unknown}", which JSON does not have.`, field: "jsonSchema" });
  try {
    // The library's type describes what it can enforce; what it cannot, it throws on while building the grammar.
    return await llama.createGrammarForJsonSchema(schema as { type: "object" });
  } catch (error) {
    throw new LorekeepError("INVALID", {
      reason: "This JSON schema cannot be enforced while writing.", field: "jsonSchema", next: "Use plain types, enums, arrays and objects.",
      detail: error instanceof Error ? error.message : String(error),
    }, { cause: error });
  }
}

/** Not reached: answers are limited to the room there is. If it were, cutting silently would be the worst way out. */
function neverShift(): never {
  throw new LorekeepError("TOO_LONG", { reason: "The conversation does not fit the model's context any more.", next: "Start a new conversation." });
}

function stopReasonOf(response: LlamaChatResponse, limitedByContext: boolean): StopReason {
  switch (response.metadata.stopReason) {
    case "maxTokens": return limitedByContext ? "context-full" : "length";
    case "customStopTrigger": return "stop-text";
    default: return "end";
  }
}
