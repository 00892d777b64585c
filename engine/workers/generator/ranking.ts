import { basename } from "node:path";
import type { LlamaModel, LlamaRankingContext } from "node-llama-cpp";
import { LorekeepError } from "../../base/errors.ts";
import { inspectGguf } from "../../base/gguf/info.ts";
import type { LlamaRuntime } from "./llama.ts";

export interface RankingModel {
  /** 0..1, higher fits better. */
  score(question: string, text: string): Promise<number>;
  dispose(): Promise<void>;
}

export interface RankingLoad {
  readonly path: string;
  readonly gpu: "auto" | "off";
  readonly threads: number;
}

/** Tokens of question and passage together; a passage has at most 250 of the embedder's. */
const LARGEST_CONTEXT = 1024;
/** Share of the context that a long question may take. */
const QUESTION_SHARE = 0.5;

/** @throws LorekeepError MODEL_REFUSED where the file is no reranker, MODEL_FAILED where llama.cpp refuses it. */
export async function loadRankingModel(runtime: LlamaRuntime, { path, gpu, threads }: RankingLoad): Promise<RankingModel> {
  const info = await inspectGguf(path);
  if (info.kind !== "reranker") throw new LorekeepError("MODEL_REFUSED", { reason: `${basename(path)} is no reranker: it has no part that scores a passage.`, next: "Choose another reranker in the settings, or none." });
  const { model } = await runtime.load({ path, gpu, signal: undefined });
  try {
    const context = await model.createRankingContext({ contextSize: Math.min(LARGEST_CONTEXT, model.trainContextSize), threads });
    return new Ranking(model, context);
  } catch (error) {
    await model.dispose();
    const detail = error instanceof Error ? error.message : String(error);
    throw new LorekeepError("MODEL_FAILED", { reason: `llama.cpp could not rank with ${basename(path)}.`, next: "Choose another reranker in the settings, or none.", detail }, { cause: error });
  }
}

class Ranking implements RankingModel {
  private readonly model: LlamaModel;
  private readonly context: LlamaRankingContext;

  constructor(model: LlamaModel, context: LlamaRankingContext) {
    this.model = model;
    this.context = context;
  }

  /** Question and passage are cut to the context: the library would rank a long passage in pieces, and take as long as there are pieces. */
  async score(question: string, text: string): Promise<number> {
    const { contextSize } = this.context;
    const asked = this.model.tokenize(question, false, "trimLeadingSpace").slice(0, Math.floor(contextSize * QUESTION_SHARE));
    const room = contextSize - this.context.calculateInputLength(asked, []) - 1;
    const passage = this.model.tokenize(text, false, "trimLeadingSpace").slice(0, Math.max(0, room));
    const score = await this.context.rank(asked, passage);
    if (!Number.isFinite(score)) throw new LorekeepError("MODEL_FAILED", "The reranker returned no number.");
    return score;
  }

  async dispose(): Promise<void> {
    await this.context.dispose();
    await this.model.dispose();
  }
}
