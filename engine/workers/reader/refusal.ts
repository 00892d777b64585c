import type { DocumentReason } from "../../contract/document.ts";

/** An expected "this file cannot be read, because": thrown inside the reader, turned into a `refused` event at its edge. */
export class Refusal extends Error {
  readonly reason: DocumentReason;

  constructor(code: DocumentReason["code"], message: string, next?: string) {
    super(message);
    this.name = "Refusal";
    this.reason = { code, message, ...(next === undefined ? {} : { next }) };
  }
}

export const corrupt = (what: string): Refusal =>
  new Refusal("corrupt", `${what} is damaged and cannot be read.`, "Open it in its own program, save a fresh copy and add that.");
