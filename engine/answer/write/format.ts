import { compileSchema, type SchemaCheck } from "../../base/json-schema.ts";
import type { AnswerFormat, SchemaUse } from "../../contract/json-schema.ts";
import type { AnswerOptions } from "../../contract/answers.ts";
import { modeParts } from "../modes.ts";

/** What a fine-tune's answers look like. */
export interface FineTuneFormat {
  readonly jsonSchema: NonNullable<AnswerOptions["jsonSchema"]>;
  readonly use: SchemaUse;
}

/** The options with the fine-tune's own schema where they name none and the fine-tune is used. Quotes are the documents' own words: no schema. */
export function withFormat(options: AnswerOptions, formatOf: ((id: string) => FineTuneFormat | undefined) | undefined): AnswerOptions {
  const { jsonSchema: _, jsonSchemaUse: __, ...rest } = options;
  if (!modeParts[options.mode].model) return rest;
  if (options.jsonSchema || !formatOf || !modeParts[options.mode].fineTune) return options;
  const used = options.adapters.length > 0 ? options.adapters.map(({ modelId }) => modelId) : [options.modelId ?? ""];
  const format = used.map(formatOf).find((one) => one !== undefined);
  return format ? { ...rest, jsonSchema: format.jsonSchema, jsonSchemaUse: format.use } : rest;
}

/** The check of a finished answer, before anything is generated. @throws LorekeepError INVALID where the schema is none */
export function formatCheck({ jsonSchema }: AnswerOptions): SchemaCheck | undefined {
  return jsonSchema ? compileSchema(jsonSchema) : undefined;
}

const cutOff: { readonly [reason: string]: string } = { "length": "it reached the greatest length an answer may have", "context-full": "the model's context was full" };

/** Of an answer that was cut off, that is what is wrong, not what a reader of JSON says about the half. */
export function withEnding(format: AnswerFormat, stopReason: string): AnswerFormat {
  const why = cutOff[stopReason];
  return format.valid || why === undefined ? format : { valid: false, problem: `The answer was cut off before its JSON was complete: ${why}.` };
}

/** For the trace. */
export function formatNote({ valid, problem }: AnswerFormat): string {
  return valid ? "The answer follows the JSON schema." : `The answer does not follow the JSON schema: ${problem ?? "it is another shape."}`;
}
