import { mapEventIterator } from "@orpc/client";
import { implement, onError, ORPCError } from "@orpc/server";
import { LorekeepError, isAbort } from "../base/errors.ts";
import { contract } from "./index.ts";

/**
 * The contract to implement against; every room exports its handlers built with it. A {@link LorekeepError} becomes the contract's error of
 * the same code; a bad input is INVALID naming its field; anything unexpected is INTERNAL, without internals in its text.
 */
export const os = implement(contract)
  .use(onError((error) => { throw toContractError(error); }))
  // A stream fails after its call has succeeded: its errors are mapped where they are thrown.
  .use(async ({ next }) => {
    const result = await next();
    return isStream(result.output) ? { ...result, output: mapEventIterator(result.output, { value: (value) => value, error: (error) => Promise.resolve(toContractError(error)) }) } : result;
  });

const isStream = (output: unknown): output is AsyncIterator<unknown> => typeof output === "object" && output !== null && Symbol.asyncIterator in output;

/** Exported for transports that fail outside a procedure. */
export function toContractError(error: unknown): unknown {
  if (isAbort(error)) return error;
  if (error instanceof LorekeepError) return new ORPCError(error.code, { defined: true, message: error.message, data: error.details });
  if (error instanceof ORPCError) return error.code === "BAD_REQUEST" ? invalidInput(error) : error;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ORPCError("INTERNAL", { defined: true, message: "Something went wrong inside Lorekeep.", data: { reason: "Something went wrong inside Lorekeep.", detail } });
}

interface Issue { readonly path?: readonly (PropertyKey | { key: PropertyKey })[]; readonly message: string }

function invalidInput(error: ORPCError<string, unknown>): ORPCError<string, unknown> {
  const issue = (error.data as { issues?: readonly Issue[] } | undefined)?.issues?.[0];
  const field = issue?.path?.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
  const reason = issue ? (field ? `${field}: ${issue.message}` : issue.message) : "The call is malformed.";
  return new ORPCError("INVALID", { defined: true, message: reason, data: { reason, ...(field ? { field } : {}) } });
}

/** Wrap every event iterator in this: a stream fails after its handler has returned, where the middleware above no longer sees it. */
export async function* stream<T>(events: AsyncIterable<T>): AsyncGenerator<T, void, void> {
  try {
    yield* events;
  } catch (error) {
    throw toContractError(error);
  }
}
