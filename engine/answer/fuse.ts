import type { Candidate } from "../contract/search.ts";
import type { ScoredPassage } from "../knowledge/store.ts";

/** The usual constant of reciprocal rank fusion: how flat the weight of the first ranks is. */
const K = 60;

/**
 * Both legs' hits as one list, best first, by reciprocal rank: Σ 1 / (60 + rank). Ties stand by the better single rank, then the dense one,
 * then the passage's id, so that the same question gives the same order each time.
 */
export function fuse(dense: readonly ScoredPassage[], lexical: readonly ScoredPassage[]): Candidate[] {
  const byId = new Map<string, Candidate>();
  dense.forEach((hit, i) => byId.set(hit.passage.id, { passage: hit.passage, dense: { rank: i + 1, score: hit.score } }));
  lexical.forEach((hit, i) => {
    const known = byId.get(hit.passage.id);
    byId.set(hit.passage.id, { ...(known ?? { passage: hit.passage }), lexical: { rank: i + 1, score: hit.score } });
  });
  return [...byId.values()].sort(byFusedScore).map((candidate, i) => ({ ...candidate, fused: { rank: i + 1, score: fusedScore(candidate) } }));
}

function fusedScore(candidate: Candidate): number {
  return [candidate.dense, candidate.lexical].reduce((sum, stage) => sum + (stage ? 1 / (K + stage.rank) : 0), 0);
}

const NOT_FOUND = Number.MAX_SAFE_INTEGER;

function byFusedScore(a: Candidate, b: Candidate): number {
  const dense = (c: Candidate) => c.dense?.rank ?? NOT_FOUND;
  const best = (c: Candidate) => Math.min(dense(c), c.lexical?.rank ?? NOT_FOUND);
  return fusedScore(b) - fusedScore(a) || best(a) - best(b) || dense(a) - dense(b) || (a.passage.id < b.passage.id ? -1 : 1);
}
