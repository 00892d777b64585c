import { modeParts } from "../../answer/modes.ts";
import { LorekeepError } from "../../base/errors.ts";
import { sha256 } from "../../base/hash.ts";
import type { KnownQuestion, QuestionSet } from "../../contract/questions.ts";
import type { RunInput, RunVariant } from "../../contract/runs.ts";
import type { Settings } from "../../contract/settings.ts";
import { answerKey, type RunContent, type RunHeader } from "./run-file.ts";

type Settled = Omit<RunHeader, "type" | "version" | "id" | "started" | "fingerprint">;

/** What a run will do, checked before anything starts. @throws LorekeepError INVALID */
export function settle(input: RunInput, set: QuestionSet, { answers, search }: Settings): Settled & { fingerprint: string } {
  const questions = set.questions.slice(0, input.most);
  if (questions.length === 0) throw new LorekeepError("INVALID", { reason: `The question set “${set.name}” is empty.`, next: "Add questions, or import them.", field: "setId" });
  const twice = input.variants.find(({ name }, i) => input.variants.findIndex((other) => other.name === name) !== i);
  if (twice) throw new LorekeepError("INVALID", { reason: `Two variants are called “${twice.name}”.`, next: "Give each its own name.", field: "variants" });
  const enforcing = input.variants.find(({ enforceSchema }) => enforceSchema);
  if (enforcing && !set.jsonSchema && !questions.some(({ jsonSchema }) => jsonSchema)) throw new LorekeepError("INVALID", { reason: `“${enforcing.name}” is to enforce a JSON schema, and neither the set nor a question has one.`, field: "variants" });
  const settled: Settled = {
    setId: set.id, setName: set.name, questions, ...(set.jsonSchema ? { jsonSchema: set.jsonSchema } : {}), ...(set.systemPrompt === undefined ? {} : { systemPrompt: set.systemPrompt }),
    variants: input.variants, ...(input.judge ? { judge: input.judge } : {}), filter: input.filter, includePrivate: input.includePrivate, settings: { answers, search },
  };
  const { setName: _, ...decisive } = settled;
  return { ...settled, fingerprint: sha256(sorted(decisive)) };
}

/** JSON with its keys in order, so that equal content has equal text. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner);
}

export interface Ask { readonly variant: RunVariant; readonly question: KnownQuestion }

/**
 * What is still to be answered, in an order that changes the model as seldom as possible, then the adapters, then what stands in front of the
 * question: one variant is asked all its questions, so that the prompt's beginning stays in the cache.
 */
export function remaining({ header, answers }: Pick<RunContent, "header" | "answers">): Ask[] {
  const groups = [(one: RunVariant) => (modeParts[one.mode].model ? (one.modelId ?? "") : " no model"), (one: RunVariant) => JSON.stringify(modeParts[one.mode].fineTune ? one.adapters : [])];
  const ordered = groups.reduceRight<readonly RunVariant[]>((variants, keyOf) => grouped(variants, keyOf), header.variants);
  return ordered.flatMap((variant) => header.questions.map((question) => ({ variant, question }))).filter(({ variant, question }) => !answers.has(answerKey(variant.name, question.id)));
}

/** Stable: groups in the order their first member has. */
function grouped<T>(all: readonly T[], keyOf: (one: T) => string): T[] {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return [...groups.values()].flat();
}
