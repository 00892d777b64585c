import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bf16FromNumbers, f16FromNumbers } from "../../engine/base/gguf/half.ts";

/** Rows first, as PyTorch counts. `dtype` default F32. */
export interface PeftTensor {
  shape: number[];
  values: Float32Array;
  dtype?: "F32" | "F16" | "BF16";
}

/** A safetensors file. `patch` changes the header before it is written. */
export function buildSafetensors(tensors: Record<string, PeftTensor>, patch: (header: Record<string, unknown>) => Record<string, unknown> | string = (header) => header): Buffer {
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  const data: Buffer[] = [];
  let at = 0;
  for (const [name, { shape, values, dtype = "F32" }] of Object.entries(tensors)) {
    const bytes = stored(values, dtype);
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] };
    data.push(bytes);
    at += bytes.length;
  }
  const patched = patch(header);
  const text = Buffer.from(typeof patched === "string" ? patched : JSON.stringify(patched));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...data]);
}

function stored(values: Float32Array, dtype: "F32" | "F16" | "BF16"): Buffer {
  if (dtype === "F32") return Buffer.from(values.slice().buffer);
  const bits = new Uint16Array(values.length);
  (dtype === "F16" ? f16FromNumbers : bf16FromNumbers)(values, values.length, bits);
  return Buffer.from(bits.buffer);
}

const plainConfig = { peft_type: "LORA", r: 4, lora_alpha: 8, bias: "none", base_model_name_or_path: "someone/some-model", use_dora: false, use_rslora: false, modules_to_save: null, target_modules: ["q_proj"] };

/** A folder as PEFT saves it; `config` on top of {@link plainConfig}, or as the text of the file. */
export function writePeft(folder: string, { config = {}, tensors, weights }: { config?: Record<string, unknown> | string; tensors?: Record<string, PeftTensor>; weights?: Uint8Array }): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "adapter_config.json"), typeof config === "string" ? config : JSON.stringify({ ...plainConfig, ...config }));
  writeFileSync(join(folder, "adapter_model.safetensors"), weights ?? buildSafetensors(tensors ?? {}));
  return folder;
}

/** Reproducible numbers in [-1, 1). */
export function noise(seed: number, count: number): Float32Array {
  let state = seed * 2654435761;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}
