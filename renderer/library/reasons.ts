import type { Document, DocumentReason } from "../../engine/contract/index.ts";

/** What can be done about a document that was not read. */
export type Step = "password" | "retry" | "locate" | "limit" | "language" | "remove";

interface Advice { /** Two or three words for the state column. */ readonly short: string; /** In the order of what helps most. */ readonly steps: readonly Step[]; /** When the engine names no next step of its own. */ readonly next: string }

export const stepWords: Record<Step, string> = { password: "Enter password…", retry: "Try again", locate: "Locate…", limit: "Change the limit…", language: "Get language", remove: "Remove" };

const advice: Record<DocumentReason["code"], Advice> = {
  empty: { short: "Empty file", steps: ["remove", "retry"], next: "There is nothing in it to read." },
  "no-text": { short: "No text", steps: ["remove", "retry"], next: "Nothing in it can be searched." },
  "no-text-layer": { short: "No text layer", steps: ["remove", "retry"], next: "Its pages are pictures. Turn text recognition on in the settings and retry." },
  "no-language-data": { short: "No language data", steps: ["language", "remove", "retry"], next: "Download the language, then it is read." },
  encrypted: { short: "Password needed", steps: ["password", "remove"], next: "Enter its password; it is kept in memory only." },
  "wrong-password": { short: "Wrong password", steps: ["password", "remove"], next: "Try another password." },
  corrupt: { short: "Damaged", steps: ["retry", "remove"], next: "Open it in its own program; if that works, save it again and retry." },
  unsupported: { short: "Not supported", steps: ["remove", "retry"], next: "Save it in another format, for example as PDF or text." },
  "too-large": { short: "Too large", steps: ["limit", "retry", "remove"], next: "Raise the limit in the settings, then try again." },
  "timed-out": { short: "Took too long", steps: ["retry", "remove"], next: "Try again when the machine has less to do." },
  "out-of-memory": { short: "Out of memory", steps: ["retry", "remove"], next: "Close other programs and try again, or split the file." },
  "reader-died": { short: "Reader crashed", steps: ["retry", "remove"], next: "Everything else goes on. Try again, or leave this file out." },
  missing: { short: "File is gone", steps: ["locate", "remove", "retry"], next: "Say where it is now, or take it out of the library." },
  unreadable: { short: "Cannot be opened", steps: ["retry", "remove"], next: "Check that you may read this file." },
  "no-space": { short: "Disk is full", steps: ["retry"], next: "Free some space, then try again." },
  cancelled: { short: "Cancelled", steps: ["retry", "remove"], next: "It was taken out of the queue." },
  "embedder-failed": { short: "Indexing failed", steps: ["retry", "remove"], next: "Try again." },
  internal: { short: "Failed", steps: ["retry", "remove"], next: "Try again." },
};

export function adviceFor(reason: DocumentReason): Advice {
  const found = advice[reason.code];
  return reason.next ? { ...found, next: reason.next } : found;
}

/** The first step that would help, for the row itself. Retrying or removing is offered elsewhere; a row shows only what is particular to it. */
export function mainStep(document: Document): Step | undefined {
  if (document.state === "cancelled") return "retry";
  if (document.state !== "failed" || !document.reason) return undefined;
  const [first] = adviceFor(document.reason).steps;
  return first === "remove" ? undefined : first;
}

export function stepsFor(document: Document): readonly Step[] {
  if (document.state === "cancelled") return ["retry", "remove"];
  return document.state === "failed" && document.reason ? adviceFor(document.reason).steps : [];
}
