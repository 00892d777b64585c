import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { generatorLoaded } from "../../contract/models.ts";

/** A LoRA adapter applied at run time. scale 0 equals the base; 1 is as trained. */
export const adapterUse = z.object({ path: z.string(), scale: z.number().min(0).max(4) });

export const samplingOptions = z.object({
  /** 0 is greedy. */
  temperature: z.number().min(0).max(5),
  topP: z.number().min(0).max(1),
  topK: z.number().int().min(0),
  minP: z.number().min(0).max(1),
  repeatPenalty: z.number().min(0).max(3),
  seed: z.number().int().optional(),
  maxTokens: z.number().int().positive(),
  stop: z.array(z.string()),
});
export type SamplingOptions = z.infer<typeof samplingOptions>;

export const chatTurn = z.object({ role: z.enum(["user", "assistant"]), text: z.string() });
export type ChatTurn = z.infer<typeof chatTurn>;

export const generatorLoadInput = z.object({
  path: z.string(),
  /** Tokens; absent: as large as half of the memory that is left holds, up to the training context and 32,768. */
  contextSize: z.number().int().positive().optional(),
  /** "auto" tries the GPU and falls back; "off" stays on the CPU. */
  gpu: z.enum(["auto", "off"]),
  /** Absent: measured once on this machine, one core stays free. */
  threads: z.number().int().positive().optional(),
  /** Used where the GGUF brings no chat template. */
  fallbackTemplate: z.enum(["chatml", "llama2", "alpaca", "plain"]),
});

export const generateInput = z.object({
  system: z.string(),
  /** Turns before the prompt, oldest first. */
  history: z.array(chatTurn),
  prompt: z.string(),
  adapters: z.array(adapterUse),
  sampling: samplingOptions,
  /** JSON schema the output must follow, enforced by grammar. */
  jsonSchema: z.record(z.string(), z.unknown()).optional(),
});
export type GenerateInput = z.infer<typeof generateInput>;

export const generateEvent = z.discriminatedUnion("type", [
  /** How far the prompt is read, in tokens; comes before the first text, and only for a prompt that takes a while. */
  z.object({ type: z.literal("reading"), done: z.number().int(), total: z.number().int() }),
  z.object({ type: z.literal("text"), text: z.string() }),
  /** What a reasoning model thinks before it answers; no part of the answer. */
  z.object({ type: z.literal("thought"), text: z.string() }),
  z.object({
    type: z.literal("done"),
    stopReason: z.enum(["end", "length", "stop-text", "context-full"]),
    promptTokens: z.number().int(),
    /** Prompt tokens taken from the KV cache. */
    cachedTokens: z.number().int(),
    completionTokens: z.number().int(),
    promptMs: z.number(),
    generateMs: z.number(),
  }),
]);
export type GenerateEvent = z.infer<typeof generateEvent>;

/** A next-token distribution, as far as it was asked for: natural logarithms of the probabilities of `tokens`, and the likeliest token of all. */
export const probedPosition = z.object({ tokens: z.array(z.number().int()), logprobs: z.array(z.number()), top: z.number().int() });
export type ProbedPosition = z.infer<typeof probedPosition>;

export const probeInput = z.object({
  adapters: z.array(adapterUse),
  questions: z.array(z.object({
    system: z.string(), prompt: z.string(),
    /** Another probe's positions: its likeliest tokens are followed, and its `tokens` looked up. Absent: this one's own, greedily. */
    along: z.array(probedPosition).optional(),
  })).min(1),
  /** Most positions per question, and how many of the likeliest tokens at each. */
  steps: z.number().int().positive(), top: z.number().int().positive(),
  /** Most tokens of the greedy answer. */
  sampleTokens: z.number().int().positive(),
});
export type ProbeInput = z.infer<typeof probeInput>;

/** What one question showed. `finite` is false where the model computed something that is no number; then there are no positions and no text. */
export const probed = z.object({
  index: z.number().int(), finite: z.boolean(), positions: z.array(probedPosition),
  text: z.string(), stopReason: z.enum(["end", "length", "stop-text", "context-full"]), tokens: z.number().int(),
});
export type Probed = z.infer<typeof probed>;

export const generatorContract = {
  /** Loads a model; whatever was loaded before is released first. */
  load: oc.input(generatorLoadInput).output(generatorLoaded),
  unload: oc.output(z.void()),
  /** Token counts with the loaded model's own tokenizer, no special tokens. */
  countTokens: oc.input(z.object({ texts: z.array(z.string()) })).output(z.array(z.number().int())),
  /** Tokens of the whole conversation as the chat template renders it, generation prompt included. */
  countPromptTokens: oc.input(generateInput.pick({ system: true, history: true, prompt: true })).output(z.number().int()),
  /** Streams text, then exactly one `done`. Aborting the call stops the model within a token. */
  generate: oc.input(generateInput).output(eventIterator(generateEvent)),
  /**
   * How the loaded model answers with a set of adapters, in numbers and in words, one event per question. In a context of its own that goes
   * afterwards: what conversations have in their caches stays.
   */
  probe: oc.input(probeInput).output(eventIterator(probed)),
};
