import type { Passage } from "../../contract/search.ts";
import { fold } from "../words/terms.ts";

const quotation = /["“„«]([^"“”„«»\n]{2,120})["”“»]/gu;
/** Letters and digits in one word, joined or not: RFC-2119, YF-009, M8x40, 4711-B, ISO/IEC 27001 is two words and none. */
const identifier = /(?<![\p{L}\p{N}])(?=[\p{L}\p{N}._/-]*\p{L})(?=[\p{L}\p{N}._/-]*\p{Nd})[\p{L}\p{N}]+(?:[._/-][\p{L}\p{N}]+)*(?![\p{L}\p{N}])/gu;
/** Such as 21st, 1990s, 3rd: words, not names of something. */
const ordinary = /^\d+(?:st|nd|rd|th|s|er|e|ème|ten|te|[ap]m|km|kg|cm|mm|mb|gb|m|g|h|k)$/iu;

/** What a question wants word for word: its quoted phrases and its identifiers, as they stand there. */
export function exactWants(question: string): string[] {
  const quoted = [...question.matchAll(quotation)].map((match) => (match[1] ?? "").trim());
  const named = [...question.matchAll(identifier)].map(([word]) => word).filter((word) => !ordinary.test(word));
  return [...new Map([...quoted, ...named].filter((want) => want !== "").map((want) => [plain(want), want])).values()];
}

/** 0..1: the share of `wants` that stand in the passage, its title or its headings, whole words only; case, accents and the kind of hyphen aside. */
export function exactShare(wants: readonly string[]): (passage: Passage) => number {
  const patterns = wants.map((want) => new RegExp(`(?<![\\p{L}\\p{N}])${escaped(plain(want))}(?![\\p{L}\\p{N}])`, "u"));
  return ({ text, title, headingPath }) => {
    const there = plain([title ?? "", ...headingPath, text].join("\n"));
    return patterns.length === 0 ? 0 : patterns.filter((pattern) => pattern.test(there)).length / patterns.length;
  };
}

const plain = (text: string): string => fold(text).replace(/\p{Pd}/gu, "-").replace(/\s+/gu, " ");
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
