import { createHmac, randomBytes } from "node:crypto";
import { sha256 } from "../../base/hash.ts";

/** Makes the nonce of one request's frames out of the texts in them; `attempt` counts from 0 those that stood in one of the texts. */
export type MakeNonce = (texts: readonly string[], attempt: number) => string;

/** Hexadecimal characters: 24 bits. */
const LENGTH = 6;

const randomNonce: MakeNonce = () => randomBytes(LENGTH / 2).toString("hex");

/**
 * The same texts, in any order, get the same nonce: a question over passages that did not change is the same prompt again, and its greedy
 * answer repeats. Who does not have the key can foretell none, and a text that changes has another one (docs/decisions/0006).
 */
export function keyedNonce(key: string): MakeNonce {
  return (texts, attempt) => {
    const hmac = createHmac("sha256", key);
    // Each with its length before it: no two lists of texts read the same.
    for (const text of [String(attempt), ...[...texts].sort()]) hmac.update(`${Buffer.byteLength(text)}:`).update(text);
    return hmac.digest("hex").slice(0, LENGTH);
  };
}

/** The same on every machine, so that what is measured can be measured again there. It guards by standing in none of the texts, not by being secret. */
export function repeatedNonce(seed: string): MakeNonce {
  return (_, attempt) => sha256(attempt === 0 ? seed : `${seed}\n${attempt}`).slice(0, LENGTH);
}

/** A nonce that stands in none of the texts. */
export function freshNonce(texts: readonly string[], make: MakeNonce = randomNonce): string {
  for (let attempt = 0; ; attempt++) {
    const nonce = make(texts, attempt);
    if (!texts.some((text) => text.includes(nonce))) return nonce;
  }
}
