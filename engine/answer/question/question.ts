import type { Embedder } from "../../knowledge/store.ts";
import { terms } from "../words/terms.ts";

/** Words of a very long question that the lexical leg looks for: the rarest cannot be known here, so the first ones, each once. */
const LEXICAL_WORDS = 128;

/** A question longer than the embedder reads is embedded by its beginning and its end, where questions are put. */
export async function embedQuestion(text: string, embedder: Embedder, notes: string[], signal: AbortSignal | undefined): Promise<Float32Array> {
  let asked = text;
  for (let keep = text.length; keep > 40; keep = Math.floor(keep * 0.7)) {
    asked = keep === text.length ? text : `${text.slice(0, keep / 2)} … ${text.slice(-keep / 2)}`;
    // No tokenizer makes more than one token of a byte, so short questions need no counting.
    if (Buffer.byteLength(asked) + 2 <= embedder.maxTokens) break;
    const [count = 0] = await embedder.countTokens([asked], signal);
    if (count <= embedder.maxTokens) break;
  }
  if (asked !== text) notes.push("The question is longer than the embedder reads: its beginning and end were searched for.");
  return embedder.embedQuery(asked, signal);
}

/** For the lexical leg. */
export function shortened(text: string): string {
  if (text.length < 1000) return text;
  const words = new Map(terms(text).map((term) => [term.key, term.word]));
  return [...words.values()].slice(0, LEXICAL_WORDS).join(" ");
}
