import { once } from "node:events";
import { Tokenize } from "rtf-stream-parser";
import { RtfInterpreter, type RtfToken } from "./rtf-interpreter.ts";
import { corrupt } from "../refusal.ts";
import type { FormatReader } from "../source.ts";

/** RTF: rtf-stream-parser cuts it into tokens, {@link RtfInterpreter} gives them meaning. */
export const readRtf: FormatReader = async ({ source, out, signal }) => {
  const rtf = Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength).toString("latin1");
  if (!rtf.trimStart().startsWith("{\\rtf")) throw corrupt("This RTF document");
  const interpreter = new RtfInterpreter(out);
  const tokens = new Tokenize();
  tokens.on("data", (token: RtfToken) => interpreter.take(token));
  const ended = once(tokens, "end", { signal });
  tokens.end(Buffer.from(withoutTraps(rtf), "latin1"));
  await ended;
  interpreter.finish();
};

/**
 * What the tokenizer trips over, all without meaning for the text: line ends (each copies the text before it, so their number counts
 * twice), binary parts (it reserves whatever length they claim), and bytes that are no hexadecimal number (it complains on the console).
 */
function withoutTraps(rtf: string): string {
  let result = "";
  let at = 0;
  for (const found of rtf.matchAll(/\\bin(\d{1,10}) ?/g)) {
    if (found.index < at) continue;
    result += rtf.slice(at, found.index);
    at = found.index + found[0].length + Number(found[1]);
  }
  result += rtf.slice(at);
  return result.replace(/([^\\])[\r\n]+/g, "$1").replace(/\\'(?![\da-f]{2})/gi, "");
}
