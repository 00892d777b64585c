import type { Answered } from "../../answer/answer-question.ts";
import type { AnswerScores, RunAnswer } from "../../contract/runs.ts";

/** What a run keeps of an answer: everything a report shows, without the candidates of the search. */
export function recordOf(variant: string, questionId: string, answered: Answered, scores: AnswerScores): RunAnswer {
  const { trace, sources } = answered;
  const { firstTokenMs, totalMs, tokensPerSecond, tokens, withdrawn } = trace;
  return {
    variant, questionId, text: answered.text, state: answered.state === "complete" ? "complete" : "failed", ...(answered.error ? { error: answered.error } : {}), scores, sentences: answered.sentences,
    sources: sources.map(({ number, passage, text }) => ({ number, documentId: passage.documentId, path: passage.path, ...(passage.page === undefined ? {} : { page: passage.page }), text })),
    ...(trace.stopReason === "length" || trace.stopReason === "context-full" ? { cutOff: true } : {}), ...(trace.model ? { model: trace.model.name } : {}), totalMs, time: trace.started,
    ...(firstTokenMs === undefined ? {} : { firstTokenMs }), ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }),
    ...(tokens.prompt === undefined ? {} : { promptTokens: tokens.prompt + (withdrawn?.prompt ?? 0) }), ...(tokens.completion === undefined ? {} : { completionTokens: tokens.completion + (withdrawn?.completion ?? 0) }),
  };
}
