import { LorekeepError } from "../engine/base/errors.ts";

/** Where a command writes: results to standard output, everything said along the way to standard error. */
export interface Terminal {
  readonly json: boolean;
  readonly interactive: boolean;
  /** The command's one JSON document. */
  result(document: unknown): void;
  /** A line of the result for a person. Silent with --json. */
  line(text?: string): void;
  /** Result text as it comes, no newline. Silent with --json. */
  text(text: string): void;
  /** A remark on standard error. */
  say(text: string): void;
  /** Progress: redraws one line on a terminal, prints a line now and then in a pipe. */
  progress(text: string): void;
  endProgress(): void;
}

const PIPE_EVERY_MS = 5000;

export function createTerminal(json: boolean, streams: { out: NodeJS.WriteStream; err: NodeJS.WriteStream } = { out: process.stdout, err: process.stderr }): Terminal {
  const { out, err } = streams;
  const interactive = Boolean(err.isTTY);
  let drawn = false;
  let lastPiped = 0;
  const wipe = () => {
    if (drawn) err.write("\r\x1b[2K");
    drawn = false;
  };
  return {
    json,
    interactive,
    result: (document) => void (json && out.write(`${JSON.stringify(document, null, 2)}\n`)),
    line: (text = "") => void (!json && (wipe(), out.write(`${text}\n`))),
    text: (text) => void (!json && (wipe(), out.write(text))),
    say: (text) => {
      wipe();
      err.write(`${text}\n`);
    },
    progress: (text) => {
      if (interactive) {
        err.write(`\r\x1b[2K${text.slice(0, Math.max(20, (err.columns || 80) - 1))}`);
        drawn = true;
      } else if (Date.now() - lastPiped > PIPE_EVERY_MS) {
        lastPiped = Date.now();
        err.write(`${text}\n`);
      }
    },
    endProgress: wipe,
  };
}

/** A bar of `width` cells for a fraction 0..1. */
export function bar(fraction: number, width = 24): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return `[${"█".repeat(full)}${"·".repeat(width - full)}]`;
}

/** Seconds as a person says them. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3));
  return `${(count / 1000 ** power).toFixed(power === 0 || count / 1000 ** power >= 100 ? 0 : 1)} ${units[power] ?? "B"}`;
}

/** Wrong usage: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Code, reason and next step of whatever a call threw: the engine's own errors and the contract's look alike here. */
export function describeError(error: unknown): { code: string; reason: string; next?: string; detail?: string } {
  if (error instanceof LorekeepError) return { code: error.code, ...error.details };
  if (error instanceof Error && "data" in error && "code" in error) {
    const data = error.data as { reason?: string; next?: string; detail?: string } | undefined;
    if (data?.reason) return { code: String(error.code), reason: data.reason, ...(data.next ? { next: data.next } : {}), ...(data.detail ? { detail: data.detail } : {}) };
  }
  return { code: "INTERNAL", reason: error instanceof Error ? error.message : String(error) };
}
