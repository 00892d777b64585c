import { z } from "zod";
import { answerMode } from "./answers.ts";
import { id } from "./library.ts";
import { limit, questionnaire } from "./questions.ts";

/** Mean over `n` answers with its 95 % interval: by bootstrap; where all are 0 or all are 1, by the binomial distribution. */
export const figure = z.object({ n: z.number().int(), mean: z.number(), low: z.number(), high: z.number() });
export type Figure = z.infer<typeof figure>;

/** All 0..1. mismarked and repetition are better when low. */
export const scoreMeasures = ["correct", "fact", "format", "exact", "tokenF1", "similarity", "recall", "precision", "citation", "marked", "mismarked", "faithfulness", "refusal", "answered", "repetition"] as const;
export type ScoreMeasure = (typeof scoreMeasures)[number];
const spread = z.object({ n: z.number().int(), p50: z.number(), p95: z.number() });

export const wrongAnswer = z.object({ questionId: z.string(), question: z.string(), expected: z.string(), answer: z.string(), why: z.string() });

export const cornerReport = z.object({
  name: z.string(), mode: answerMode, model: z.string().optional(), adapters: z.array(z.string()), enforced: z.boolean(),
  answers: z.number().int(), failed: z.number().int(),
  /** Absent: nothing of it could be measured here. */
  scores: z.partialRecord(z.enum(scoreMeasures), figure),
  firstTokenMs: spread, totalMs: spread,
  /** Means per answer. */
  promptTokens: z.number(), completionTokens: z.number(), tokensPerSecond: z.number(), words: z.number(),
  /** Of all answers together. */
  seconds: z.number(), tokens: z.number().int(),
  byTag: z.array(z.object({ tag: z.string(), n: z.number().int(), scores: z.partialRecord(z.enum(scoreMeasures), z.number()) })),
  /** At most ten. */
  wrong: z.array(wrongAnswer),
  /** The local judge's verdicts, apart from the scores above. */
  judged: z.object({ n: z.number().int(), right: figure, partly: z.number().int(), wrong: z.number().int() }).optional(),
});
export type CornerReport = z.infer<typeof cornerReport>;

export const pairMeasures = ["correct", "fact", "format", "tokenF1", "totalMs"] as const;
export const pairReport = z.object({
  measure: z.enum(pairMeasures), a: z.string(), b: z.string(),
  /** Questions answered by both. */
  n: z.number().int(),
  /** Mean of a less b, question by question. */
  difference: z.object({ mean: z.number(), low: z.number(), high: z.number() }),
  /** Shares: exact McNemar. F1 and milliseconds: Wilcoxon's signed ranks. */
  test: z.enum(["mcnemar", "wilcoxon"]),
  /** Questions that only one of the two got right, or where it had the higher value. */
  onlyA: z.number().int(), onlyB: z.number().int(),
  p: z.number(),
  /** p after Holm's correction over the pairs of this measure. */
  holm: z.number(),
  /** holm < 0.05. */
  told: z.boolean(),
  /** Where not told apart: how many more questions it would take, if the difference is as it seems. Absent: no difference to be seen. */
  more: z.number().int().optional(),
});
export type PairReport = z.infer<typeof pairReport>;

export const choices = ["documents", "fine-tune", "hybrid", "prompt"] as const;
export type Choice = (typeof choices)[number];
export const recommendation = z.object({
  /** prompt: the base model with a better prompt. undecided: nothing speaks for any of them yet; what is missing stands in `open`. */
  choice: z.enum([...choices, "undecided"]),
  /** true where measurements and answers to the questionnaire point to the same. */
  sure: z.boolean(),
  sentence: z.string(),
  /** What speaks for and against which choice: from the measurements, or from the questionnaire. */
  reasons: z.array(z.object({ rule: z.string(), from: z.enum(["measured", "asked"]), for: z.array(z.enum(choices)), against: z.array(z.enum(choices)), weight: z.number(), sentence: z.string() })),
  /** Highest first. */
  points: z.array(z.object({ choice: z.enum(choices), points: z.number() })),
  /** What could not be told, and how many more questions it would take. */
  open: z.array(z.string()),
});
export type Recommendation = z.infer<typeof recommendation>;

export const limitReport = z.object({ ...limit.shape, variant: z.string(), measured: z.number(), broken: z.boolean(), sentence: z.string() });

export const runReport = z.object({
  runId: id, setId: id, setName: z.string(), started: z.string(), finished: z.boolean(),
  questions: z.number().int(), answers: z.number().int(), expectedAnswers: z.number().int(),
  corners: z.array(cornerReport), pairs: z.array(pairReport),
  limits: z.array(limitReport), broken: z.boolean(),
  questionnaire: questionnaire.optional(), recommendation,
  /** The judge against a person's thumbs: right = up. Cohen's kappa with its 95 % interval. */
  judge: z.object({ model: z.string(), rated: z.number().int(), agreement: z.number(), kappa: z.object({ value: z.number(), low: z.number(), high: z.number() }).optional(), sentence: z.string() }).optional(),
});
export type RunReport = z.infer<typeof runReport>;

export const runComparison = z.object({
  before: z.object({ id, setName: z.string(), started: z.string() }), after: z.object({ id, setName: z.string(), started: z.string() }),
  variants: z.array(z.object({
    name: z.string(),
    /** Questions both have. */
    n: z.number().int(),
    /** After less before. */
    differences: z.array(pairReport.omit({ a: true, b: true })),
    /** Question ids. */
    better: z.array(z.string()), worse: z.array(z.string()),
  })),
  /** Variants that only one of the two has. */
  unmatched: z.array(z.string()),
  sentences: z.array(z.string()),
});
export type RunComparison = z.infer<typeof runComparison>;
