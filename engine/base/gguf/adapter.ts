import type { GgufInfo } from "./info.ts";

/**
 * Why `adapter` cannot be applied to `model`, as a sentence; undefined when the headers agree. llama.cpp itself only says
 * "failed", so the reason is found here, from both files' headers.
 */
export function adapterMismatch(model: GgufInfo, adapter: GgufInfo): string | undefined {
  if (adapter.kind !== "adapter") return "it is a whole model, not an adapter";
  if (adapter.architecture !== model.architecture) return `it was trained for the architecture ${adapter.architecture}, the model is ${model.architecture}`;
  const weights = new Map(model.header.tensors.map((t) => [t.name, t.shape]));
  const parts = new Map(adapter.header.tensors.map((t) => [t.name, t.shape]));
  for (const [name, a] of parts) {
    const target = name.endsWith(".lora_a") ? name.slice(0, -".lora_a".length) : undefined;
    // An embedding table's factors are stored the other way round; llama.cpp checks those itself.
    if (!target || target === "token_embd.weight") continue;
    const shape = weights.get(target);
    const b = parts.get(`${target}.lora_b`);
    if (!shape) return `it changes the tensor ${target}, which the model does not have`;
    if (!b) return `its part ${target}.lora_b is missing`;
    if (a[0] !== shape[0] || b[1] !== shape[1]) return `its ${target} is ${a[0]} × ${b[1]}, the model's is ${shape[0]} × ${shape[1]}: it was trained on a model of another size`;
    if (a[1] !== b[0]) return `the two halves of its ${target} do not fit together`;
  }
  return undefined;
}
