import { ORPCError } from "@orpc/client";

/** What a person is told about a failed call. `code` is the contract's, or ABORTED (a person stopped it), CONNECTION_LOST, UPLOAD_REFUSED, INTERNAL. */
export interface Failure { readonly code: string; readonly reason: string; readonly next?: string | undefined; readonly field?: string | undefined; readonly detail?: string | undefined }

/** The line to the engine was cut while the call was under way. */
export class ConnectionLostError extends Error {
  constructor() {
    super("The connection to Lorekeep's engine was lost.");
    this.name = "ConnectionLostError";
  }
}

/** The host would not take a file; says why in its own words. */
export class UploadError extends Error {
  readonly next: string | undefined;
  constructor({ reason, next }: { reason: string; next?: string | undefined }) {
    super(reason);
    this.name = "UploadError";
    this.next = next;
  }
}

const text = (value: unknown, key: string): string | undefined => {
  if (typeof value !== "object" || value === null || !(key in value)) return undefined;
  const found: unknown = (value as Record<string, unknown>)[key];
  return typeof found === "string" && found ? found : undefined;
};

export function isAborted(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

export function failureOf(error: unknown): Failure {
  if (error instanceof ConnectionLostError) return { code: "CONNECTION_LOST", reason: error.message, next: "It is being restored; try again in a moment." };
  if (error instanceof UploadError) return { code: "UPLOAD_REFUSED", reason: error.message, next: error.next };
  if (isAborted(error)) return { code: "ABORTED", reason: "Stopped." };
  if (error instanceof ORPCError) {
    const data: unknown = error.data;
    return { code: error.code, reason: text(data, "reason") ?? error.message, next: text(data, "next"), field: text(data, "field"), detail: text(data, "detail") };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { code: "INTERNAL", reason: "Something went wrong in the window.", detail: reason };
}
