import type { Candidate } from "../../contract/search.ts";
import { rarityAmong, terms, type Term } from "../words/terms.ts";

/** Candidates read closely: more cost milliseconds and change nothing further up. */
const READ = 20;
/** Of a full match, in standard deviations of the fused score; the same for both signs. Round, and not tuned: see docs/benchmarks.md. */
const WEIGHT = 2;

const opening = /^\s*(?:who|whom|whose|what|when|where|which|why|how|wer|wen|wem|wessen|was|wann|wo|woher|wohin|welche[rsnm]?|warum|wieso|wie|qui|quand|où|pourquoi|comment|combien|quién|qué|cuándo|dónde|cómo)(?!\p{L})/iu;

/** A question's answer stands in a sentence; a claim or a few keywords ask for passages about something, and closeness says little there. */
function isQuestion(text: string): boolean {
  return /[?？؟]\s*(?:\([^)]*\)\s*)?$/u.test(text) || opening.test(text);
}

/**
 * Puts the first candidates in order of how close together their words of the question stand: the share of the question's words (by rarity) in
 * their best single sentence, and the share of the question's neighbouring words that are neighbours there too. BM25 sees neither. Only for questions.
 */
export function closer(question: string, candidates: readonly Candidate[]): Candidate[] {
  const asked = terms(question).map((term) => term.key);
  if (asked.length === 0 || !isQuestion(question)) return [...candidates];
  const read = candidates.slice(0, READ);
  const words = read.map(({ passage }) => terms(passage.text));
  const weigh = rarityAmong(words, asked);
  const scored = read.map((candidate, i) => ({ candidate, score: (candidate.fused?.score ?? 0) + WEIGHT * (bestSentence(asked, candidate.passage.text, words[i] ?? [], weigh) + pairs(asked, words[i] ?? [])) }));
  const ordered = scored.sort((a, b) => b.score - a.score || (a.candidate.fused?.rank ?? 0) - (b.candidate.fused?.rank ?? 0));
  return [...ordered.map(({ candidate, score }, i) => ({ ...candidate, fused: { rank: i + 1, score } })), ...candidates.slice(READ)];
}

function bestSentence(asked: readonly string[], text: string, words: readonly Term[], weigh: (key: string) => number): number {
  const wanted = new Map(asked.map((key) => [key, weigh(key)]));
  const total = [...wanted.values()].reduce((sum, weight) => sum + weight, 0);
  const ends = [...text.matchAll(/[.!?。！？…][)"”’»\]]*(?=\s|$)|\n/gu)].map((match) => match.index);
  let best = 0;
  let at = 0;
  let there = new Set<string>();
  const close = () => { best = Math.max(best, [...there].reduce((sum, key) => sum + (wanted.get(key) ?? 0), 0)); there = new Set(); };
  for (const { key, start } of words) {
    if (start > (ends[at] ?? Infinity)) close();
    while (start > (ends[at] ?? Infinity)) at++;
    if (wanted.has(key)) there.add(key);
  }
  close();
  return total === 0 ? 0 : best / total;
}

function pairs(asked: readonly string[], words: readonly Term[]): number {
  if (asked.length < 2) return 0;
  const after = new Map(asked.map((key) => [key, new Set<string>()]));
  let last: Set<string> | undefined;
  for (const { key } of words) {
    last?.add(key);
    last = after.get(key);
  }
  return asked.slice(1).filter((key, i) => after.get(asked[i] ?? "")?.has(key)).length / (asked.length - 1);
}
