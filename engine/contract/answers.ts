import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { charRange } from "./document.ts";
import { errorMap } from "./errors.ts";
import { answerFormat, answerSchema, schemaUse } from "./json-schema.ts";
import { id } from "./library.ts";
import { candidate, evidence, passage, place, recognisedFilter, searchFilter } from "./search.ts";

const base = oc.errors(errorMap);

/** DESIGN §3. "auto" is routed to one of the others. */
export const answerModes = ["quotes", "base", "documents", "fine-tune", "hybrid"] as const;
export const answerMode = z.enum(answerModes);
export type AnswerMode = z.infer<typeof answerMode>;

/** A LoRA adapter on the shelf (or a fine-tune: its default version), applied with a scale (0: base, 1: as trained, 2: twice that). */
export const adapterChoice = z.object({ modelId: id, scale: z.number().min(0).max(2) });

/** Sampling as a person sets it; absent fields take the model's own metadata, then the defaults of the settings. */
export const samplingChoice = z.object({
  temperature: z.number().min(0).max(5), topP: z.number().min(0).max(1), topK: z.number().int().min(0), minP: z.number().min(0).max(1),
  repeatPenalty: z.number().min(0).max(3), seed: z.number().int(), maxTokens: z.number().int().positive(),
}).partial();

/** What a message is answered with. Kept per conversation as its defaults, may differ per message. */
export const answerOptions = z.object({
  mode: answerMode,
  /** Base or merged model; absent: the one that is loaded, else the shelf's default. */
  modelId: id.optional(),
  adapters: z.array(adapterChoice).max(8).refine((all) => new Set(all.map(({ modelId }) => modelId)).size === all.length, { message: "An adapter is chosen twice." }).default([]),
  /** Absent filter fields: everything that is not private. */
  filter: searchFilter.default({}),
  /** Words of the question that are not to be taken for a filter. */
  ignoreFilters: z.array(z.string()).optional(),
  /** Searched for instead of the question, where a person edited it. */
  searchFor: z.string().min(1).max(20000).optional(),
  systemPrompt: z.string().max(20000).optional(),
  sampling: samplingChoice.default({}),
  /** The answer must follow it. Absent: what the chosen fine-tune asks for, if anything. */
  jsonSchema: answerSchema.optional(),
  /** Absent: enforce. */
  jsonSchemaUse: schemaUse.optional(),
});
export type AnswerOptions = z.infer<typeof answerOptions>;

/** A source the answer may cite. number is what [n] in the text refers to, 1-based. `ranges` are the merged passages' ranges. */
export const source = z.object({ number: z.number().int().positive(), passage, range: charRange, text: z.string(), /** What the model was shown in place of the text, where that was too long: in a model's words. Citations are of the text all the same. */ summary: z.string().optional(), /** Where else the same stands. */ alsoAt: z.array(place).optional() });
export type Source = z.infer<typeof source>;

/** The evidence for one sentence: a source and the very words in the document that support it. */
export const citation = z.object({
  source: z.number().int().positive(),
  range: charRange,
  text: z.string(),
  /** 0..1, how well the words support the sentence. */
  support: z.number(),
  /** true where the model wrote the marker itself. */
  marked: z.boolean(),
});
export type Citation = z.infer<typeof citation>;

export const sentenceFlags = ["unsupported", "instruction-leak", "remote-link", "wrong-marker"] as const;

/** One sentence of an answer; range counts in the answer's text. `claim` is false for greetings, headings, "I don't know". */
export const answerSentence = z.object({
  range: charRange,
  text: z.string(),
  claim: z.boolean(),
  supported: z.boolean(),
  citations: z.array(citation),
  /** Source numbers that the model itself wrote: as marks, or in JSON in a field beside it. Absent: none. One that is wrong has the flag "wrong-marker". */
  named: z.array(z.number().int()).optional(),
  flags: z.array(z.enum(sentenceFlags)),
});
export type AnswerSentence = z.infer<typeof answerSentence>;

export const traceStep = z.object({ name: z.enum(["condense", "understand", "retrieve", "rerank", "assemble", "load", "generate", "cite", "check", "look-again"]), ms: z.number(), note: z.string().optional() });

