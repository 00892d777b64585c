import { modeParts } from "../../answer/modes.ts";
import { isAbort, LorekeepError, type ErrorCode } from "../../base/errors.ts";
import type { RunAnswer, RunProgress, RunVariant, JudgeVerdict } from "../../contract/runs.ts";
import { asError, type Failure } from "../failure.ts";
import type { EvaluationMeans } from "../means.ts";
import { compileSchema, type SchemaCheck } from "../../base/json-schema.ts";
import { scoreAnswer } from "../score/score.ts";
import { askOnce } from "./ask.ts";
import { HeldBack } from "./held-back.ts";
import { judgeAnswer } from "./judge.ts";
import { pinModels } from "./pin.ts";
import { remaining, type Ask } from "./plan.ts";
import { recordOf } from "./record.ts";
import type { RunFile } from "./run-file.ts";

export interface RunListener {
  readonly answered: (answer: RunAnswer) => void;
  readonly progress: (now: Partial<Pick<RunProgress, "variant" | "questionId" | "step">> & { judgeMs?: number }) => void;
}

type Means = Pick<EvaluationMeans, "answering" | "embedder">;

/** What no further question would mend: the run stops with it and can be gone on with later. */
const fatal: ReadonlySet<ErrorCode> = new Set(["NEEDS_MODEL", "NEEDS_ADAPTER", "NEEDS_DOCUMENTS", "MODEL_REFUSED", "MODEL_FAILED", "NOT_FOUND", "INVALID", "NO_SPACE", "READ_ONLY", "BUSY"]);

/**
 * Answers what is left of a run, then judges it. Each answer is on the disk before the next question, but for failures ({@link HeldBack}); each is a
 * turn of its own, so that a chat waits for one answer at most. @throws LorekeepError that stops the run; AbortError
 */
export async function proceed(file: RunFile, means: Means, listener: RunListener, signal: AbortSignal): Promise<void> {
  await pinModels(file, means.answering, signal);
  const schemas = new Map<object, SchemaCheck>();
  const answers = new HeldBack<RunAnswer>(async (answer) => {
    await file.append({ type: "answer", answer });
    listener.answered(answer);
  });
  let warm: RunVariant | undefined;
  for (const ask of remaining(file.content)) {
    signal.throwIfAborted();
    if (warm === undefined || warm.modelId !== ask.variant.modelId) await warmUp(ask.variant, means, signal);
    warm = ask.variant;
    listener.progress({ variant: ask.variant.name, questionId: ask.question.id, step: "answering" });
    const answer = await answerOne(ask, file, { ...means, schemas }, signal);
    await answers.take(answer, answer.error);
  }
  await answers.end();
  await judgeAll(file, means, listener, signal);
}

/** Loading a model and starting a worker are no part of any answer's time. What fails here fails with the question, which says why. */
async function warmUp({ mode, modelId }: RunVariant, { answering, embedder }: Means, signal: AbortSignal): Promise<void> {
  const starting = [embedder.embedQuery("Warm up", signal), ...(modeParts[mode].model ? [answering.turn.run(signal, () => answering.chatModel.ensureLoaded(modelId, signal))] : [])];
  await Promise.allSettled(starting);
  signal.throwIfAborted();
}

async function answerOne({ variant, question }: Ask, file: RunFile, { answering, embedder, schemas }: Means & { schemas: Map<object, SchemaCheck> }, signal: AbortSignal): Promise<RunAnswer> {
  const { header } = file.content;
  const answered = await askOnce(variant, question, header, answering, signal);
  if (answered.error && fatal.has(answered.error.code as ErrorCode)) throw asError(answered.error);
  const schema = question.jsonSchema ?? header.jsonSchema;
  const check = schema && (schemas.get(schema) ?? compileSchema(schema));
  if (schema && check) schemas.set(schema, check);
  return recordOf(variant.name, question.id, answered, await scoreAnswer(question, answered, { schema: check, embedder }, signal));
}

async function judgeAll(file: RunFile, { answering }: Means, listener: RunListener, signal: AbortSignal): Promise<void> {
  const { header } = file.content;
  if (!header.judge) return;
  const questions = new Map(header.questions.map((one) => [one.id, one]));
  const keep = async ({ answer, judged }: { answer: RunAnswer; judged: JudgeVerdict }) => {
    await file.append({ type: "judged", variant: answer.variant, questionId: answer.questionId, judged });
    listener.answered({ ...answer, judged });
  };
  const verdicts = new HeldBack(keep);
  let [spentMs, count] = [0, 0];
  for (const answer of [...file.content.answers.values()]) {
    const question = questions.get(answer.questionId);
    if (answer.judged || !question) continue;
    signal.throwIfAborted();
    if (answer.state === "failed") {
      await keep({ answer, judged: { verdict: "none", reason: "There is no answer to judge." } });
      continue;
    }
    listener.progress({ variant: answer.variant, questionId: answer.questionId, step: "judging", ...(count > 0 ? { judgeMs: spentMs / count } : {}) });
    const start = performance.now();
    const { judged, failure } = await verdictOf(() => judgeAnswer(question, answer, header.judge?.modelId ?? "", answering, signal));
    spentMs += performance.now() - start;
    count++;
    await verdicts.take({ answer, judged }, failure);
  }
  await verdicts.end();
}

/** @throws what stops the run */
async function verdictOf(ask: () => Promise<JudgeVerdict>): Promise<{ judged: JudgeVerdict; failure?: Failure }> {
  try {
    return { judged: await ask() };
  } catch (error) {
    if (isAbort(error) || !(error instanceof LorekeepError) || fatal.has(error.code)) throw error;
    const { reason, next } = error.details;
    return { judged: { verdict: "none", reason }, failure: { code: error.code, reason, next } };
  }
}
