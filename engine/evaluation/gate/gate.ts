import { isAbort } from "../../base/errors.ts";
import type { GateEvent, GateInput, GateRecord } from "../../contract/fine-tunes.ts";
import { runInput, type RunSummary } from "../../contract/runs.ts";
import type { FineTunes } from "../../models/fine-tunes.ts";
import type { ShelfItem } from "../../models/types.ts";
import { asError } from "../failure.ts";
import type { QuestionSets } from "../question-sets.ts";
import { answerKey, type RunContent } from "../run/run-file.ts";
import type { Runs } from "../run/runs.ts";
import { judge, requireCheckable, type GateQuestion } from "./judge.ts";
import { modesFor, pairsOf, sidesOf, type GatePair, type GateSides } from "./variants.ts";

export interface GateMeans {
  readonly sets: Pick<QuestionSets, "get">;
  readonly runs: Pick<Runs, "start" | "stop" | "watch" | "content">;
  readonly fineTunes: Pick<FineTunes, "get" | "recordGate" | "recordScore">;
  /** The shelf. */
  readonly models: () => Promise<readonly ShelfItem[]>;
  /** An item as its file is now. */
  readonly refreshed: (itemId: string, signal?: AbortSignal) => Promise<ShelfItem>;
}

/**
 * Asks a set of the default and of the candidate with the very machinery of every other run, then keeps the scores with both versions and the
 * record with the fine-tune. What is promoted is none of its business. A stop leaves a run that the same call goes on with.
 * @throws LorekeepError NOT_FOUND, CONFLICT, INVALID, BUSY, or what the run failed with; AbortError
 */
export async function gate(input: GateInput, means: GateMeans, emit: (event: GateEvent) => void, signal: AbortSignal): Promise<void> {
  const tune = means.fineTunes.get(input.id);
  const sides = sidesOf(tune, input.versionId);
  const set = means.sets.get(input.setId);
  const questions = set.questions.slice(0, input.most);
  requireCheckable(questions, set);
  const items = await itemsOf(sides, means, signal);
  const [defaultSha256, candidateSha256] = [sides.before, sides.after].map(({ itemId }) => items.get(itemId)?.sha256);
  const pairs = pairsOf(sides, input.modes ?? modesFor(questions), input, items);
  const asked = runInput.parse({ setId: set.id, variants: pairs.flatMap(({ before, after }) => [before, after]), fresh: input.fresh, ...(input.most === undefined ? {} : { most: input.most }) });
  const { id } = await means.runs.start(asked, set);
  ended(await followed(id, means.runs, emit, signal));
  const content = await means.runs.content(id);
  const record = judge({ set: content.header.setName, setId: set.id, runId: id, defaultVersionId: sides.before.id, candidateVersionId: sides.after.id, ...(defaultSha256 && candidateSha256 ? { defaultSha256, candidateSha256 } : {}), when: new Date().toISOString() }, questionsOf(content, pairs));
  await keepScores(record, sides, means);
  emit({ type: "done", gate: record, fineTune: await means.fineTunes.recordGate(tune.id, record) });
}

/** The two files as they are now: what is kept of the gate is kept of them. One that is off the shelf is left out. */
async function itemsOf({ before, after }: GateSides, { models, refreshed }: GateMeans, signal: AbortSignal): Promise<Map<string, ShelfItem>> {
  const there = new Set((await models()).map(({ id }) => id));
  const items = new Map<string, ShelfItem>();
  for (const { itemId } of [before, after]) if (there.has(itemId)) items.set(itemId, await refreshed(itemId, signal));
  return items;
}

/** Until the run is at its end; whoever leaves stops it. */
async function followed(id: string, runs: GateMeans["runs"], emit: (event: GateEvent) => void, signal: AbortSignal): Promise<RunSummary | undefined> {
  let last: RunSummary | undefined;
  try {
    for await (const event of runs.watch(id, signal)) {
      if (event.type !== "state") continue;
      last = event.run;
      emit({ type: "progress", run: last });
    }
  } catch (error) {
    if (!isAbort(error) && error !== signal.reason) throw error;
  } finally {
    if (signal.aborted) await runs.stop(id);
  }
  signal.throwIfAborted();
  return last;
}

function ended(run: RunSummary | undefined): void {
  if (run?.state === "done") return;
  throw asError(run?.error ?? { code: "CONFLICT", reason: "The gate's run was stopped before its end.", next: "Run the gate again: it goes on where it was." });
}

/** Those that a rule scored on both sides: a rubric says nothing without a judge. */
function questionsOf({ header, answers }: RunContent, pairs: readonly GatePair[]): GateQuestion[] {
  return pairs.flatMap(({ mode, before, after }) => header.questions.flatMap(({ id, question }): GateQuestion[] => {
    const [one, other] = [before, after].map(({ name }) => answers.get(answerKey(name, id)));
    if (one?.scores.correct === undefined || other?.scores.correct === undefined) return [];
    return [{ id, question, mode, before: { text: one.text, right: one.scores.correct }, after: { text: other.text, right: other.scores.correct } }];
  }));
}

async function keepScores({ corners, runId = "", set, when, defaultSha256, candidateSha256 }: GateRecord, { before, after }: GateSides, { fineTunes }: GateMeans): Promise<void> {
  for (const { mode, n, defaultScore, candidateScore } of corners) {
    const score = (share: number, sha256: string | undefined) => ({ runId, set, mode, correct: Math.round(share * n), n, when, ...(sha256 === undefined ? {} : { sha256 }) });
    await fineTunes.recordScore(before.itemId, score(defaultScore, defaultSha256));
    await fineTunes.recordScore(after.itemId, score(candidateScore, candidateSha256));
  }
}
