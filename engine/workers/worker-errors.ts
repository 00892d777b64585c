import { ORPCError } from "@orpc/server";
import { isAbort, LorekeepError } from "../base/errors.ts";

/**
 * What a worker's procedure throws, as it crosses to the engine: a {@link LorekeepError} keeps its code and details (the supervisor
 * makes one of it again), cancellation stays cancellation, and anything else is INTERNAL with its text, for the bug report.
 * Use as `implement(contract).use(onError((error) => { throw toWorkerError(error); }))`, and inside event iterators, which fail after
 * their procedure has returned.
 */
export function toWorkerError(error: unknown): unknown {
  if (isAbort(error) || error instanceof ORPCError) return error;
  if (error instanceof LorekeepError) return new ORPCError(error.code, { message: error.message, data: error.details });
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const reason = error instanceof Error ? error.message : String(error);
  return new ORPCError("INTERNAL", { message: reason, data: { reason, detail } });
}
