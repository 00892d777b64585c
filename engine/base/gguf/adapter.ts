import type { GgufInfo } from "./info.ts";

/** Why an adapter cannot be applied: `why` completes "… does not fit this model: …". */
export interface AdapterMismatch {
  readonly kind: "architecture" | "shape" | "unsupported";
  readonly why: string;
  readonly tensor?: string;
}

const EMBEDDING = "token_embd.weight";
const HEAD = "output.weight";
type Shapes = ReadonlyMap<string, readonly number[]>;

/**
 * Why `adapter` cannot be applied to `model`; undefined when the headers agree. llama.cpp itself only says "failed", or takes the whole process
 * down, so the reason is found here, from both files' headers.
 */
export function adapterMismatch(model: GgufInfo, adapter: GgufInfo): AdapterMismatch | undefined {
  if (adapter.kind !== "adapter") return { kind: "unsupported", why: "it is a whole model, not an adapter" };
  if (adapter.architecture !== model.architecture) return { kind: "architecture", why: `it was trained for the architecture ${adapter.architecture}, the model is ${model.architecture}` };
  const weights: Shapes = new Map(model.header.tensors.map((t) => [t.name, t.shape]));
  const parts: Shapes = new Map(adapter.header.tensors.map((t) => [t.name, t.shape]));
  for (const name of parts.keys()) {
    const found = name.endsWith(".lora_a") ? pairMismatch(name.slice(0, -".lora_a".length), weights, parts) : otherMismatch(name, parts);
    if (found) return found;
  }
  return undefined;
}

/** Tensors of the adapter that llama.cpp reads past: it knows no way to change a norm at run time (llama-adapter.cpp). */
export function ignoredTensors(adapter: GgufInfo): string[] {
  return adapter.header.tensors.map(({ name }) => name).filter((name) => name.endsWith("_norm.weight"));
}

/** What an adapter does beyond the layers: changes how words are read, how they are chosen, or both. */
export function changedEnds(adapter: GgufInfo): { embedding: boolean; head: boolean } {
  const has = (target: string) => adapter.header.tensors.some(({ name }) => name === `${target}.lora_a`);
  return { embedding: has(EMBEDDING), head: has(HEAD) };
}

function pairMismatch(target: string, weights: Shapes, parts: Shapes): AdapterMismatch | undefined {
  const [shape, a, b] = [weights.get(target), parts.get(`${target}.lora_a`), parts.get(`${target}.lora_b`)];
  const says = (kind: AdapterMismatch["kind"], why: string): AdapterMismatch => ({ kind, why, tensor: target });
  if (!shape) {
    const tied = target === HEAD && weights.has(EMBEDDING);
    return says(tied ? "unsupported" : "shape", tied ? `it changes the output head ${HEAD}, and the model has none of its own: it uses its embedding for that` : `it changes the tensor ${target}, which the model does not have`);
  }
  if (!a || !b) return says("shape", `its part ${target}.lora_b is missing`);
  if (target === EMBEDDING) return embeddingMismatch(shape, a, b, weights);
  if (a[0] !== shape[0] || b[1] !== shape[1]) return says("shape", `its ${target} is ${a[0]} × ${b[1]}, the model's is ${shape[0]} × ${shape[1]}: it was trained on a model of another size`);
  if (a[1] !== b[0]) return says("shape", `the two halves of its ${target} do not fit together`);
  return undefined;
}

/** An embedding's factors are stored the other way round (llama.cpp, build_inp_embd): both rank first. */
function embeddingMismatch(shape: readonly number[], a: readonly number[], b: readonly number[], weights: Shapes): AdapterMismatch | undefined {
  // Where the embedding is the output head as well, llama.cpp multiplies by the same factors there and stops the process: GGML_ASSERT(ggml_can_mul_mat).
  if (!weights.has(HEAD)) return { kind: "unsupported", tensor: EMBEDDING, why: `it changes the embedding ${EMBEDDING}, which this model uses as its output head as well, and llama.cpp cannot apply that` };
  if (b[1] !== shape[0] || a[1] !== shape[1]) return { kind: "shape", tensor: EMBEDDING, why: `its ${EMBEDDING} is ${b[1]} × ${a[1]}, the model's is ${shape[0]} × ${shape[1]}: it was trained on a model with another vocabulary or size` };
  if (a[0] !== b[0]) return { kind: "shape", tensor: EMBEDDING, why: `the two halves of its ${EMBEDDING} do not fit together` };
  return undefined;
}

function otherMismatch(name: string, parts: Shapes): AdapterMismatch | undefined {
  if (name.endsWith("_norm.weight")) return undefined; // read past; see ignoredTensors
  if (name.endsWith(".lora_b")) {
    const target = name.slice(0, -".lora_b".length);
    return parts.has(`${target}.lora_a`) ? undefined : { kind: "shape", tensor: target, why: `its part ${target}.lora_a is missing` };
  }
  return { kind: "unsupported", tensor: name, why: `it brings the whole tensor ${name}, and only LoRA factors can be applied at run time` };
}
