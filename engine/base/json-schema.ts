import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import { LorekeepError } from "./errors.ts";
import { ranOut, withDeadline } from "./deadline.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;
/** Compiled; asks an answer's text. */
export type SchemaCheck = (text: string) => { valid: boolean; problem?: string };

const DEADLINE_MS = 500;
/** `format` is an annotation, as the standard has it by default, and unknown keywords are left alone. Nothing is fetched: a $ref must lie inside. 1e999 is no number. */
const options = { strict: false, validateFormats: false, allErrors: false, logger: false, strictNumbers: true } as const;

/** By `$schema`: drafts 6 and 7, 2019-09, 2020-12; the newest where it names none. */
function validatorFor({ $schema }: JsonSchema): Pick<Ajv, "compile" | "errorsText"> {
  if (typeof $schema === "string" && $schema.includes("2019-09")) return new Ajv2019(options);
  if (typeof $schema === "string" && /draft-0[67]/.test($schema)) return new Ajv({ ...options, meta: $schema.includes("draft-07") });
  return new Ajv2020(options);
}

/** @throws LorekeepError INVALID where it is no JSON schema */
export function compileSchema(schema: JsonSchema): SchemaCheck {
  const validate = compiled(schema);
  return (text) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return { valid: false, problem: "The answer is not JSON." };
    }
    try {
      return withDeadline(DEADLINE_MS, () => validate(value)) ? { valid: true } : { valid: false, problem: sentenceOf(validate.errors?.[0]) };
    } catch (error) {
      if (ranOut(error)) return { valid: false, problem: `The schema took longer than ${DEADLINE_MS} ms: a pattern in it may backtrack without end.` };
      throw error;
    }
  };
}

function compiled(schema: JsonSchema): ValidateFunction {
  try {
    // Draft 6 differs from 7 in nothing that Ajv would refuse once its name is gone.
    const { $schema, ...rest } = schema;
    return validatorFor(schema).compile(typeof $schema === "string" && $schema.includes("draft-06") ? rest : schema);
  } catch (error) {
    throw new LorekeepError("INVALID", { reason: `This is no JSON schema: ${faultOf(error)}.`, next: "Drafts 6, 7, 2019-09 and 2020-12 are understood, with every $ref inside the schema.", field: "jsonSchema" }, { cause: error });
  }
}

/** The first of what Ajv lists, "schema is invalid: data/a/type must be …, data/a/type must …", with the place in quotes. The others follow from it. */
function faultOf(error: unknown): string {
  const [first = ""] = (error instanceof Error ? error.message : String(error)).replace(/^schema is invalid: /, "").split(", data/");
  return first.replace(/^data\/(\S+)/, (_, place: string) => `“${place.replaceAll("/", ".")}”`).replace(/^data /, "it ");
}

function sentenceOf(error: ErrorObject | undefined): string {
  if (!error) return "The answer does not follow the schema.";
  const place = error.instancePath === "" ? "The answer" : `“${error.instancePath.slice(1).replaceAll("/", ".")}”`;
  const named = error.keyword === "additionalProperties" ? `: “${String(error.params.additionalProperty)}”` : "";
  const allowed = error.keyword === "enum" ? `: ${(error.params.allowedValues as readonly unknown[]).map((one) => JSON.stringify(one)).join(", ")}` : "";
  return `${place} ${error.message ?? "does not follow the schema"}${named}${allowed}.`;
}