/** How an answer came about (DESIGN §2). Stored with the message; the panel, the reports and the benchmarks all read it. */
export const answerTrace = z.object({
  mode: answerMode,
  model: z.object({ id, name: z.string(), quantisation: z.string().optional(), backend: z.string().optional(), template: z.string().optional(), threads: z.number().int().optional() }).optional(),
  adapters: z.array(z.object({ modelId: id, name: z.string(), scale: z.number() })),
  /** The question as asked and as searched for. */
  question: z.string(),
  condensed: z.object({
    text: z.string(), how: z.enum(["as-is", "rules", "model", "edited"]),
    /** Conditions read out of the question, and its parts where it has several; each was searched for apart. */
    filters: z.array(recognisedFilter).optional(), parts: z.array(z.string()).optional(),
    /** Words that were not to be taken for a condition. */
    ignored: z.array(z.string()).optional(),
  }).optional(),
  evidence: evidence.optional(),
  filter: searchFilter,
  candidates: z.array(candidate),
  /**
   * Tokens by part: system, history, sources, question and template (what the chat format puts around them) are the prompt; prompt, answer (kept for
   * it at most) and free are the context. `budget` is the hard limit for sources, `completion` what the answer really took.
   */
  tokens: z.object({
    context: z.number().int(), system: z.number().int(), history: z.number().int(), sources: z.number().int(), question: z.number().int(),
    template: z.number().int(), answer: z.number().int(), free: z.number().int(), budget: z.number().int(), prompt: z.number().int(), cached: z.number().int(), completion: z.number().int(),
  }).partial(),
  /** What was written first and stood in none of the sources; the answer is what was written when asked again with less of them. Its tokens, too, were read and written. */
  withdrawn: z.object({ text: z.string(), sources: z.number().int(), prompt: z.number().int(), completion: z.number().int() }).optional(),
  stopReason: z.enum(["end", "length", "stop-text", "context-full", "stopped", "failed"]).optional(),
  steps: z.array(traceStep),
  /** ISO time, and total milliseconds; firstTokenMs from the request to the first text. */
  started: z.string(),
  totalMs: z.number(),
  firstTokenMs: z.number().optional(),
  tokensPerSecond: z.number().optional(),
  notes: z.array(z.string()),
});
export type AnswerTrace = z.infer<typeof answerTrace>;

export const userMessage = z.object({ id, parentId: id.nullable(), role: z.literal("user"), text: z.string(), created: z.string() });
export const assistantMessage = z.object({
  id, parentId: id, role: z.literal("assistant"), text: z.string(), created: z.string(),
  state: z.enum(["complete", "stopped", "failed"]),
  error: z.object({ code: z.string(), reason: z.string(), next: z.string().optional() }).optional(),
  sources: z.array(source), sentences: z.array(answerSentence), trace: answerTrace,
  /** Of a finished answer that was asked for with a schema. */
  format: answerFormat.optional(),
});
export const message = z.discriminatedUnion("role", [userMessage, assistantMessage]);
export type Message = z.infer<typeof message>;
export type UserMessage = z.infer<typeof userMessage>;
export type AssistantMessage = z.infer<typeof assistantMessage>;

export const conversationSummary = z.object({ id, title: z.string(), created: z.string(), updated: z.string(), messages: z.number().int() });
/** A conversation is a tree: every message names its parent; `head` is the leaf a person looked at last. */
export const conversation = conversationSummary.extend({ options: answerOptions, unlocked: z.boolean(), head: id.nullable(), tree: z.array(message) });
export type Conversation = z.infer<typeof conversation>;

/**
 * What streams while an answer is made. Order: accepted, step*, sources?, text*, then done; where what was written is withdrawn, again between two rounds
 * of sources and text, of which the second counts. A failure after `accepted` is stored in the message and sent in `done`.
 */
export const answerEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("accepted"), conversationId: id, user: userMessage, assistantId: id }),
  z.object({ type: z.literal("step"), name: traceStep.shape.name }),
  z.object({ type: z.literal("sources"), sources: z.array(source), condensed: z.string().optional() }),
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.literal("again") }),
  z.object({ type: z.literal("done"), message: assistantMessage }),
]);
export type AnswerEvent = z.infer<typeof answerEvent>;

export const conversationsContract = {
  list: base.input(z.object({ text: z.string().max(500).optional() }).default({})).output(z.array(conversationSummary)),
  get: base.input(z.object({ id })).output(conversation),
  create: base.input(z.object({ title: z.string().max(300).optional(), options: answerOptions.optional() }).default({})).output(conversation),
  update: base.input(z.object({ id, title: z.string().min(1).max(300).optional(), options: answerOptions.optional(), head: id.optional(), unlocked: z.boolean().optional() })).output(conversationSummary),
  remove: base.input(z.object({ id })).output(z.void()),
  export: base.input(z.object({ id, format: z.enum(["markdown", "json"]) })).output(z.object({ name: z.string(), content: z.string() })),
};

export const answersContract = {
  /**
   * Asks. Without a conversation a new one is made. parentId: the message this one follows (null: the beginning; absent: the head);
   * naming an earlier message branches. Closing the stream stops the model; what was written stays, marked stopped.
   */
  ask: base
    .input(z.object({ conversationId: id.optional(), parentId: id.nullable().optional(), text: z.string().min(1).max(100000), options: answerOptions }))
    .output(eventIterator(answerEvent)),
  /** Another answer to the same user message, as a sibling. */
  regenerate: base.input(z.object({ conversationId: id, userMessageId: id, options: answerOptions })).output(eventIterator(answerEvent)),
  /** Stops from elsewhere than the stream's own reader. */
  stop: base.input(z.object({ assistantId: id })).output(z.object({ stopped: z.boolean() })),
};
