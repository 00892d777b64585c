import type { AnswerSentence, Source } from "../../contract/answers.ts";
import type { KnownQuestion } from "../../contract/questions.ts";
import type { Candidate, Passage } from "../../contract/search.ts";
import { isExpected } from "../expected.ts";
import { factScores } from "./facts.ts";

type Expected = (passage: Pick<Passage, "documentId" | "path" | "title" | "text">) => boolean;

/**
 * How the passage that answers the question is told: by its document, its phrase, or both; where there is no phrase, an expected answer
 * must stand in it. undefined where nothing but an answer is expected: "Friday" may stand anywhere.
 */
export function expectedPassage(question: KnownQuestion): Expected | undefined {
  const { expectDocument, expectPhrase, unanswerable } = question;
  if (unanswerable || (expectDocument === undefined && expectPhrase === undefined)) return undefined;
  return (passage) => isExpected(passage, question) && (expectPhrase !== undefined || factScores(passage.text, question)?.fact !== false);
}

export interface RetrievalScores { readonly recall: number; readonly precision: number; readonly rank?: number }

/** Of the sources the model was given: whether an expected one is among them, and the share that is; the rank before they were chosen (of a candidate that was dropped only the beginning is known). */
export function retrievalScores(sources: readonly Source[], candidates: readonly Candidate[], expected: Expected): RetrievalScores {
  const found = sources.filter((source) => expected({ ...source.passage, text: source.text })).length;
  const at = candidates.findIndex(({ passage }) => expected(passage));
  return { recall: Number(found > 0), precision: sources.length === 0 ? 0 : found / sources.length, ...(at < 0 ? {} : { rank: at + 1 }) };
}

/** Some cited source is the expected passage; and the model itself wrote the number of one that is. */
export function citationScores(sentences: readonly AnswerSentence[], sources: readonly Source[], question: KnownQuestion): { citation: boolean; marked: boolean } | undefined {
  const expected = expectedPassage(question) ?? (question.unanswerable || !factScores("", question) ? undefined : (passage: { text: string }) => factScores(passage.text, question)?.fact === true);
  if (!expected) return undefined;
  const right = new Set(sources.filter((source) => expected({ ...source.passage, text: source.text })).map(({ number }) => number));
  const cited = sentences.flatMap(({ citations }) => citations).filter(({ source }) => right.has(source));
  return { citation: cited.length > 0, marked: cited.some(({ marked }) => marked) };
}

/**
 * Whether some number of a source that the model wrote is wrong: of none it was given, or of one that says nothing of it while another does. Absent
 * where it wrote none; without documents only a number that surely means a source counts, and that one is wrong.
 */
export function wrongMarks(sentences: readonly AnswerSentence[], grounded: boolean): { mismarked?: boolean } {
  const mismarked = sentences.some(({ flags }) => flags.includes("wrong-marker"));
  return mismarked || (grounded && sentences.some(({ named = [] }) => named.length > 0)) ? { mismarked } : {};
}

/** Share of the claims that the sources support; undefined where nothing is claimed. */
export function faithfulness(sentences: readonly AnswerSentence[]): number | undefined {
  const claims = sentences.filter(({ claim }) => claim);
  return claims.length === 0 ? undefined : claims.filter(({ supported }) => supported).length / claims.length;
}
