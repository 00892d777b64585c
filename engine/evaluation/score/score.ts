import type { Answered } from "../../answer/answer-question.ts";
import { modeParts } from "../../answer/modes.ts";
import { dot } from "../../base/vectors.ts";
import type { KnownQuestion } from "../../contract/questions.ts";
import type { AnswerScores } from "../../contract/runs.ts";
import type { Embedder } from "../../knowledge/store.ts";
import { besides, claimsAnything, factScores, saidBy } from "./facts.ts";
import { matchesPattern } from "./pattern.ts";
import { repetition } from "./repetition.ts";
import type { SchemaCheck } from "../../base/json-schema.ts";
import { citationScores, expectedPassage, faithfulness, retrievalScores, wrongMarks } from "./sources.ts";

export interface Scoring {
  /** Of the question, else of its set. */
  readonly schema?: SchemaCheck | undefined;
  readonly embedder: Pick<Embedder, "embedQuery">;
}

/** Alternatives that are compared by meaning at most. */
const MOST_COMPARED = 5;

/** Scores one answer by rules alone: the same answer always gets the same scores. */
export async function scoreAnswer(question: KnownQuestion, answered: Answered, { schema, embedder }: Scoring, signal?: AbortSignal): Promise<AnswerScores> {
  const { text, sentences, sources, trace } = answered;
  const said = saidBy(text);
  const facts = question.unanswerable ? undefined : factScores(said, question, besides(text));
  const grounded = modeParts[trace.mode].documents;
  const expected = grounded ? expectedPassage(question) : undefined;
  const claims = claimsAnything(text, sentences);
  const complete = answered.state === "complete";
  const refused = complete && text.trim() !== "" && !claims;
  const citation = grounded ? citationScores(sentences, sources, question) : undefined;
  const support = grounded ? faithfulness(sentences) : undefined;
  const format = formatScores(text, question, schema);
  const compared = question.unanswerable || said.trim() === "" ? undefined : await similarity(said, question.expectAnswers ?? [], embedder, signal);
  const scores: AnswerScores = {
    ...facts, ...(compared === undefined ? {} : { similarity: compared }),
    refused, ...(question.unanswerable ? { refusal: refused } : facts || expected ? { answered: claims } : {}),
    ...format, ...(expected ? retrievalScores(sources, trace.candidates, expected) : {}), ...citation,
    ...wrongMarks(sentences, grounded), ...(support === undefined ? {} : { faithfulness: support }),
    repetition: repetition(said), characters: text.length, words: said.split(/\s+/).filter(Boolean).length,
  };
  const correct = isCorrect(question, scores, complete);
  return { ...(correct === undefined ? {} : { correct }), ...scores };
}

/**
 * Right as a whole: the answer came to its end, its content is right, and so is its format, each as far as the question asks for it.
 * - content: refused, where nothing answers the question; else an expected answer is in it (`fact`); where only a passage is expected, that one
 *   is cited, which modes without documents cannot do.
 * - format: the schema is followed and the pattern matches.
 * undefined where there is only a rubric, which no rule can judge.
 */
function isCorrect(question: KnownQuestion, scores: Pick<AnswerScores, "refused" | "fact" | "citation" | "format">, complete: boolean): boolean | undefined {
  const content = question.unanswerable ? scores.refused : scores.fact ?? (question.expectDocument !== undefined || question.expectPhrase !== undefined ? scores.citation === true : undefined);
  const parts = [content, scores.format].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : complete && parts.every(Boolean);
}

function formatScores(text: string, { pattern }: KnownQuestion, schema: SchemaCheck | undefined): Pick<AnswerScores, "format" | "schema" | "pattern" | "formatProblem"> {
  const bySchema = schema?.(text);
  const byPattern = pattern === undefined ? undefined : matchesPattern(pattern, text);
  if (!bySchema && !byPattern) return {};
  const problem = bySchema?.problem ?? byPattern?.problem;
  return {
    format: bySchema?.valid !== false && byPattern?.matches !== false,
    ...(bySchema ? { schema: bySchema.valid } : {}), ...(byPattern ? { pattern: byPattern.matches } : {}), ...(problem === undefined ? {} : { formatProblem: problem }),
  };
}

/** Cosine with the closest expected answer, by the built-in embedder. */
async function similarity(said: string, expected: readonly string[], embedder: Scoring["embedder"], signal: AbortSignal | undefined): Promise<number | undefined> {
  if (expected.length === 0) return undefined;
  const [own, ...others] = await Promise.all([said, ...expected.slice(0, MOST_COMPARED)].map((text) => embedder.embedQuery(text, signal)));
  return own ? Math.max(...others.map((other) => dot(own, other))) : undefined;
}
