import { useQuery } from "@tanstack/react-query";
import { useEngine } from "../engine/context.tsx";
import { failureOf } from "../engine/failure.ts";
import { readSchema } from "./read.ts";

/** What stands in a schema's field. `checking`: it is JSON, and the engine has not yet said whether it is a schema. */
export interface TypedSchema { readonly schema: Record<string, unknown> | undefined; readonly problem: string | undefined; readonly checking: boolean }

/** Reads a JSON schema while it is typed. `schema` is there once it is known to be one, `problem` says why it is none; an empty field has neither. */
export function useSchema(text: string): TypedSchema {
  const engine = useEngine();
  const { schema, problem } = readSchema(text);
  const check = useQuery({
    queryKey: ["schema", text], enabled: schema !== undefined, gcTime: 60_000,
    queryFn: async ({ signal }) => {
      await engine.system.checkSchema({ jsonSchema: schema ?? {} }, { signal });
      return true;
    },
  });
  if (!schema) return { schema: undefined, problem, checking: false };
  if (check.isSuccess) return { schema, problem: undefined, checking: false };
  return { schema: undefined, problem: check.error ? reasonOf(check.error) : undefined, checking: !check.error };
}

function reasonOf(error: unknown): string {
  const { reason, next } = failureOf(error);
  return [reason, next].filter(Boolean).join(" ");
}
