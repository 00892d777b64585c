import { LorekeepError, type ErrorCode } from "../base/errors.ts";

/** What an answer or a run failed with, as it is kept. */
export interface Failure {
  /** One of our own: see engine/base/errors.ts. */
  readonly code: string;
  readonly reason: string;
  readonly next?: string | undefined;
}

/** The error again that was kept as its parts. */
export function asError({ code, reason, next }: Failure): LorekeepError {
  return new LorekeepError(code as ErrorCode, { reason, ...(next === undefined ? {} : { next }) });
}
