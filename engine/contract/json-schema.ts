import { z } from "zod";

/** A JSON schema (draft 6, 7, 2019-09 or 2020-12) that an answer must follow. */
export const answerSchema = z.record(z.string(), z.unknown());

/** enforce: by grammar while the answer is written. validate: only checked when it is there. Either way the answer says whether it follows the schema. */
export const schemaUses = ["enforce", "validate"] as const;
export const schemaUse = z.enum(schemaUses);
export type SchemaUse = z.infer<typeof schemaUse>;

/** Whether an answer follows the schema it was asked with, and what it misses. */
export const answerFormat = z.object({ valid: z.boolean(), problem: z.string().optional() });
export type AnswerFormat = z.infer<typeof answerFormat>;
