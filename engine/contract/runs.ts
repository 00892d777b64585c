import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { adapterChoice, answerMode, answerSentence, samplingChoice } from "./answers.ts";
import { errorMap } from "./errors.ts";
import { id } from "./library.ts";
import { limit, questionnaire } from "./questions.ts";
import { runComparison, runReport } from "./reports.ts";
import { searchFilter } from "./search.ts";

const base = oc.errors(errorMap);

/** One way of answering that a run measures: a corner, or any model with any adapters. */
export const runVariant = z.object({
  /** Unlike the others of the run. */
  name: z.string().min(1).max(100),
  mode: answerMode,
  /** Absent: the model that is loaded when the run starts, else the shelf's default; the run keeps to it. */
  modelId: id.optional(),
  adapters: z.array(adapterChoice).max(8).default([]),
  /**
   * SHA-256 of the files that answer, the model's and the adapters', by their ids. The run writes it down as it begins; where it goes on and one is
   * another file now, it says so and stops. Given: they must be these.
   */
  files: z.record(id, z.string()).optional(),
  /** Over temperature 0 and seed 1. */
  sampling: samplingChoice.default({}),
  /** Absent: the set's. */
  systemPrompt: z.string().max(20000).optional(),
  /** The schema is enforced by grammar while writing; otherwise answers are only validated against it. */
  enforceSchema: z.boolean().default(false),
});
export type RunVariant = z.output<typeof runVariant>;

/** The four corners as variants: base and documents without the adapters, fine-tune and hybrid with them. */
export const cornerNames = { base: "Base", documents: "Documents", "fine-tune": "Fine-tune", hybrid: "Hybrid" } as const;

/** What a run is started with. Two with the same configuration are the same run: the unfinished one is gone on with. */
export const runInput = z.object({
  setId: id,
  variants: z.array(runVariant).min(1).max(12),
  filter: searchFilter.default({}), includePrivate: z.boolean().default(false),
  /** Only the first so many questions. */
  most: z.number().int().positive().optional(),
  /** A model of the shelf that judges every answer after the run, apart from the mechanical scores. */
  judge: z.object({ modelId: id }).optional(),
  /** Start anew even where an unfinished run of this configuration is there. */
  fresh: z.boolean().default(false),
});
export type RunInput = z.output<typeof runInput>;

export const runStates = ["running", "stopped", "failed", "done"] as const;

/** How far a run is. `leftSeconds` comes from the speeds of each variant so far; absent while nothing is known. */
export const runProgress = z.object({
  done: z.number().int(), total: z.number().int(), leftSeconds: z.number().optional(),
  /** What is worked on now. */
  variant: z.string().optional(), questionId: z.string().optional(), step: z.enum(["answering", "judging"]),
  byVariant: z.array(z.object({ name: z.string(), done: z.number().int(), total: z.number().int(), right: z.number().int() })),
});
export type RunProgress = z.infer<typeof runProgress>;

export const runSummary = z.object({
  id, setId: id, setName: z.string(), started: z.string(), updated: z.string(),
  /** stopped: by a person or by the end of the program; goes on where it was. failed: says why, and goes on after that is mended. */
  state: z.enum(runStates), error: z.object({ code: z.string(), reason: z.string(), next: z.string().optional() }).optional(),
  questions: z.number().int(), variants: z.array(runVariant), judge: z.object({ modelId: id }).optional(), progress: runProgress,
});
export type RunSummary = z.infer<typeof runSummary>;

