import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { fromFileSystem, LorekeepError } from "../engine/base/errors.ts";
import { compileSchema, type JsonSchema } from "../engine/base/json-schema.ts";

/** The JSON schema in a file. @throws LorekeepError NOT_FOUND, READ_ONLY, INVALID where it holds no JSON or no schema */
export async function readSchema(file: string): Promise<JsonSchema> {
  const path = resolve(file);
  const text = await readFile(path, "utf8").catch((error: unknown) => { throw fromFileSystem(error, basename(path)); });
  const schema = parsed(text, basename(path));
  compileSchema(schema);
  return schema;
}

function parsed(text: string, name: string): JsonSchema {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new LorekeepError("INVALID", { reason: `${name} is not JSON: ${error instanceof Error ? error.message : String(error)}.`, next: "Give a file that holds one JSON schema." });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return Object.fromEntries(Object.entries(value));
  throw new LorekeepError("INVALID", { reason: `${name} is no JSON schema: a schema is an object.`, next: 'For example {"type": "object", "required": ["answer"]}.' });
}
