import type { GgufInfo } from "./info.ts";
import { isEmbedding, loraPairs, pairMismatch, type Shapes } from "./lora.ts";

/** Why an adapter cannot be applied: `why` completes "… does not fit this model: …". */
export interface AdapterMismatch {
  readonly kind: "architecture" | "shape" | "unsupported";
  readonly why: string;
  readonly tensor?: string;
}

const EMBEDDING = "token_embd.weight";
const HEAD = "output.weight";

/**
 * Why `adapter` cannot be applied to `model` at run time; undefined when the headers agree. llama.cpp itself only says "failed", or takes the
 * whole process down, so the reason is found here, from both files' headers.
 */
export function adapterMismatch(model: GgufInfo, adapter: GgufInfo): AdapterMismatch | undefined {
  if (adapter.kind !== "adapter") return { kind: "unsupported", why: "it is a whole model, not an adapter" };
  if (adapter.architecture !== model.architecture) return { kind: "architecture", why: `it was trained for the architecture ${adapter.architecture}, the model is ${model.architecture}` };
  const weights: Shapes = new Map(model.header.tensors.map((t) => [t.name, t.shape]));
  const { pairs, loose } = loraPairs(adapter.header);
  for (const { target, a, b } of pairs) {
    const why = headMismatch(target, weights) ?? pairMismatch(target, weights, { a: a.shape, b: b.shape });
    if (why) return { kind: isTied(target, weights) ? "unsupported" : "shape", tensor: target, why };
  }
  for (const name of loose) {
    const found = looseMismatch(name);
    if (found) return found;
  }
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
/** One end of a model whose embedding is its output head as well. */
const isTied = (target: string, weights: Shapes): boolean => !weights.has(HEAD) && weights.has(EMBEDDING) && (target === HEAD || isEmbedding(target));

function headMismatch(target: string, weights: Shapes): string | undefined {
  return target === HEAD && isTied(target, weights) ? `it changes the output head ${HEAD}, and the model has none of its own: it uses its embedding for that` : undefined;
}

function looseMismatch(name: string): AdapterMismatch | undefined {
  if (isNorm(name)) return undefined; // read past; see ignoredTensors
  const half = /^(.+)\.lora_([ab])$/.exec(name);
  if (half?.[1] === undefined) return { kind: "unsupported", tensor: name, why: `it brings the whole tensor ${name}, and only LoRA factors can be applied at run time` };
  return { kind: "shape", tensor: half[1], why: `its part ${half[1]}.lora_${half[2] === "a" ? "b" : "a"} is missing` };
}
