import { MultiMatchQuery, type Table } from "@lancedb/lancedb";
import { likelyLanguage } from "../language.ts";
import type { ScoredPassage, SearchScope } from "../store.ts";
import { OTHER, wordsColumn } from "./languages.ts";
import { numberOf, passageOf, type Row } from "./rows.ts";
import { PASSAGE_COLUMNS } from "./schema.ts";
import { all, isNotIn, scopePredicate } from "./sql.ts";

/** Partitions of the vector index looked into: at 50,000 passages .994 of the true hundred nearest (32: .972; 16: .931). */
const PROBES = 64;

/** Words of a question that are looked for; a pasted page would otherwise be a query of thousands of terms. */
const MAX_WORDS = 256;

export interface Scored {
  readonly row: Row;
  readonly score: number;
}

export interface SearchParts {
  readonly table: Table;
  readonly scope: SearchScope;
  readonly hidden: readonly string[];
  readonly limit: number;
}

const predicate = (parts: SearchParts) => all([scopePredicate(parts.scope), isNotIn("generation", parts.hidden)]);

/** Nearest by cosine: vectors are normalised, so the dot product is the cosine, and LanceDB's dot "distance" is one less it. */
export async function dense(parts: SearchParts, vector: Float32Array): Promise<Scored[]> {
  const where = predicate(parts);
  const query = parts.table.query().nearestTo(vector).column("vector").distanceType("dot").nprobes(PROBES);
  if (where) query.where(where);
  const rows: Row[] = await query.select([...PASSAGE_COLUMNS, "_distance"]).limit(parts.limit).toArray();
  return rows.map((row) => ({ row, score: 1 - numberOf(row, "_distance") }));
}

/**
 * BM25. A passage's words stand in the column of its language. Where the question is clearly in one of the store's languages, that
 * column and the unstemmed one come first and the others only fill up what is left of the limit; otherwise all count alike.
 */
export async function lexical(parts: SearchParts, question: string, languages: readonly string[]): Promise<Scored[]> {
  const words = queryWords(question);
  if (words === "" || languages.length === 0) return [];
  const likely = await likelyLanguage(question, languages.filter((language) => language !== OTHER));
  const first = likely === undefined ? languages : languages.filter((language) => language === likely || language === OTHER);
  const rest = languages.filter((language) => !first.includes(language));
  const found = await match(parts, words, first);
  if (rest.length === 0 || found.length >= parts.limit) return found;
  const filling = await match({ ...parts, limit: parts.limit - found.length }, words, rest);
  return [...found, ...below(filling, found.at(-1)?.score)];
}

/** Scores of different languages are not comparable; those that only fill up are scaled to stand below the rest. */
function below(filling: Scored[], ceiling: number | undefined): Scored[] {
  const top = filling[0]?.score ?? 0;
  if (ceiling === undefined || top <= ceiling) return filling;
  return filling.map(({ row, score }) => ({ row, score: (score / top) * ceiling }));
}

async function match(parts: SearchParts, words: string, languages: readonly string[]): Promise<Scored[]> {
  const query = parts.table.query().fullTextSearch(new MultiMatchQuery(words, languages.map(wordsColumn)));
  const where = predicate(parts);
  if (where) query.where(where);
  const rows: Row[] = await query.select([...PASSAGE_COLUMNS, "_score"]).limit(parts.limit).toArray();
  return rows.map((row) => ({ row, score: numberOf(row, "_score") })).sort((a, b) => b.score - a.score);
}

/** Letters, marks and digits of any script, and what joins them; each word once. The match query has no syntax, so nothing is escaped. */
export function queryWords(question: string): string {
  const words = question.normalize("NFC").match(/[\p{L}\p{N}\p{M}]+(?:['’.\-_][\p{L}\p{N}\p{M}]+)*/gu) ?? [];
  return [...new Set(words.map((word) => word.toLowerCase()))].slice(0, MAX_WORDS).join(" ");
}

export const scoredPassage = ({ row, score }: Scored): ScoredPassage => ({ passage: passageOf(row), score });
