import { answerQuestion, type Answered } from "../../answer/answer-question.ts";
import { silent } from "../../answer/listener.ts";
import type { AnswerMeans } from "../../answer/means.ts";
import { repeatedNonce } from "../../answer/write/nonce.ts";
import type { AnswerOptions, Message } from "../../contract/answers.ts";
import type { KnownQuestion } from "../../contract/questions.ts";
import type { RunVariant } from "../../contract/runs.ts";
import type { RunHeader } from "./run-file.ts";

const greedy = { temperature: 0, seed: 1 } as const;

/** Answers one question as a chat would, and keeps no conversation. The same question of the same run is asked with the very same prompt. */
export async function askOnce(variant: RunVariant, question: KnownQuestion, header: RunHeader, means: AnswerMeans, signal: AbortSignal): Promise<Answered> {
  const answered = await answerQuestion({ text: question.question, path: pathOf(question, variant), options: optionsOf(variant, question, header), unlocked: header.includePrivate }, meansOf(question, header, means), silent, signal);
  signal.throwIfAborted();
  return answered;
}

/**
 * What chats answer with, but for four things: the settings are those the run began with; searches that were kept are not used, since what is
 * measured is timed; the frames' nonce follows from the question, so that greedy answers repeat (it still stands in none of the texts); and which
 * schema there is, is for the set and the variant to say, not for the fine-tune.
 */
function meansOf({ id, question }: KnownQuestion, { settings }: RunHeader, { searches: _, fineTuneFormat: __, ...means }: AnswerMeans): AnswerMeans {
  return { ...means, settings: () => ({ ...means.settings(), ...settings }), nonce: repeatedNonce(`${id}\n${question}`) };
}

function optionsOf(variant: RunVariant, question: KnownQuestion, { filter, systemPrompt: ofSet, jsonSchema: schemaOfSet }: Pick<RunHeader, "filter" | "systemPrompt" | "jsonSchema">): AnswerOptions {
  const systemPrompt = variant.systemPrompt ?? ofSet;
  const jsonSchema = variant.enforceSchema ? (question.jsonSchema ?? schemaOfSet) : undefined;
  return {
    mode: variant.mode, adapters: variant.adapters, filter, sampling: { ...greedy, ...variant.sampling },
    ...(variant.modelId === undefined ? {} : { modelId: variant.modelId }), ...(systemPrompt === undefined ? {} : { systemPrompt }), ...(jsonSchema ? { jsonSchema } : {}),
  };
}

/** The exchanges before the question, as if they had been said. */
function pathOf({ history = [] }: KnownQuestion, { mode }: RunVariant): Message[] {
  const created = new Date(0).toISOString();
  return history.flatMap(({ question, answer }, i): Message[] => [
    { id: `${i}-asked`, parentId: i === 0 ? null : `${i - 1}-answered`, role: "user", text: question, created },
    {
      id: `${i}-answered`, parentId: `${i}-asked`, role: "assistant", text: answer, created, state: "complete", sources: [], sentences: [],
      trace: { mode, adapters: [], question, filter: {}, candidates: [], tokens: {}, steps: [], started: created, totalMs: 0, notes: [] },
    },
  ]);
}
