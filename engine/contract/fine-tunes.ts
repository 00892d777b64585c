import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { samplingChoice } from "./answers.ts";
import { errorMap } from "./errors.ts";
import { answerSchema, schemaUse } from "./json-schema.ts";
import { id } from "./library.ts";
import { runSummary } from "./runs.ts";

const base = oc.errors(errorMap);

/** A file that another was made from: one of a trainer's folder that was converted, or an adapter that was merged into a base. */
export const madeFrom = z.object({
  how: z.enum(["converted", "merged"]), name: z.string(), sha256: z.string().optional(),
  /** The strength it was merged with. */
  scale: z.number().optional(),
});
export type MadeFrom = z.infer<typeof madeFrom>;

/** Where a version came from, as far as it is known. Of a file that Lorekeep made, base, `madeFrom` and `made` are filled in from the shelf. */
export const lineage = z.object({
  /** Hash of the base's file, and of the data it was trained on. */
  baseSha256: z.string(), dataSha256: z.string(),
  /** The trainer's settings, as they were given. */
  config: z.record(z.string(), z.unknown()),
  /** ISO time of the training. */
  trained: z.string(),
  /** Converted or merged from these. */
  madeFrom: z.array(madeFrom),
  /** ISO time of the conversion or merge. */
  made: z.string(),
}).partial();
export type Lineage = z.infer<typeof lineage>;

/** The corners in which a fine-tune answers, and so those a gate can ask in. */
export const gateModes = ["hybrid", "fine-tune"] as const;
export const gateMode = z.enum(gateModes);
export type GateMode = z.infer<typeof gateMode>;

/** What an evaluation said of a version. */
export const versionScore = z.object({
  runId: id, set: z.string(), mode: gateMode.optional(), correct: z.number().int(), n: z.number().int(), when: z.string(),
  /** The file that answered, and whether the version has another one now; it is told, not kept. */
  sha256: z.string().optional(), stale: z.boolean().optional(),
});
export type VersionScore = z.infer<typeof versionScore>;

/** Shares of right answers (0..1) of `n` questions in one corner. `p`: McNemar's exact test; above 0.05 the difference may well be chance. */
export const gateCorner = z.object({
  mode: gateMode, defaultScore: z.number(), candidateScore: z.number(), n: z.number().int(), p: z.number(),
  decision: z.enum(["passed", "worse"]),
});
export type GateCorner = z.infer<typeof gateCorner>;

/** A candidate held against the default on one question set. Scores are shares of right answers, 0..1, over all corners. */
export const gateRecord = z.object({
  set: z.string(),
  /** The set by its id, and the run that holds every answer. */
  setId: id.optional(), runId: id.optional(),
  defaultVersionId: id, candidateVersionId: id,
  /** The files that answered. */
  defaultSha256: z.string().optional(), candidateSha256: z.string().optional(),
  /** One of the two versions has another file now, or it was not kept which it had: the gate says nothing any more. It is told, not kept. */
  stale: z.boolean().optional(),
  defaultScore: z.number(), candidateScore: z.number(),
  /** Answers of each version that a rule could score. */
  n: z.number().int(),
  corners: z.array(gateCorner).default([]),
  /** Questions the default answers and the candidate does not, with what each of them answered. */
  worse: z.array(z.object({ id: z.string(), question: z.string(), mode: gateMode.optional(), before: z.string().optional(), after: z.string().optional() })),
  /** worse: in some corner the candidate answers fewer than the default. */
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
  /** Of its file when it became a version; the shelf knows the file as it is now. */
  sha256: z.string(),
  added: z.string(), notes: z.string(), lineage, scores: z.array(versionScore),
});
export type FineTuneVersion = z.infer<typeof fineTuneVersion>;

/** A change of the default. `promoted-anyway`: its gate said worse or it had none, and a person decided all the same. Without `gate` it went through none. */
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
  /** What its answers look like: for messages in the modes fine-tune and hybrid that name no schema of their own. Use absent: validate. */
  jsonSchema: answerSchema.optional(), jsonSchemaUse: schemaUse.optional(),
});
export type FineTune = z.infer<typeof fineTune>;

const one = z.object({ id, versionId: id });

const gateInput = one.extend({
  setId: id,
  /** Absent: what the questions are made for; hybrid where they expect a document or a passage, else fine-tune. */
  modes: z.array(gateMode).min(1).max(2).optional(),
  /** Adapters: the base that both versions answer with. Absent: the one each is known to belong to, else the model that is loaded. */
  modelId: id.optional(),
  /** Only the first so many questions. */
  most: z.number().int().positive().optional(),
  /** Over temperature 0 and seed 1. */
  sampling: samplingChoice.default({}),
  /** Start anew even where an unfinished run of this gate is there. */
  fresh: z.boolean().default(false),
});
export type GateInput = z.output<typeof gateInput>;

export const gateEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("progress"), run: runSummary }),
  z.object({ type: z.literal("done"), gate: gateRecord, fineTune }),
]);
export type GateEvent = z.infer<typeof gateEvent>;

export const fineTunesContract = {
  list: base.output(z.array(fineTune)),
  /** Makes one of an adapter or merged model on the shelf, which becomes version 1 and its default. */
  create: base.input(z.object({ name: z.string().min(1).max(200), itemId: id, notes: z.string().max(4000).default(""), lineage: lineage.default({}) })).output(fineTune),
  addVersion: base.input(z.object({ id, itemId: id, notes: z.string().max(4000).default(""), lineage: lineage.default({}) })).output(fineTune),
  update: base.input(z.object({
    id, name: z.string().min(1).max(200).optional(), versionId: id.optional(), notes: z.string().max(4000).optional(),
    /** null takes it away. INVALID where it is no schema. */
    jsonSchema: answerSchema.nullable().optional(), jsonSchemaUse: schemaUse.optional(),
  })).output(fineTune),
  /** The file stays on the shelf. The default cannot be removed while there are others. */
  removeVersion: base.input(one).output(fineTune),
  remove: base.input(z.object({ id })).output(z.void()),
  /**
   * Asks the questions of a set of the default and of a version, in a run that is kept with the others; keeps both scores and what it says.
   * Closing the stream stops the run; the same call goes on with it. BUSY while another run is under way.
   */
  gate: base.input(gateInput).output(eventIterator(gateEvent)),
  /**
   * Makes a version the default. CONFLICT where its newest gate against the present default says worse, or where there are questions and it has
   * been through none with the files that are there now; unless `anyway`, which is recorded. Without any question set it is promoted without a gate.
   */
  promote: base.input(one.extend({ anyway: z.boolean().default(false) })).output(fineTune),
  /** The default before the present one becomes the default again. */
  rollback: base.input(z.object({ id })).output(fineTune),
};
