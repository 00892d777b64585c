import { fromFileSystem, LorekeepError } from "../../base/errors.ts";
import { storeKind } from "../../base/store-location.ts";

/** errno by number (Linux, macOS; Windows' own numbers for the same), as Rust prints it: "(os error 28)". */
const ERRNO: Readonly<Record<string, string>> = { 1: "EPERM", 5: "EACCES", 13: "EACCES", 19: "EROFS", 28: "ENOSPC", 30: "EROFS", 39: "ENOSPC", 112: "ENOSPC", 122: "EDQUOT", 69: "EDQUOT" };
/** The same numbers mean something else on the other system. */
const WINDOWS_ONLY = new Set(["5", "19", "39", "112"]);

/**
 * LanceDB's failures carry no code, only text with Rust's "(os error N)" in it; this is the one place that reads it. Ends when the
 * binding hands the errno over. What is no failure of the file system passes through unchanged. Elsewhere than in a folder every failure that
 * names the transport counts as not reached.
 */
export function fromLance(error: unknown, what: string): unknown {
  if (!(error instanceof Error) || error instanceof LorekeepError) return error;
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1];
  if (storeKind(what) !== "folder") return unreachable(error, what);
  if (number === undefined || WINDOWS_ONLY.has(number) !== (process.platform === "win32")) return error;
  const code = ERRNO[number];
  return code === undefined ? error : fromFileSystem(Object.assign(new Error(error.message, { cause: error }), { code }), what);
}

/** What LanceDB's object store and HTTP client say when the other side is not there, does not know the bucket, or refuses the key. */
const TRANSPORT = /error sending request|connect|timed? ?out|dns|NoSuchBucket|not found|InvalidAccessKeyId|SignatureDoesNotMatch|AccessDenied|forbidden|unauthorized|credential|status code: [45]\d\d|status: [45]\d\d|\b(401|403)\b/i;

function unreachable(error: Error, what: string): unknown {
  if (!TRANSPORT.test(error.message)) return error;
  return new LorekeepError("DOWNLOAD_FAILED", {
    reason: `The library at ${what} could not be reached, or it refused.`, next: "Check the connection, the address, and the credentials in the environment.", detail: error.message.slice(0, 2000),
  }, { cause: error });
}