/** Scores of one answer, by rules alone. Absent: the question has no such expectation, or the mode has no such part. See engine/evaluation/score. */
export const answerScores = z.object({
  /** Content and format as the question asks for them; absent where only a judge can tell. */
  correct: z.boolean().optional(),
  /** One of the expected answers is there, in words or as a number. */
  fact: z.boolean().optional(),
  /** The answer is nothing but an expected one. */
  exact: z.boolean().optional(),
  /** Token F1 with the closest expected answer, 0..1, and the cosine of the two by the embedder. */
  tokenF1: z.number().optional(), similarity: z.number().optional(),
  /** Says that it does not know: something, but nothing that is a claim. An answer that is empty or failed says nothing. refusal: it does, where nothing answers the question. answered: it claims something, where something answers it. */
  refused: z.boolean(), refusal: z.boolean().optional(), answered: z.boolean().optional(),
  /** Schema and pattern, where either is asked for; each by itself, and what the schema misses. */
  format: z.boolean().optional(), schema: z.boolean().optional(), pattern: z.boolean().optional(), formatProblem: z.string().optional(),
  /** Expected passages among the sources: found (0 or 1), share of the sources that are, and the rank among the candidates. */
  recall: z.number().optional(), precision: z.number().optional(), rank: z.number().int().positive().optional(),
  /** Some cited passage holds the expected phrase or answer; and the model itself wrote the number of such a one. */
  citation: z.boolean().optional(), marked: z.boolean().optional(),
  /** The model wrote the number of no source it was given, or of one that says nothing of it while another does; absent where it wrote none. */
  mismarked: z.boolean().optional(),
  /** Share of the claims that the sources support. */
  faithfulness: z.number().optional(),
  /** Share of the runs of four words that were there before, 0..1 (seq-rep-4 of Welleck et al. 2019). */
  repetition: z.number(),
  characters: z.number().int(), words: z.number().int(),
});
export type AnswerScores = z.infer<typeof answerScores>;

/** none: the judge could not say, and why. */
export const judgeVerdicts = ["right", "partly", "wrong", "none"] as const;
export const judgeVerdict = z.object({ verdict: z.enum(judgeVerdicts), reason: z.string() });
export type JudgeVerdict = z.infer<typeof judgeVerdict>;

export const runAnswer = z.object({
  variant: z.string(), questionId: z.string(), text: z.string(), state: z.enum(["complete", "failed"]),
  error: z.object({ code: z.string(), reason: z.string(), next: z.string().optional() }).optional(),
  scores: answerScores,
  sentences: z.array(answerSentence),
  sources: z.array(z.object({ number: z.number().int(), documentId: z.string(), path: z.string(), page: z.number().int().optional(), text: z.string() })),
  model: z.string().optional(),
  /** It reached its greatest length before its end: an enforced format is then broken off, too. */
  cutOff: z.boolean().optional(),
  /** Milliseconds from asking to the first text and to the end. */
  firstTokenMs: z.number().optional(), totalMs: z.number(),
  promptTokens: z.number().int().optional(), completionTokens: z.number().int().optional(), tokensPerSecond: z.number().optional(),
  time: z.string(),
  judged: judgeVerdict.optional(),
  /** What a person says of it. */
  thumb: z.enum(["up", "down"]).optional(),
});
export type RunAnswer = z.infer<typeof runAnswer>;

export const runEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("state"), run: runSummary }),
  z.object({ type: z.literal("answer"), answer: runAnswer }),
]);
export type RunEvent = z.infer<typeof runEvent>;

export const reportFormats = ["markdown", "html", "csv", "json"] as const;
/** Over what the set says. */
const reportInput = z.object({ id, questionnaire: questionnaire.optional(), limits: z.array(limit).max(50).optional() });

export const runsContract = {
  /** Newest first. */
  list: base.input(z.object({ setId: id.optional() }).default({})).output(z.array(runSummary)),
  /** Starts, or goes on with the unfinished run of this configuration. It runs in the engine, whoever watches. BUSY while another runs. */
  start: base.input(runInput).output(runSummary),
  resume: base.input(z.object({ id })).output(runSummary),
  /** A new run of the same questions, variants and settings with the files that there are now: where another file in the place of one stopped the old run. */
  again: base.input(z.object({ id })).output(runSummary),
  /** Resolves when it has stopped. */
  stop: base.input(z.object({ id })).output(runSummary),
  /** Its state now, then every answer and every change; ends when the run does. */
  watch: base.input(z.object({ id })).output(eventIterator(runEvent)),
  remove: base.input(z.object({ id })).output(z.void()),
  answers: base.input(z.object({ id, variant: z.string().optional(), questionId: z.string().optional() })).output(z.array(runAnswer)),
  /** A thumb on one answer (null takes it back): what the judge is calibrated by. */
  rate: base.input(z.object({ id, variant: z.string(), questionId: z.string(), thumb: z.enum(["up", "down"]).nullable() })).output(runAnswer),
  /** Also of an unfinished run: of what there is. */
  report: base.input(reportInput).output(runReport),
  export: base.input(reportInput.extend({ format: z.enum(reportFormats) })).output(z.object({ name: z.string(), content: z.string() })),
  /** Variant by variant of the same name, question by question of the same id, wording and expectation. */
  compare: base.input(z.object({ before: id, after: id })).output(runComparison),
};
