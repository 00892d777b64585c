import { access } from "node:fs/promises";
import { join } from "node:path";
import { AutoModel, AutoTokenizer, env, type PreTrainedModel, type PreTrainedTokenizer, Tensor } from "@huggingface/transformers";
import { LorekeepError } from "../../base/errors.ts";
import { onnxFiles, type EmbedderSpec } from "./contract.ts";

/** What the model makes of one text. */
export interface Embedding {
  /** L2-normalised. */
  readonly vector: Float32Array;
  /** The text had more than `maxTokens` tokens; the vector stands for the first of them. */
  readonly cut: boolean;
}

/** A loaded model and its tokenizer. Texts are embedded one by one: see "One text per call" below. */
export interface LoadedModel {
  readonly spec: EmbedderSpec;
  readonly dimensions: number;
  countTokens(text: string): number;
  embed(text: string, kind: "query" | "passage"): Promise<Embedding>;
  dispose(): Promise<void>;
}

/**
 * Loads from the folder alone; nothing is ever fetched.
 * @throws LorekeepError NEEDS_MODEL where a file is missing, MODEL_FAILED where the runtime refuses it.
 */
export async function loadModel(spec: EmbedderSpec): Promise<LoadedModel> {
  await requireFiles(spec);
  // Property of the library, not of this module: set again before each load because nothing may turn it on.
  env.allowRemoteModels = false;
  env.useFSCache = false;
  try {
    const tokenizer = await AutoTokenizer.from_pretrained(spec.modelFolder, { local_files_only: true });
    const network = await AutoModel.from_pretrained(spec.modelFolder, {
      local_files_only: true,
      dtype: spec.dtype,
      device: "cpu",
      session_options: { intraOpNumThreads: spec.threads, interOpNumThreads: 1, executionMode: "sequential" },
    });
    const model = new Model(spec, tokenizer, network);
    return await model.measured();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new LorekeepError("MODEL_FAILED", { reason: "The embedding model could not be loaded.", next: "Install it again.", detail }, { cause: error });
  }
}

async function requireFiles(spec: EmbedderSpec): Promise<void> {
  for (const file of ["config.json", "tokenizer.json", "tokenizer_config.json", onnxFiles[spec.dtype]]) {
    try {
      await access(join(spec.modelFolder, file));
    } catch (error) {
      throw new LorekeepError("NEEDS_MODEL", { reason: `The embedding model is not complete: ${file} is missing.`, next: "Install it again." }, { cause: error });
    }
  }
}

/**
 * One text per call: dynamic int8 quantises activations over the whole batch, padding included, so a text's vector would depend on
 * its neighbours; alone it is reproducible, and on one thread also faster for passages (docs/benchmarks.md).
 */
class Model implements LoadedModel {
  readonly spec: EmbedderSpec;
  dimensions = 0;
  private readonly tokenizer: PreTrainedTokenizer;
  private readonly network: PreTrainedModel;
  private readonly takesSegments: boolean;

  constructor(spec: EmbedderSpec, tokenizer: PreTrainedTokenizer, network: PreTrainedModel) {
    this.spec = spec;
    this.tokenizer = tokenizer;
    this.network = network;
    // The library types its sessions as `any`; each is an ONNX Runtime session, which lists its inputs.
    const sessions = network.sessions as Record<string, { readonly inputNames: readonly string[] }>;
    this.takesSegments = sessions.model?.inputNames.includes("token_type_ids") ?? false;
  }

  /** Runs once, so that the first real call is warm and the dimensions are the network's own. */
  async measured(): Promise<this> {
    this.dimensions = (await this.embed("warm", "query")).vector.length;
    return this;
  }

  countTokens(text: string): number {
    return this.tokenizer.encode(text).length;
  }

  async embed(text: string, kind: "query" | "passage"): Promise<Embedding> {
    const { maxTokens, pooling } = this.spec;
    const full = (kind === "query" ? this.spec.queryPrefix : this.spec.passagePrefix) + text;
    const ids = this.tokenizer.encode(full);
    const cut = ids.length > maxTokens;
    // The library's own truncation would lose the closing token that the model was trained with.
    const inputs = this.inputs(cut ? [...ids.slice(0, maxTokens - 1), ...ids.slice(-1)] : ids);
    // The library types a model call as `any`; an encoder's only output is this tensor [1, tokens, dimensions].
    const output = (await this.network(inputs)) as { last_hidden_state: Tensor };
    const hidden = output.last_hidden_state;
    try {
      return { vector: normalise(pool(hidden, pooling)), cut };
    } finally {
      hidden.dispose();
    }
  }

  async dispose(): Promise<void> {
    await this.network.dispose();
  }

  /** A batch of one: every token attended to, all of segment 0 (where the network knows segments). */
  private inputs(ids: readonly number[]): Record<string, Tensor> {
    const filled = (value: (id: number) => bigint) => new Tensor("int64", BigInt64Array.from(ids, value), [1, ids.length]);
    const segments = this.takesSegments ? { token_type_ids: filled(() => 0n) } : {};
    return { input_ids: filled(BigInt), attention_mask: filled(() => 1n), ...segments };
  }
}

/** Sums over tokens for "mean" (the length goes in the normalisation; alone in its batch a text has no padding), the first token for "cls". */
function pool(hidden: Tensor, pooling: EmbedderSpec["pooling"]): Float32Array {
  const [, tokens = 0, dimensions = 0] = hidden.dims;
  // ONNX Runtime returns float32 for q8 and fp32; fp16 models of this layout also declare a float32 output.
  const data = hidden.data;
  if (!(data instanceof Float32Array)) throw new LorekeepError("MODEL_FAILED", "The embedding model's output is not 32-bit floating point.");
  const sum = new Float32Array(dimensions);
  const rows = pooling === "cls" ? 1 : tokens;
  for (let row = 0; row < rows; row++) {
    const at = row * dimensions;
    for (let i = 0; i < dimensions; i++) sum[i] = (sum[i] ?? 0) + (data[at + i] ?? 0);
  }
  return sum;
}

function normalise(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  if (!(length > 0 && Number.isFinite(length))) throw new LorekeepError("MODEL_FAILED", "The embedding model returned no usable vector.");
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) / length;
  return vector;
}
