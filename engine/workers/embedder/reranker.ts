import { access } from "node:fs/promises";
import { join } from "node:path";
import { AutoModelForSequenceClassification, AutoTokenizer, env, type PreTrainedModel, type PreTrainedTokenizer, type Tensor } from "@huggingface/transformers";
import { LorekeepError } from "../../base/errors.ts";
import type { RerankerSpec } from "./contract.ts";
import { scoreOf } from "./logits.ts";

/** A cross-encoder: reads question and passage together. One pair per call, for the reason given in model.ts. */
export interface LoadedReranker {
  readonly spec: RerankerSpec;
  /** Higher fits better; the model's own scale. */
  score(question: string, text: string): Promise<number>;
  dispose(): Promise<void>;
}

/**
 * Loads from the folder alone; nothing is ever fetched. The weights are q8 where the folder has them, else full ones.
 * @throws LorekeepError NEEDS_MODEL where a file is missing, MODEL_FAILED where the runtime refuses it.
 */
export async function loadReranker(spec: RerankerSpec): Promise<LoadedReranker> {
  const dtype = (await there(join(spec.modelFolder, "onnx", "model_quantized.onnx"))) ? "q8" : "fp32";
  const weights = dtype === "q8" ? "onnx/model_quantized.onnx" : "onnx/model.onnx";
  for (const file of ["config.json", "tokenizer.json", "tokenizer_config.json", weights]) {
    if (!(await there(join(spec.modelFolder, file)))) throw new LorekeepError("NEEDS_MODEL", { reason: `The reranker is not complete: ${file} is missing.`, next: "Choose another folder in the settings, or none." });
  }
  env.allowRemoteModels = false;
  env.useFSCache = false;
  try {
    const tokenizer = await AutoTokenizer.from_pretrained(spec.modelFolder, { local_files_only: true });
    const network = await AutoModelForSequenceClassification.from_pretrained(spec.modelFolder, {
      local_files_only: true, dtype, device: "cpu",
      session_options: { intraOpNumThreads: spec.threads, interOpNumThreads: 1, executionMode: "sequential" },
    });
    return new CrossEncoder(spec, tokenizer, network);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new LorekeepError("MODEL_FAILED", { reason: "The reranker could not be loaded.", next: "Choose another folder in the settings, or none.", detail }, { cause: error });
  }
}

async function there(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false; // Not there, or not ours to read: the caller says which file it misses.
  }
}

class CrossEncoder implements LoadedReranker {
  readonly spec: RerankerSpec;
  private readonly tokenizer: PreTrainedTokenizer;
  private readonly network: PreTrainedModel;

  constructor(spec: RerankerSpec, tokenizer: PreTrainedTokenizer, network: PreTrainedModel) {
    this.spec = spec;
    this.tokenizer = tokenizer;
    this.network = network;
  }

  async score(question: string, text: string): Promise<number> {
    // The library types both calls as `any`; a sequence classifier's output is this tensor [1, labels].
    const inputs = this.tokenizer(question, { text_pair: text, truncation: true, max_length: this.spec.maxTokens }) as Record<string, Tensor>;
    const { logits } = (await this.network(inputs)) as { logits: Tensor };
    try {
      const value = scoreOf(logits.data);
      if (!Number.isFinite(value)) throw new LorekeepError("MODEL_FAILED", "The reranker returned no number.");
      return value;
    } finally {
      logits.dispose();
    }
  }

  async dispose(): Promise<void> {
    await this.network.dispose();
  }
}
