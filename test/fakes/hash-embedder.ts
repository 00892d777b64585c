import { createHash } from "node:crypto";
import type { Embedder } from "../../engine/knowledge/store.ts";

/** An embedder without a model: texts to vectors by the hashes of their words, so that like words give like vectors. No process, no time. */
export function hashEmbedder(dimensions = 32): Embedder {
  const embed = (text: string): Float32Array => {
    const vector = new Float32Array(dimensions);
    for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [""]) {
      const digest = createHash("md5").update(word).digest();
      for (let i = 0; i < dimensions; i++) vector[i] = (vector[i] ?? 0) + ((digest[i % digest.length] ?? 0) - 127.5) / 127.5;
    }
    const length = Math.hypot(...vector) || 1;
    return vector.map((value) => value / length);
  };
  const abortable = <T>(signal: AbortSignal | undefined, value: () => T): Promise<T> => (signal?.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve().then(value));
  return {
    name: "hash", identity: `hash:${dimensions}d`, dimensions, maxTokens: 256,
    countTokens: (texts, signal) => abortable(signal, () => texts.map((text) => (text.match(/[\p{L}\p{N}]{1,6}|[^\s\p{L}\p{N}]/gu) ?? []).length + 2)),
    embedPassages: (texts, signal) => abortable(signal, () => texts.map(embed)),
    embedQuery: (text, signal) => abortable(signal, () => embed(text)),
    dispose: () => Promise.resolve(),
  };
}
