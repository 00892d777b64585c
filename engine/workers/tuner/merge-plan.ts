import type { GgufTensor } from "../../base/gguf/header.ts";
import type { GgufInfo } from "../../base/gguf/info.ts";
import { absurdScale, isEmbedding, loraPairs, pairMismatch, type LoraPair } from "../../base/gguf/lora.ts";
import { canHold, isNumberType, numberTypes, type NumberType } from "../../base/gguf/numbers.ts";
import type { TensorToWrite } from "../../base/gguf/writer.ts";
import { LorekeepError } from "../../base/errors.ts";
import type { MergeType } from "../../contract/tune.ts";

/** An adapter that is merged: its header, and what of it counts. `number` is its place in the list. */
export interface AdapterPart {
  readonly number: number;
  readonly info: GgufInfo;
  readonly scale: number;
  /** As people know it. */
  readonly name: string;
}

export interface ShareOf {
  readonly adapter: number;
  readonly pair: LoraPair;
  /** The person's scale · alpha / rank. */
  readonly scale: number;
}

/** What becomes of one tensor: copied byte for byte, or decoded, changed by its shares, and written as `to`. */
export interface MergedTensor extends TensorToWrite {
  readonly source: GgufTensor;
  readonly work: { readonly from: NumberType; readonly to: NumberType; readonly shares: readonly ShareOf[] } | undefined;
}

const refused = (reason: string, next?: string) => new LorekeepError("MODEL_REFUSED", { reason, ...(next ? { next } : {}) });
/** What llama.cpp itself keeps in full precision, whatever the rest is quantised to. */
const keptAsIs = /_norm\.weight$|^position_embd\.weight$|^token_types\.weight$|ffn_gate_inp|\.ssm_|time_mix|rope_freqs|\.bias$/;
/** A row longer than this is no layer of any model; a factor's memory stays bounded with it. */
const MOST_COLUMNS = 2 ** 22;
const MOST_FACTOR_BYTES = 192 * 2 ** 20;

/** Says for every tensor of the base what is to be done, in the order of the file. @throws LorekeepError MODEL_REFUSED naming the tensor. */
export function planMerge(base: GgufInfo, adapters: readonly AdapterPart[], type: MergeType): { tensors: MergedTensor[]; changed: number; notes: string[] } {
  const shares = sharesByTarget(base, adapters);
  const inOrder = [...base.header.tensors].sort((one, other) => one.offset - other.offset);
  const tensors = inOrder.map((tensor) => planTensor(tensor, shares.get(tensor.name) ?? [], type));
  return { tensors, changed: shares.size, notes: notesOn(tensors, type) };
}

function sharesByTarget(base: GgufInfo, adapters: readonly AdapterPart[]): Map<string, ShareOf[]> {
  const byTarget = new Map<string, ShareOf[]>();
  const weights = new Map(base.header.tensors.map((t) => [t.name, t.shape]));
  for (const { number, info, scale, name } of adapters) {
    const misfit = (why: string) => refused(`${name} does not fit this base: ${why}.`, "Choose the model that the adapter was trained for.");
    if (info.kind !== "adapter") throw misfit("it is a whole model, not an adapter");
    if (info.architecture !== base.architecture) throw misfit(`it was trained for the architecture ${info.architecture}, the model is ${base.architecture}`);
    if (info.header.metadata.has("adapter.alora.invocation_tokens")) throw refused(`${name} is an activated LoRA, which works from a certain token on only; merged, it would work everywhere.`);
    const { pairs, loose } = loraPairs(info.header);
    if (loose[0] !== undefined) throw refused(`${name} holds ${loose[0].slice(0, 120)}, which is no LoRA factor.`, "Convert the adapter again.");
    for (const pair of pairs) {
      const mismatch = pairMismatch(pair.target, weights, { a: pair.a.shape, b: pair.b.shape });
      if (mismatch) throw misfit(mismatch);
      const absurd = absurdScale(pair.rank, info.adapter?.alpha ?? pair.rank);
      if (absurd) throw refused(`${name} cannot be merged: ${absurd}.`, "The file is damaged: convert or copy it again.");
      refuseUnreadable(pair, name);
      const share = { adapter: number, pair, scale: (scale * (info.adapter?.alpha ?? pair.rank)) / pair.rank };
      byTarget.set(pair.target, [...(byTarget.get(pair.target) ?? []), share]);
    }
  }
  for (const [target, list] of byTarget) {
    const bytes = list.reduce((sum, { pair: { a, b } }) => sum + 4 * product(isEmbedding(target) ? b.shape : a.shape), 0);
    if (bytes > MOST_FACTOR_BYTES) throw new LorekeepError("TOO_LARGE", { reason: `The adapters' factors of ${target} are too large to be merged at once.`, next: "Merge fewer adapters at a time." });
  }
  return byTarget;
}

