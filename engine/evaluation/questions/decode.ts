import { isUtf8 } from "node:buffer";
import { analyse } from "chardet";
import iconv from "iconv-lite";
import { LorekeepError } from "../../base/errors.ts";

const marks: readonly (readonly [string, readonly number[]])[] = [["utf-8", [0xef, 0xbb, 0xbf]], ["utf-16le", [0xff, 0xfe]], ["utf-16be", [0xfe, 0xff]]];

/** Bytes of a question file as text: by its byte order mark, as UTF-8, else by chardet's best guess. @throws LorekeepError UNSUPPORTED for bytes that are no text */
export function decodeQuestions(bytes: Buffer): string {
  for (const [encoding, mark] of marks) if (mark.every((byte, i) => bytes[i] === byte)) return iconv.decode(bytes.subarray(mark.length), encoding);
  if (bytes.includes(0)) throw new LorekeepError("UNSUPPORTED", { reason: "This file is no text.", next: "Questions are read from JSON Lines and CSV files." });
  return isUtf8(bytes) ? bytes.toString("utf8") : iconv.decode(bytes, guess(bytes));
}

function guess(bytes: Buffer): string {
  const found = analyse(bytes.subarray(0, 64 * 1024)).find(({ name }) => iconv.encodingExists(name));
  return found?.name ?? "windows-1252";
}
