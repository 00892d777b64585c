import { fromFileSystem, LorekeepError } from "../../base/errors.ts";

/** errno by number (Linux, macOS; Windows' own numbers for the same), as Rust prints it: "(os error 28)". */
const ERRNO: Readonly<Record<string, string>> = { 1: "EPERM", 5: "EACCES", 13: "EACCES", 19: "EROFS", 28: "ENOSPC", 30: "EROFS", 39: "ENOSPC", 112: "ENOSPC", 122: "EDQUOT", 69: "EDQUOT" };
/** The same numbers mean something else on the other system. */
const WINDOWS_ONLY = new Set(["5", "19", "39", "112"]);

/**
 * LanceDB's failures carry no code, only text with Rust's "(os error N)" in it; this is the one place that reads it. Ends when the
 * binding hands the errno over. What is no failure of the file system passes through unchanged.
 */
export function fromLance(error: unknown, what: string): unknown {
  if (!(error instanceof Error) || error instanceof LorekeepError) return error;
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1];
  if (number === undefined || WINDOWS_ONLY.has(number) !== (process.platform === "win32")) return error;
  const code = ERRNO[number];
  return code === undefined ? error : fromFileSystem(Object.assign(new Error(error.message, { cause: error }), { code }), what);
}
