/**
 * The closed set of error codes that cross the contract. A code is what a program acts on; `reason` is what a person reads;
 * `next` is the step that would help. Cancellation is not an error: a stopped call ends its stream or rejects with AbortError.
 */
export const errorCodes = [
  "NOT_FOUND",
  "CONFLICT",
  "INVALID",
  "UNSUPPORTED",
  "NEEDS_MODEL",
  "NEEDS_ADAPTER",
  "NEEDS_DOCUMENTS",
  "NEEDS_PASSWORD",
  "LOCKED",
  "MODEL_REFUSED",
  "MODEL_FAILED",
  "WORKER_DIED",
  "TIMED_OUT",
  "NO_SPACE",
  "READ_ONLY",
  "TOO_LARGE",
  "TOO_LONG",
  "DOWNLOAD_FAILED",
  "FORBIDDEN_ADDRESS",
  "BUSY",
  "WORKSPACE_BUSY",
  "INTERNAL",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export interface ErrorDetails {
  /** One sentence for a person. */
  readonly reason: string;
  /** The next step, as a sentence, where there is one. */
  readonly next?: string;
  /** The input field at fault, where there is one. */
  readonly field?: string;
  /** Technical detail for a bug report: last log lines, errno, upstream message. */
  readonly detail?: string;
}

/** An expected failure with its code. Everything the engine throws on purpose is one of these. */
export class LorekeepError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails | string, options?: { cause?: unknown }) {
    const full = typeof details === "string" ? { reason: details } : details;
    super(full.reason, options);
    this.name = "LorekeepError";
    this.code = code;
    this.details = full;
  }
}

/** True for the rejection of a call that its caller stopped, whichever library threw it. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === "AbortError" || ("code" in error && error.code === "ABORT_ERR"));
}

/** Turns a file-system failure into the code a person can act on; anything else passes through unchanged. */
export function fromFileSystem(error: unknown, what: string): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  const options = { cause: error };
  switch (error.code) {
    case "ENOSPC":
    case "EDQUOT":
      return new LorekeepError("NO_SPACE", { reason: `The disk is full: ${what}.`, next: "Free some space and try again." }, options);
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return new LorekeepError("READ_ONLY", { reason: `No permission to write: ${what}.`, next: "Check the folder's permissions or choose another workspace." }, options);
    case "ENOENT":
      return new LorekeepError("NOT_FOUND", { reason: `There is no such file: ${what}.` }, options);
    default:
      return error;
  }
}
