import type { GgufHeader, GgufTensor } from "./header.ts";

/** Two factors that change one weight of the model: W + scale · alpha / rank · B·A. */
export interface LoraPair {
  readonly target: string;
  readonly a: GgufTensor;
  readonly b: GgufTensor;
  readonly rank: number;
}

/** An embedding table's factors are stored so that a token is a row of A: A is rank × tokens, B rank × width. Everywhere else A is width × rank. */
export const isEmbedding = (target: string): boolean => target === "token_embd.weight";

/** Alphas and ranks beyond these come of damage, not of training. */
const MOST_ALPHA = 65_536;
const MOST_RANK = 4_096;

/** Why an adapter of this rank and alpha cannot be meant so, as a clause; undefined where it can. */
export function absurdScale(rank: number, alpha: number): string | undefined {
  if (!Number.isInteger(rank) || rank < 1 || rank > MOST_RANK) return `it states a rank of ${rank}; ranks are whole numbers from 1 to ${MOST_RANK}`;
  if (!Number.isFinite(alpha) || alpha <= 0 || alpha > MOST_ALPHA) return `it states an alpha of ${alpha}; it must be above 0 and at most ${MOST_ALPHA}`;
  return undefined;
}

/** The pairs of an adapter, and what belongs to none: a factor whose other half is missing, a tensor of another kind. */
export function loraPairs(header: Pick<GgufHeader, "tensors">): { pairs: LoraPair[]; loose: string[] } {
  const parts = new Map(header.tensors.map((t) => [t.name, t]));
  const pairs: LoraPair[] = [];
  const loose: string[] = [];
  for (const tensor of header.tensors) {
    const target = /^(.+)\.lora_[ab]$/.exec(tensor.name)?.[1];
    const a = parts.get(`${target}.lora_a`);
    const b = parts.get(`${target}.lora_b`);
    if (target === undefined || !a || !b) loose.push(tensor.name);
    else if (tensor === a) pairs.push({ target, a, b, rank: b.shape[0] ?? 0 });
  }
  return { pairs, loose };
}

/** Weights by name, shapes in ggml order. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** Why a pair cannot change its weight of the model, as a clause; undefined where it can. The factors' shapes are in ggml order. */
export function pairMismatch(target: string, weights: Shapes, { a, b }: { a: readonly number[]; b: readonly number[] }): string | undefined {
  const shape = weights.get(target);
  if (!shape) return `it changes the tensor ${target}, which the model does not have`;
  // Merged, it would change the output, too; at run time llama.cpp takes the whole process down (GGML_ASSERT in ggml_mul_mat).
  if (isEmbedding(target) && !weights.has("output.weight")) return `it changes the embedding table (${target}), which the model uses as its output head as well`;
  const [inputs, outputs] = isEmbedding(target) ? [b[1], a[1]] : [a[0], b[1]];
  if (inputs !== shape[0] || outputs !== shape[1]) return `its ${target} is ${inputs} × ${outputs}, the model's is ${shape[0]} × ${shape[1]}: it was trained on a model of another size`;
  if ((isEmbedding(target) ? a[0] : a[1]) !== b[0]) return `the two halves of its ${target} do not fit together`;
  return undefined;
}
