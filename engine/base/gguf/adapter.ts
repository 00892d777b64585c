import type { GgufHeader, GgufTensor } from "./header.ts";
import type { GgufInfo } from "./info.ts";

/** Two factors that change one weight of the model: W + scale · alpha / rank · B·A. */
export interface LoraPair {
  readonly target: string;
  readonly a: GgufTensor;
  readonly b: GgufTensor;
  readonly rank: number;
}

/** Why an adapter cannot be applied: `why` completes "… does not fit this model: …". */
export interface AdapterMismatch {
  readonly kind: "architecture" | "shape" | "unsupported";
  readonly why: string;
  readonly tensor?: string;
}

const EMBEDDING = "token_embd.weight";
const HEAD = "output.weight";

/** An embedding table's factors are stored so that a token is a row of A: A is rank × tokens, B rank × width. Everywhere else A is width × rank. */
export const isEmbedding = (target: string): boolean => target === EMBEDDING;

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

/**
 * Why `adapter` cannot be applied to `model` at run time; undefined when the headers agree. llama.cpp itself only says "failed", or takes the
 * whole process down, so the reason is found here, from both files' headers.
 */
export function adapterMismatch(model: GgufInfo, adapter: GgufInfo): AdapterMismatch | undefined {
  if (adapter.kind !== "adapter") return { kind: "unsupported", why: "it is a whole model, not an adapter" };
  if (adapter.architecture !== model.architecture) return { kind: "architecture", why: `it was trained for the architecture ${adapter.architecture}, the model is ${model.architecture}` };
  const weights = new Map(model.header.tensors.map((t) => [t.name, t.shape]));
  const { pairs, loose } = loraPairs(adapter.header);
  for (const { target, a, b } of pairs) {
    const unsupported = beyondRuntime(target, weights);
    if (unsupported) return { kind: "unsupported", tensor: target, why: unsupported };
    const why = pairMismatch(target, weights.get(target), { a: a.shape, b: b.shape });
    if (why) return { kind: "shape", tensor: target, why };
  }
  for (const name of loose) {
    const found = looseMismatch(name);
    if (found) return found;
  }
  return undefined;
}

/** Why two factors do not fit one weight; `shape` is the model's (undefined: it has none), the factors' shapes in ggml order. */
export function pairMismatch(target: string, shape: readonly number[] | undefined, { a, b }: { a: readonly number[]; b: readonly number[] }): string | undefined {
  if (!shape) return `it changes the tensor ${target}, which the model does not have`;
  const [inputs, outputs] = isEmbedding(target) ? [b[1], a[1]] : [a[0], b[1]];
  if (inputs !== shape[0] || outputs !== shape[1]) return `its ${target} is ${inputs} × ${outputs}, the model's is ${shape[0]} × ${shape[1]}: it was trained on a model of another size`;
  if ((isEmbedding(target) ? a[0] : a[1]) !== b[0]) return `the two halves of its ${target} do not fit together`;
  return undefined;
}

/** Tensors of the adapter that llama.cpp reads past: it knows no way to change a norm at run time (llama-adapter.cpp). */
export function ignoredTensors(adapter: GgufInfo): string[] {
  return adapter.header.tensors.map(({ name }) => name).filter(isNorm);
}

/** What an adapter does beyond the layers: changes how words are read, how they are chosen, or both. */
export function changedEnds(adapter: GgufInfo): { embedding: boolean; head: boolean } {
  const has = (target: string) => adapter.header.tensors.some(({ name }) => name === `${target}.lora_a`);
  return { embedding: has(EMBEDDING), head: has(HEAD) };
}

const isNorm = (name: string): boolean => name.endsWith("_norm.weight");

/** What a merge can do and llama.cpp cannot at run time, where embedding and output head are one tensor. */
function beyondRuntime(target: string, weights: ReadonlyMap<string, readonly number[]>): string | undefined {
  if (weights.has(HEAD) || !weights.has(EMBEDDING)) return undefined;
  if (target === HEAD) return `it changes the output head ${HEAD}, and the model has none of its own: it uses its embedding for that`;
  // llama.cpp multiplies by the same factors at the head and stops the process: GGML_ASSERT(ggml_can_mul_mat).
  return isEmbedding(target) ? `it changes the embedding ${EMBEDDING}, which this model uses as its output head as well, and llama.cpp cannot apply that` : undefined;
}

function looseMismatch(name: string): AdapterMismatch | undefined {
  if (isNorm(name)) return undefined; // read past; see ignoredTensors
  const half = /^(.+)\.lora_([ab])$/.exec(name);
  if (half?.[1] === undefined) return { kind: "unsupported", tensor: name, why: `it brings the whole tensor ${name}, and only LoRA factors can be applied at run time` };
  return { kind: "shape", tensor: half[1], why: `its part ${half[1]}.lora_${half[2] === "a" ? "b" : "a"} is missing` };
}
