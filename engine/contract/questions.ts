import { oc } from "@orpc/contract";
import { z } from "zod";
import { errorMap } from "./errors.ts";
import { answerSchema } from "./json-schema.ts";
import { id } from "./library.ts";

const base = oc.errors(errorMap);

const exchange = z.object({ question: z.string().min(1).max(20000), answer: z.string().max(20000) });

/** A question with what its answer is known to be: at least one expectation. */
export const knownQuestion = z.object({
  id,
  question: z.string().min(1).max(20000),
  /** Exchanges before it, oldest first: a follow-up is asked after them, as if they had been said. */
  history: z.array(exchange).max(20).optional(),
  /** Answers that are right, one is enough: looked for in the answer without case, accents and signs; a number also by its value. */
  expectAnswers: z.array(z.string().min(1).max(4000)).min(1).max(50).optional(),
  /** A number in the answer that is this far off at most (default 0). Units are not compared. */
  expectNumber: z.object({ value: z.number(), tolerance: z.number().min(0).optional() }).optional(),
  /** File name, end of the path, or id of the document that answers it. */
  expectDocument: z.string().min(1).max(4000).optional(),
  /** Words that stand in the passage that answers it; compared without case, accents and line breaks. */
  expectPhrase: z.string().min(1).max(4000).optional(),
  /** Nothing in the documents answers it. */
  unanswerable: z.boolean().optional(),
  /** In place of the set's own. */
  jsonSchema: answerSchema.optional(),
  /** A regular expression (JavaScript, flag u) that must match somewhere in the answer. */
  pattern: z.string().min(1).max(1000).optional(),
  /** What a good answer does, in words; only a judge can say whether it does. */
  rubric: z.string().min(1).max(4000).optional(),
  tags: z.array(z.string().min(1).max(100)).max(20).optional(),
}).refine((one) => one.unanswerable === true || expectations.some((field) => one[field] !== undefined), { message: "Needs an expectation: expectAnswers, expectNumber, expectDocument, expectPhrase, unanswerable, jsonSchema, pattern or rubric." });
export type KnownQuestion = z.infer<typeof knownQuestion>;

export const expectations = ["expectAnswers", "expectNumber", "expectDocument", "expectPhrase", "jsonSchema", "pattern", "rubric"] as const;

/** What a limit can be set on. Shares are 0..1 and must reach it; milliseconds must stay under it. */
export const limitMeasures = ["correct", "fact", "format", "citation", "faithfulness", "refusal", "p95Ms", "p95FirstTokenMs"] as const;
export type LimitMeasure = (typeof limitMeasures)[number];

/** A run that breaks it says so, and the terminal exits with a failure. */
export const limit = z.object({
  measure: z.enum(limitMeasures),
  value: z.number().min(0),
  /** Name of a variant; absent: each that the measure exists for. */
  variant: z.string().min(1).max(100).optional(),
});
export type Limit = z.infer<typeof limit>;

/** What a person says about the work: the half of the recommendation that no measurement knows. */
export const questionnaire = z.object({
  /** How often what the answers rest on changes. no-knowledge: they rest on nothing but the question, as in rewriting. */
  changes: z.enum(["no-knowledge", "never", "yearly", "monthly", "daily"]),
  /** Must an answer say where it is written? */
  citations: z.enum(["no", "helpful", "required"]),
  /** Is a form needed: any, a tone of voice, or a fixed format such as JSON? */
  format: z.enum(["any", "tone", "fixed"]),
  /** How long may a person wait for the first word? */
  speed: z.enum(["any", "seconds", "instant"]),
  /** Examples of good answers there are to train on. */
  examples: z.number().int().min(0),
});
export type Questionnaire = z.infer<typeof questionnaire>;

export const questionSet = z.object({
  id, name: z.string().min(1).max(200), questions: z.array(knownQuestion).max(100000), updated: z.string(),
  /** Every answer must follow it; a question's own comes first. */
  jsonSchema: answerSchema.optional(),
  /** Put before the rules of the mode, in every variant that has none of its own. */
  systemPrompt: z.string().max(20000).optional(),
  limits: z.array(limit).max(50).optional(),
  questionnaire: questionnaire.optional(),
});
export type QuestionSet = z.infer<typeof questionSet>;

/** A line that could not be used; the others went on. Lines count from 1. */
export const questionProblem = z.object({ line: z.number().int(), reason: z.string() });
export type QuestionProblem = z.infer<typeof questionProblem>;

export const questionFormats = ["jsonl", "csv"] as const;

const importInput = z.object({
  /** One of the three: a file here, a file that the upload route took, or the text itself. */
  path: z.string().min(1).optional(), uploadId: id.optional(), text: z.string().max(64_000_000).optional(),
  /** Absent: by the file's ending, else by its first line. */
  format: z.enum(questionFormats).optional(),
  /** Into this set: questions with an id that is there replace it. Absent: a new set. */
  setId: id.optional(),
  /** The set then has these questions and no others. */
  replace: z.boolean().optional(),
  /** Name of the new set; absent: the file's name. */
  name: z.string().min(1).max(200).optional(),
});
export type ImportQuestions = z.output<typeof importInput>;

export const setsContract = {
  list: base.output(z.array(questionSet)),
  /** Makes a set (without an id) or replaces it. Refused where a schema is no JSON schema or a pattern no regular expression. */
  save: base.input(questionSet.omit({ updated: true, id: true }).extend({ id: id.optional() })).output(questionSet),
  remove: base.input(z.object({ id })).output(z.void()),
  import: base.input(importInput).output(z.object({ set: questionSet, added: z.number().int(), replaced: z.number().int(), problems: z.array(questionProblem) })),
  export: base.input(z.object({ id, format: z.enum(questionFormats) })).output(z.object({ name: z.string(), content: z.string() })),
  /** A question of a chat with the answer it got becomes a known question: into a set, or a new one of that name. `answer` in place of the whole text. */
  fromAnswer: base.input(z.object({ conversationId: id, messageId: id, setId: id.optional(), name: z.string().min(1).max(200).optional(), answer: z.string().min(1).max(4000).optional() })).output(z.object({ set: questionSet, question: knownQuestion })),
};
