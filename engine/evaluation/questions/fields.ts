import { knownQuestion, type KnownQuestion } from "../../contract/questions.ts";
import { LorekeepError } from "../../base/errors.ts";
import { compilePattern } from "../score/pattern.ts";
import { compileSchema } from "../../base/json-schema.ts";

/** Names under which files have the fields, next to the field's own. */
const names: Readonly<Record<string, string>> = {
  answer: "expectAnswers", answers: "expectAnswers", expected: "expectAnswers", expectanswer: "expectAnswers", number: "expectNumber",
  document: "expectDocument", file: "expectDocument", phrase: "expectPhrase", schema: "jsonSchema", regex: "pattern",
};
const own = Object.keys(knownQuestion.shape);
const byName = new Map([...own, "tolerance"].map((field) => [field.toLowerCase(), field]));

export const fieldOf = (name: string): string | undefined => {
  const plain = name.trim().toLowerCase().replace(/[\s_-]/g, "");
  return byName.get(plain) ?? names[plain];
};

/** `unnamed`: the record has no id of its own. */
export type Read = { readonly question: KnownQuestion; readonly unnamed: boolean } | { readonly reason: string };

/**
 * A record of a file as a known question: fields under any of their names, unknown ones left out. One answer for several; an answer that is
 * null means that there is none; without an id the line's number is one.
 */
export function readQuestion(record: Readonly<Record<string, unknown>>, line: number): Read {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(record)) {
    const field = fieldOf(name);
    if (field === undefined || value === undefined || (value === null && field !== "expectAnswers")) continue;
    fields[field] = value;
  }
  const read = knownQuestion.safeParse({ id: `line-${line}`, ...mended(fields) });
  if (!read.success) {
    const [issue] = read.error.issues;
    return { reason: issue ? [issue.path.join("."), issue.message].filter(Boolean).join(": ") : "Not of the form." };
  }
  const problem = problemOf(read.data);
  return problem === undefined ? { question: read.data, unnamed: fields.id === undefined } : { reason: problem };
}

function mended({ expectAnswers, expectNumber, tolerance, id, unanswerable, ...rest }: Record<string, unknown>): Record<string, unknown> {
  const answers = expectAnswers === null ? undefined : [expectAnswers].flat().filter((one) => one !== undefined).map((one) => (typeof one === "number" || typeof one === "boolean" ? String(one) : one));
  const number = typeof expectNumber === "number" ? { value: expectNumber, ...(tolerance === undefined ? {} : { tolerance }) } : expectNumber;
  return {
    ...rest, ...(answers?.length ? { expectAnswers: answers } : {}), ...(number === undefined ? {} : { expectNumber: number }),
    ...(id === undefined ? {} : { id: typeof id === "number" ? String(id) : id }), ...(expectAnswers === null || unanswerable !== undefined ? { unanswerable: unanswerable ?? true } : {}),
  };
}

/** What the shape alone does not say: whether schema and pattern are what they claim to be. */
export function problemOf({ jsonSchema, pattern }: Pick<KnownQuestion, "jsonSchema" | "pattern">): string | undefined {
  try {
    if (jsonSchema) compileSchema(jsonSchema);
    if (pattern !== undefined) compilePattern(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof LorekeepError) return error.details.reason;
    throw error;
  }
}
