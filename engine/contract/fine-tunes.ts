import { oc } from "@orpc/contract";
import { z } from "zod";
import { errorMap } from "./errors.ts";
import { id } from "./library.ts";

const base = oc.errors(errorMap);

/** Where a version came from, as far as it is known. */
export const lineage = z.object({
  /** Hash of the base's file, and of the data it was trained on. */
  baseSha256: z.string(), dataSha256: z.string(),
  /** The trainer's settings, as they were given. */
  config: z.record(z.string(), z.unknown()),
  /** ISO time of the training. */
  trained: z.string(),
  /** Converted or merged from these. */
  madeFrom: z.array(z.object({ how: z.enum(["converted", "merged"]), name: z.string(), sha256: z.string().optional(), scale: z.number().optional() })),
}).partial();
export type Lineage = z.infer<typeof lineage>;

/** What an evaluation said of a version. */
export const versionScore = z.object({ runId: id, set: z.string(), correct: z.number().int(), n: z.number().int(), when: z.string() });
export type VersionScore = z.infer<typeof versionScore>;

/** A candidate held against the default on one question set. Scores are shares of right answers, 0..1. */
export const gateRecord = z.object({
  set: z.string(),
  defaultVersionId: id, candidateVersionId: id,
  defaultScore: z.number(), candidateScore: z.number(), n: z.number().int(),
  /** Questions the default answers and the candidate does not. */
  worse: z.array(z.object({ id: z.string(), question: z.string() })),
  decision: z.enum(["passed", "worse"]),
  when: z.string(),
});
export type GateRecord = z.infer<typeof gateRecord>;

export const fineTuneVersion = z.object({
  id,
  /** Counts up from 1 and is not given again. */
  number: z.number().int().positive(),
  /** The adapter or merged model on the shelf. */
  itemId: id,
  sha256: z.string(),
  added: z.string(), notes: z.string(), lineage, scores: z.array(versionScore),
});
export type FineTuneVersion = z.infer<typeof fineTuneVersion>;

/** A change of the default. `anyway`: the gate said worse, and a person decided all the same. */
export const promotion = z.object({
  kind: z.enum(["first", "promoted", "promoted-anyway", "rolled-back", "removed"]),
  from: id.optional(), to: id.optional(),
  /** The number of the version it is about: the new default, or the one that was removed. */
  number: z.number().int().positive(),
  when: z.string(), gate: gateRecord.optional(),
});
export type Promotion = z.infer<typeof promotion>;

/**
 * A fine-tune with its versions. Its id may stand wherever an adapter's or a model's id does, and then means its default version.
 */
export const fineTune = z.object({
  id, name: z.string().min(1).max(200), kind: z.enum(["adapter", "model"]),
  /** Oldest first. */
  versions: z.array(fineTuneVersion),
  defaultVersionId: id.optional(),
  /** Oldest first; never shortened. */
  history: z.array(promotion),
  /** The newest gate of each candidate. */
  gates: z.array(gateRecord),
});
export type FineTune = z.infer<typeof fineTune>;

const one = z.object({ id, versionId: id });

export const fineTunesContract = {
  list: base.output(z.array(fineTune)),
  /** Makes one of an adapter or merged model on the shelf, which becomes version 1 and its default. */
  create: base.input(z.object({ name: z.string().min(1).max(200), itemId: id, notes: z.string().max(4000).default(""), lineage: lineage.default({}) })).output(fineTune),
  addVersion: base.input(z.object({ id, itemId: id, notes: z.string().max(4000).default(""), lineage: lineage.default({}) })).output(fineTune),
  update: base.input(z.object({ id, name: z.string().min(1).max(200).optional(), versionId: id.optional(), notes: z.string().max(4000).optional() })).output(fineTune),
  /** The file stays on the shelf. The default cannot be removed while there are others. */
  removeVersion: base.input(one).output(fineTune),
  remove: base.input(z.object({ id })).output(z.void()),
  /** Makes a version the default. CONFLICT where its newest gate against the present default says worse, unless `anyway`. */
  promote: base.input(one.extend({ anyway: z.boolean().default(false) })).output(fineTune),
  /** The default before the present one becomes the default again. */
  rollback: base.input(z.object({ id })).output(fineTune),
};
