import { MatchQuery, MultiMatchQuery, Operator, type Table } from "@lancedb/lancedb";
import { likelyLanguage } from "../language.ts";
import type { LexicalOptions, ScoredPassage, SearchScope } from "../store.ts";
import { plainRows } from "./arrow-rows.ts";
import { OTHER, wordsColumn } from "./languages.ts";
import { numberOf, passageOf, vectorOf, type Row } from "./rows.ts";
import { PASSAGE_COLUMNS } from "./schema.ts";
import { all, isIn, isNotIn, scopePredicate } from "./sql.ts";

/** Partitions of the vector index looked into: at 50,000 passages .994 of the true hundred nearest (32: .972; 16: .931). */
export const PROBES = 64;

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
  /** Only these passages. */
  readonly ids?: readonly string[];
  /** Only these rows, by address. */
  readonly rows?: readonly string[];
  /** Columns that are brought along; by default what makes up a passage. Fetching them is most of a search's time. */
  readonly columns?: readonly string[];
  /** Rows with their addresses (`_rowid`): good until rows move, which is to say until the next write. */
  readonly addresses?: boolean;
}

const predicate = (parts: SearchParts) => all([scopePredicate(parts.scope), isNotIn("generation", parts.hidden), parts.ids ? isIn("id", parts.ids) : undefined, parts.rows ? `_rowid IN (${parts.rows.join(",")})` : undefined]);

const selected = ({ columns = PASSAGE_COLUMNS }: SearchParts, score: string): string[] => [...columns, score];

/** Nearest by cosine: vectors are normalised, so the dot product is the cosine, and LanceDB's dot "distance" is one less it. */
export async function dense(parts: SearchParts, vector: Float32Array): Promise<Scored[]> {
  const where = predicate(parts);
  const query = parts.table.query().nearestTo(vector).column("vector").distanceType("dot").nprobes(PROBES);
  if (where) query.where(where);
  if (parts.addresses) query.withRowId();
  const found = await query.select(selected(parts, "_distance")).limit(parts.limit).toArrow();
  return plainRows(found).map((row) => ({ row, score: 1 - numberOf(row, "_distance") }));
}

/** BM25 of given passages, in the columns that a search of the same question looks into first. Passages without a word of it are not among them. */
export async function lexicalOf(parts: SearchParts, question: string, languages: readonly string[]): Promise<Scored[]> {
  const words = queryWords(question);
  if (words === "" || languages.length === 0) return [];
  const { first } = await columnsFor(question, languages);
  const [only, ...others] = first.map(wordsColumn);
  // One column needs no merging, which is a sixth of the time. Equals come in any order then: here each finds room, so that none is cut off by chance.
  return only !== undefined && others.length === 0 ? run(parts, new MatchQuery(words, only)) : match(parts, words, first);
}

/**
 * BM25. A passage's words stand in the column of its language. Where the question is clearly in one of the store's languages, that
 * column and the unstemmed one come first and the others only fill up what is left of the limit; otherwise all count alike.
 */
export async function lexical(parts: SearchParts, question: string, { languages, ...options }: LexicalOptions & { languages: readonly string[] }): Promise<Scored[]> {
  const words = queryWords(question);
  if (words === "" || languages.length === 0) return [];
  const { first, rest } = await columnsFor(question, languages);
  const asked = options.vectors ? { ...parts, columns: [...(parts.columns ?? PASSAGE_COLUMNS), "vector"] } : parts;
  const found = await match(asked, words, first, options);
  if (rest.length === 0 || found.length >= parts.limit) return found;
  const filling = await match({ ...asked, limit: parts.limit - found.length }, words, rest, options);
  return [...found, ...below(filling, found.at(-1)?.score)];
}

async function columnsFor(question: string, languages: readonly string[]): Promise<{ first: readonly string[]; rest: readonly string[] }> {
  const likely = await likelyLanguage(question, languages.filter((language) => language !== OTHER));
  const first = likely === undefined ? languages : languages.filter((language) => language === likely || language === OTHER);
  return { first, rest: languages.filter((language) => !first.includes(language)) };
}

/** Scores of different languages are not comparable; those that only fill up are scaled to stand below the rest. */
function below(filling: Scored[], ceiling: number | undefined): Scored[] {
  const top = filling[0]?.score ?? 0;
  if (ceiling === undefined || top <= ceiling) return filling;
  return filling.map(({ row, score }) => ({ row, score: (score / top) * ceiling }));
}

async function match(parts: SearchParts, words: string, languages: readonly string[], options: LexicalOptions = {}): Promise<Scored[]> {
  if (options.fuzzy) return bestOf(await Promise.all(languages.map((language) => run(parts, new MatchQuery(words, wordsColumn(language), { fuzziness: fuzziness(words), maxExpansions: 100 })))));
  return run(parts, new MultiMatchQuery(words, languages.map(wordsColumn), options.every ? { operator: Operator.And } : {}));
}

/**
 * Without a prefix that must stay: LanceDB cuts it in bytes, and a word that begins with ü brings the process down. LanceDB compares the word as it was typed
 * with the stems in the index, so the ending that the stemmer took off counts as differing letters: two, therefore, except in the shortest words. Which word was meant is for the caller to tell.
 */
function fuzziness(words: string): number {
  return Math.min(...words.split(" ").map((word) => word.length)) < 5 ? 1 : 2;
}

function bestOf(lists: readonly Scored[][]): Scored[] {
  return lists.flat().sort((a, b) => b.score - a.score);
}

async function run(parts: SearchParts, asked: MatchQuery | MultiMatchQuery): Promise<Scored[]> {
  const query = parts.table.query().fullTextSearch(asked);
  const where = predicate(parts);
  if (where) query.where(where);
  if (parts.addresses) query.withRowId();
  const found = await query.select(selected(parts, "_score")).limit(parts.limit).toArrow();
  return plainRows(found).map((row) => ({ row, score: numberOf(row, "_score") })).sort((a, b) => b.score - a.score);
}

/** Letters, marks and digits of any script, and what joins them; each word once. The match query has no syntax, so nothing is escaped. */
export function queryWords(question: string): string {
  const words = question.normalize("NFC").match(/[\p{L}\p{N}\p{M}]+(?:['’.\-_][\p{L}\p{N}\p{M}]+)*/gu) ?? [];
  return [...new Set(words.map((word) => word.toLowerCase()))].slice(0, MAX_WORDS).join(" ");
}

export const scoredPassage = ({ row, score }: Scored): ScoredPassage => ({ passage: passageOf(row), score, ...("vector" in row ? { vector: vectorOf(row) } : {}) });
