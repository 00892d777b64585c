import { isAbort, LorekeepError } from "../../base/errors.ts";
import { languageName } from "../../base/recognition-languages.ts";
import type { DocumentReason, Extraction } from "../../contract/document.ts";

/** A document that cannot be indexed, with the reason a person reads. Thrown between the steps, ends as the document's reason. */
export class Refused extends Error {
  readonly reason: DocumentReason;

  constructor(reason: DocumentReason, options?: { cause?: unknown }) {
    super(reason.message, options);
    this.name = "Refused";
    this.reason = reason;
  }
}

/** A document whose only text is in pictures that a person left unread. */
export const withoutRecognition: DocumentReason = { code: "no-text-layer", message: "All its text is in pictures, and text recognition is off for it.", next: "Turn text recognition on and retry." };

/** Why a file that was read gave no text. @param recognises whether pictures are recognised at all. */
export function withoutText({ warnings, pictures = [] }: Pick<Extraction, "warnings" | "pictures">, recognises: boolean): DocumentReason {
  if (pictures.length === 0) return { code: "no-text", message: "There is no text in this file." };
  if (!recognises) return withoutRecognition;
  const missing = warnings.find(({ code }) => code === "no-language-data")?.language;
  if (missing !== undefined) return { code: "no-language-data", message: `There are no data here to recognise text in ${languageName(missing)}.`, next: `Download ${languageName(missing)}, or take it out of the languages of the pictures in the settings.`, language: missing };
  const failed = warnings.find(({ code }) => code === "part-unreadable");
  if (failed) return { code: "no-text", message: failed.message, next: "Retry to try its pictures again." };
  return { code: "no-text", message: "No text was found in its pictures.", next: "If there is some, check the languages of text recognition in the settings, and retry." };
}

/** Reasons that lie in the machine, not in the file: adding the file again tries again. */
const passing: ReadonlySet<DocumentReason["code"]> = new Set(["missing", "unreadable", "no-space", "cancelled", "embedder-failed", "reader-died", "timed-out", "internal"]);

export function isWorthAnotherTry(reason: DocumentReason | undefined): boolean {
  return reason === undefined || passing.has(reason.code);
}

/** Turns whatever ended a document's way into its reason. */
export function reasonOf(error: unknown): DocumentReason {
  if (error instanceof Refused) return error.reason;
  if (error instanceof LorekeepError) {
    const next = error.details.next === undefined ? {} : { next: error.details.next };
    if (error.code === "NO_SPACE" || error.code === "READ_ONLY") return { code: "no-space", message: error.message, ...next };
    return { code: "internal", message: error.message, ...next };
  }
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return { code: "missing", message: "The file is no longer there.", next: "Put it back and retry, or remove it from the library." };
  if (code === "EACCES" || code === "EPERM") return { code: "unreadable", message: "Lorekeep may not read this file.", next: "Check the file's permissions and retry." };
  return { code: "internal", message: `Something went wrong: ${error instanceof Error ? error.message : String(error)}`, next: "Retry; if it stays, report it." };
}

/** The reader's end as the document's reason. */
export function readerReason(error: unknown): DocumentReason {
  const next = "Split the document, or export it in another format.";
  const died: DocumentReason = { code: "reader-died", message: "Reading this file crashed the reader. Everything else goes on.", next: "Try to save the document again with the program that made it." };
  if (isAbort(error)) return died;
  if (!(error instanceof LorekeepError)) return reasonOf(error);
  if (error.code === "TIMED_OUT") return { code: "timed-out", message: error.message, next };
  if (error.code === "TOO_LARGE" || isHeapDeath(error)) return { code: "out-of-memory", message: "Reading this file needed too much memory and was stopped.", next };
  if (error.code === "WORKER_DIED") return died;
  return { code: "internal", message: error.message };
}

/** V8 ends the process itself when its heap is full; only its last words, or the stack below them, tell. */
const heapDeath = /heap out of memory|Reached heap limit|Array buffer allocation failed|OOMErrorHandler|ReportOOMFailure|FatalProcessOutOfMemory|HeapAllocator|Heap::CollectGarbage/;

function isHeapDeath(error: LorekeepError): boolean {
  return error.code === "WORKER_DIED" && heapDeath.test(error.details.detail ?? "");
}

/**
 * A worker that died without a reason of its work's own making (killed from outside, or a crash that may not come again). A port that
 * closed under a call is an abort that nobody asked for: callers look at their own signal first.
 */
export function isSuddenDeath(error: unknown): boolean {
  if (isAbort(error)) return true;
  return error instanceof LorekeepError && error.code === "WORKER_DIED" && !isHeapDeath(error);
}