function refuseUnreadable({ a, b }: LoraPair, name: string): void {
  for (const { name: part, shape, typeName } of [a, b]) {
    if (!isNumberType(typeName)) throw refused(`${name} stores ${part} as ${typeName ?? "an unknown type"}; F32, F16, BF16 and Q8_0 can be merged.`, "Convert the adapter again, in F16.");
    if (shape.length !== 2) throw refused(`${name} changes ${part}, which is not a plain matrix; such adapters cannot be merged.`);
  }
}

function planTensor(source: GgufTensor, shares: readonly ShareOf[], type: MergeType): MergedTensor {
  const { name, shape, typeName } = source;
  const to = typeAfter(source, type);
  if (shares.length === 0 && (to === undefined || to === typeName)) return { name, shape, type: source.type, source, work: undefined };
  if (!isNumberType(typeName) || to === undefined) {
    throw refused(
      `The base stores ${name} as ${typeName ?? `the unknown type ${source.type}`}, and only F32, F16, BF16 and Q8_0 can be changed.`,
      "Merge into the same model in F16 or Q8_0, or use the adapter without merging.",
    );
  }
  if (shape.length > 2 && shares.length > 0) throw refused(`${name} is not a plain matrix; adapters of mixture-of-experts layers cannot be merged.`);
  if ((shape[0] ?? 0) > MOST_COLUMNS) throw refused(`The rows of ${name} are ${shape[0]} numbers long, more than any real model's.`);
  return { name, shape, type: numberTypes[to], source, work: { from: typeName, to, shares } };
}

/** undefined: a type that can only be copied. Vectors and what llama.cpp keeps in full stay; rows that Q8_0's blocks do not fit become F16. */
function typeAfter({ name, shape, typeName }: GgufTensor, type: MergeType): NumberType | undefined {
  const asIs = type === "as-base" || shape.length < 2 || keptAsIs.test(name) || (typeName !== undefined && /^I\d+$/.test(typeName));
  if (asIs) return isNumberType(typeName) ? typeName : undefined;
  if (!isNumberType(typeName)) throw refused(`The base stores ${name} as ${typeName ?? "an unknown type"}, which cannot be turned into ${type}.`, "Choose a base in F32, F16, BF16 or Q8_0, or keep the base's types.");
  return canHold(type, shape[0] ?? 0) ? type : "F16";
}

function notesOn(tensors: readonly MergedTensor[], type: MergeType): string[] {
  const notes: string[] = [];
  const unfit = type === "Q8_0" ? tensors.filter(({ work }) => work?.to === "F16").length : 0;
  if (unfit > 0) notes.push(`${unfit} weights have rows that Q8_0's blocks of 32 do not fit; they are kept as F16.`);
  if (tensors.some(({ work }) => work && work.shares.length > 0 && work.to === "Q8_0")) notes.push("Weights in Q8_0 were rounded after merging; a merge in F16 comes closer to the adapter.");
  return notes;
}

const product = (shape: readonly number[]): number => shape.reduce((all, n) => all * n, 1);
