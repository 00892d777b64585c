import { adapterMismatch, changedEnds, ignoredTensors } from "../../base/gguf/adapter.ts";
import type { GgufInfo } from "../../base/gguf/info.ts";
import { templateName } from "../../base/gguf/template-name.ts";
import type { CheckFinding, CheckStage } from "../../contract/check.ts";
import type { FineTuneOf } from "../../contract/models.ts";

/** Ranks in use go from 1 to a few hundred; one beyond this is no low-rank adapter but a damaged number. */
const MOST_RANK = 4096;
/** alpha / rank is how strongly an adapter is laid on: 0.5 to 4 in practice, up to about 30 with rsLoRA. */
const MOST_STRENGTH = 100;
const UNUSUAL_STRENGTH = 32;

const finding = (stage: CheckStage, level: CheckFinding["level"], text: string, tensor?: string): CheckFinding => ({ stage, level, text, ...(tensor ? { tensor } : {}) });

/** Rank and alpha of an adapter. */
export function strengthFindings({ adapter, header }: GgufInfo): CheckFinding[] {
  if (!adapter) return [];
  const { rank, alpha } = adapter;
  const strength = alpha / rank;
  const odd = header.tensors.find(({ name, shape }) => name.endsWith(".lora_a") && (shape[1] ?? 0) > MOST_RANK);
  if (odd) return [finding("file", "failure", `The rank of ${odd.name} is ${odd.shape[1]}, which no adapter has.`, odd.name)];
  if (!Number.isFinite(alpha) || alpha < 0 || strength > MOST_STRENGTH) return [finding("file", "failure", `Its alpha is ${alpha} at rank ${rank}, which no training gives.`)];
  if (strength > UNUSUAL_STRENGTH) return [finding("file", "warning", `Its alpha is ${alpha} at rank ${rank}: it is laid on ${Math.round(strength)} times, which is unusually strong.`)];
  return [finding("file", "ok", `Rank ${rank}, alpha ${alpha}.`)];
}

/** Adapter against base: what cannot be applied, and what is applied only in part. */
export function adapterFindings(base: GgufInfo, adapter: GgufInfo): CheckFinding[] {
  const mismatch = adapterMismatch(base, adapter);
  if (mismatch) {
    const stage = mismatch.kind === "architecture" ? "architecture" : "shapes";
    const before = stage === "shapes" ? [finding("architecture", "ok", `Made for the architecture ${base.architecture}.`)] : [];
    return [...before, finding(stage, "failure", `${mismatch.why[0]?.toUpperCase()}${mismatch.why.slice(1)}.`, mismatch.tensor)];
  }
  const pairs = adapter.header.tensors.filter(({ name }) => name.endsWith(".lora_a")).length;
  const ignored = ignoredTensors(adapter);
  const { embedding, head } = changedEnds(adapter);
  return [
    finding("architecture", "ok", `Made for the architecture ${base.architecture}.`),
    finding("shapes", "ok", `All ${pairs} tensors it changes are in the model and have its shape.`),
    ...(ignored.length > 0 ? [finding("shapes", "warning", `It also brings ${ignored.length} norms (${ignored[0]} …), which llama.cpp leaves out: the result differs from what was trained.`, ignored[0])] : []),
    ...(embedding || head ? [finding("shapes", "ok", `It changes ${embedding && head ? "the embedding and the output head" : embedding ? "the embedding" : "the output head"} as well, which this model can take.`)] : []),
    ...(adapter.header.metadata.has("adapter.alora.invocation_tokens") ? [finding("shapes", "warning", "It was trained to be switched on by a phrase (aLoRA); here it is on all the time.")] : []),
  ];
}

/** A merged model against its base: same kind, same tensors. */
export function mergedFindings(base: GgufInfo, merged: GgufInfo): CheckFinding[] {
  if (merged.architecture !== base.architecture) return [finding("architecture", "failure", `It is of the architecture ${merged.architecture}, the base is ${base.architecture}.`)];
  const shapes = new Map(base.header.tensors.map(({ name, shape }) => [name, shape.join(" × ")]));
  for (const { name, shape } of merged.header.tensors) {
    const wanted = shapes.get(name);
    if (wanted === undefined) return [finding("shapes", "failure", `It has the tensor ${name}, which the base does not have.`, name)];
    if (wanted !== shape.join(" × ")) return [finding("shapes", "failure", `Its ${name} is ${shape.join(" × ")}, the base's is ${wanted}: it was made from a model of another size.`, name)];
  }
  return [finding("architecture", "ok", `Of the architecture ${base.architecture}, as the base.`), finding("shapes", "ok", `All ${merged.header.tensors.length} tensors have the base's shape.`)];
}

/** What the file records of its base against the one that was chosen. Never a failure: another quantisation of the same model has another hash. */
export function baseFindings(belongs: FineTuneOf | undefined, recordedSha256: string | undefined, base: { id: string; name: string; sha256: string }): CheckFinding[] {
  if (recordedSha256 === base.sha256) return [finding("base", "ok", `Made from exactly this file of ${base.name}.`)];
  if (recordedSha256 !== undefined) return [finding("base", "warning", `It was made from another file than this one of ${base.name}: another quantisation of it, or another model of the same shape.`)];
  if (belongs?.id === base.id) return [finding("base", "ok", belongs.how === "person" ? `You said that it belongs to ${base.name}.` : `It names ${belongs.name ?? base.name} as its base.`)];
  if (belongs?.name !== undefined) return [finding("base", "warning", `It names ${belongs.name} as its base; this is ${base.name}.`)];
  return [finding("base", "ok", "It does not say which model it was made for.")];
}

/** How turns are written and how an answer ends. */
export function templateFindings(base: GgufInfo, tuned: GgufInfo): CheckFinding[] {
  const own = tuned.kind === "adapter" ? recordedTemplate(tuned) : (tuned.chatTemplate ?? "");
  const called = (template: string | undefined) => (template ? (templateName(template) ?? "a form of its own") : "none");
  const found: CheckFinding[] = [];
  if (own !== undefined && own !== (base.chatTemplate ?? "")) {
    found.push(finding("template", "warning", called(own) === called(base.chatTemplate) ? "Its chat template differs in detail from the base's." : `Its chat template is ${called(own)}, the base's is ${called(base.chatTemplate)}: answers may not end where they should.`));
  }
  for (const key of ["eos", "eot"] as const) {
    const [a, b] = [base, tuned].map(({ header }) => header.metadata.get(`tokenizer.ggml.${key}_token_id`));
    if (b !== undefined && a !== b) found.push(finding("template", "warning", `Its stop token (${key}) is ${String(b)}, the base's is ${a === undefined ? "not stated" : String(a)}.`));
  }
  if (base.chatTemplate === undefined) found.push(finding("template", "warning", "The base has no chat template: the fallback of the settings is used, which may not be what it was trained with."));
  return found.length > 0 ? found : [finding("template", "ok", `Uses the base's chat template (${called(base.chatTemplate)}) and stop tokens.`)];
}

/** Few adapters carry one; absent means the base's. */
function recordedTemplate({ header }: GgufInfo): string | undefined {
  const template = header.metadata.get("tokenizer.chat_template");
  return typeof template === "string" ? template : undefined;
}
