import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { errorMap } from "./errors.ts";
import { id } from "./library.ts";

const base = oc.errors(errorMap);

/** In the order they run. The first three and `template` read files; `base` compares what is recorded; `probe` and `sample` ask the model. */
export const checkStages = ["file", "architecture", "shapes", "base", "template", "probe", "sample"] as const;
export type CheckStage = (typeof checkStages)[number];

/**
 * What a health check can end with. fits; changes-nothing: it can be applied, but the model answers as without it; breaks-output: with it the
 * model repeats itself, never stops or says nothing; other-base: made for another model; damaged: the file is not what it should be.
 */
export const checkVerdicts = ["fits", "changes-nothing", "breaks-output", "other-base", "damaged"] as const;
export type CheckVerdict = (typeof checkVerdicts)[number];

/** One thing that was looked at. `warning` is worth reading and stops nothing; `failure` decides the verdict. */
export const checkFinding = z.object({
  stage: z.enum(checkStages), level: z.enum(["ok", "warning", "failure"]), text: z.string(),
  /** The tensor at fault, where it is one. */
  tensor: z.string().optional(),
});
export type CheckFinding = z.infer<typeof checkFinding>;

/** How far the next-token distribution moves: Kullback-Leibler divergence of tuned from base, in nats, along the base's own greedy answers. */
export const divergence = z.object({
  mean: z.number(), max: z.number(),
  /** Share of positions at which another token becomes the likeliest, 0..1. */
  changedTop: z.number(),
  /** Positions compared. */
  positions: z.number().int(),
});
export type Divergence = z.infer<typeof divergence>;

/** One greedy answer without and with. `problem` is what is wrong with the second that is not wrong with the first. */
export const checkSample = z.object({ prompt: z.string(), base: z.string(), tuned: z.string(), problem: z.enum(["repeats", "never-stops", "empty"]).optional() });
export type CheckSample = z.infer<typeof checkSample>;

export const checkReport = z.object({
  /** The adapter or merged model, and the model it was held against, as they were. */
  itemId: id, fileSha256: z.string(), baseId: id, baseSha256: z.string(),
  /** ISO time. */
  checked: z.string(),
  /** Adapters: applied with this scale. */
  scale: z.number(),
  verdict: z.enum(checkVerdicts),
  /** The verdict as a sentence, and the next step where there is one. */
  text: z.string(), next: z.string().optional(),
  findings: z.array(checkFinding),
  /** Absent where the check ended before the model was asked. */
  divergence: divergence.optional(),
  samples: z.array(checkSample),
  ms: z.number(),
});
export type CheckReport = z.infer<typeof checkReport>;

/** A report on the shelf; stale: the file or its base is another one now, so it has to be checked again. */
export const keptCheck = checkReport.extend({ stale: z.boolean() });
export type KeptCheck = z.infer<typeof keptCheck>;

export const checkEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("stage"), stage: z.enum(checkStages), /** Questions asked so far (probe and sample). */ done: z.number().int(), total: z.number().int() }),
  z.object({ type: z.literal("finding"), finding: checkFinding }),
  z.object({ type: z.literal("done"), report: checkReport }),
]);
export type CheckEvent = z.infer<typeof checkEvent>;

export const checkInput = z.object({
  id,
  /** The model to hold it against; absent: the one the shelf knows it belongs to. */
  baseId: id.optional(),
  /** Adapters: 1 is as trained. */
  scale: z.number().min(0).max(2).default(1),
  /** The person's own questions, asked besides the general ones. */
  prompts: z.array(z.string().min(1).max(4000)).max(20).default([]),
});
export type CheckInput = z.output<typeof checkInput>;

/** The health check of a fine-tune. Waits for its turn like an answer; closing the stream stops it, and nothing is kept. */
export const checkContract = base.input(checkInput).output(eventIterator(checkEvent));
