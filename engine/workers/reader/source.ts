import type { DocumentFormat } from "../../contract/document.ts";
import type { DocumentBuilder } from "./blocks.ts";
import type { ReaderLimits } from "./contract.ts";

/** One file's bytes and what is known about them from outside. */
export interface Source {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly format: DocumentFormat;
  /** Decoded content of text formats; absent for binary ones. */
  readonly text?: string;
  readonly mediaType?: string;
  readonly password?: string;
  readonly limits: ReaderLimits;
}

export interface ReadContext {
  readonly source: Source;
  readonly out: DocumentBuilder;
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number, unit: "pages" | "parts") => void;
}

/** Reads one format into `out`. @throws Refusal with the reason; anything else thrown is taken for a damaged file. */
export type FormatReader = (context: ReadContext) => Promise<void> | void;

/** The text of a format that detection decoded. */
export function textOf(source: Source): string {
  if (source.text === undefined) throw new Error(`No decoded text for ${source.format}`);
  return source.text;
}
