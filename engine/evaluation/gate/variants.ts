import { LorekeepError } from "../../base/errors.ts";
import type { FineTune, FineTuneVersion, GateInput, GateMode } from "../../contract/fine-tunes.ts";
import type { QuestionSet } from "../../contract/questions.ts";
import { cornerNames, type RunVariant } from "../../contract/runs.ts";
import type { ShelfItem } from "../../models/types.ts";

/** The two sides of one corner: what the default and what the candidate is called in the run. */
export interface GatePair {
  readonly mode: GateMode;
  readonly before: RunVariant;
  readonly after: RunVariant;
}

export interface GateSides {
  readonly before: FineTuneVersion;
  readonly after: FineTuneVersion;
}

/** @throws LorekeepError CONFLICT where there is nothing to hold against, NOT_FOUND for a version that is gone */
export function sidesOf(tune: FineTune, versionId: string): GateSides {
  const after = tune.versions.find(({ id }) => id === versionId);
  if (!after) throw new LorekeepError("NOT_FOUND", { reason: `${tune.name} has no such version any more.`, field: "versionId" });
  const before = tune.versions.find(({ id }) => id === tune.defaultVersionId);
  if (!before) throw new LorekeepError("CONFLICT", { reason: `${tune.name} has no default to hold version ${after.number} against.`, next: "Make it the default: nothing stands in its way." });
  if (before.id === after.id) throw new LorekeepError("CONFLICT", { reason: `Version ${after.number} is the default of ${tune.name} already.` });
  return { before, after };
}

/** Hybrid where the questions rest on documents, since that is where such a fine-tune works; else fine-tune. */
export function modesFor(questions: QuestionSet["questions"]): GateMode[] {
  return [questions.some(({ expectDocument, expectPhrase }) => expectDocument !== undefined || expectPhrase !== undefined) ? "hybrid" : "fine-tune"];
}

/** Both versions in each corner, each with the file it has now. An adapter stands on the base that was asked for, else on its own, else on whichever is there. */
export function pairsOf(sides: GateSides, modes: readonly GateMode[], { modelId, sampling }: Pick<GateInput, "modelId" | "sampling">, items: ReadonlyMap<string, ShelfItem>): GatePair[] {
  const variant = (version: FineTuneVersion, name: string, mode: GateMode): RunVariant => {
    const item = itemOf(version, items);
    const model = item.kind === "model" ? item.id : (modelId ?? item.fineTuneOf?.id);
    return { name: `${name}, ${cornerNames[mode]}`, mode, adapters: item.kind === "model" ? [] : [{ modelId: item.id, scale: 1 }], files: { [item.id]: item.sha256 }, sampling, enforceSchema: false, ...(model === undefined ? {} : { modelId: model }) };
  };
  return [...new Set(modes)].map((mode) => ({ mode, before: variant(sides.before, `Version ${sides.before.number} (default)`, mode), after: variant(sides.after, `Version ${sides.after.number}`, mode) }));
}

function itemOf({ itemId, number }: FineTuneVersion, items: ReadonlyMap<string, ShelfItem>): ShelfItem {
  const item = items.get(itemId);
  if (item?.state === "ready") return item;
  throw new LorekeepError("NOT_FOUND", { reason: item ? `The file of version ${number} (${item.name}) is not where it was.` : `Version ${number} is not on the shelf any more.`, next: "Put it back, or remove the version." });
}
