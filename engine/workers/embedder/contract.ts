import { oc } from "@orpc/contract";
import { z } from "zod";

/** A model folder in transformers.js layout and how its token vectors become one sentence vector. */
export const embedderSpec = z.object({
  modelFolder: z.string(),
  dtype: z.enum(["q8", "fp16", "fp32"]),
  pooling: z.enum(["mean", "cls"]),
  /** Tokens per text including special ones and the prefix; longer texts are cut there and reported as `cut`, never silently. */
  maxTokens: z.number().int().positive(),
  /** Put before a query / passage, as some models ask for. */
  queryPrefix: z.string(),
  passagePrefix: z.string(),
  /** ONNX Runtime intra-op threads. One is fastest beside other work (see RETRIEVAL notes in docs/benchmarks.md). */
  threads: z.number().int().positive(),
});
export type EmbedderSpec = z.infer<typeof embedderSpec>;

/** Where the weights of each dtype are in the model's folder. */
export const onnxFiles = { q8: "onnx/model_quantized.onnx", fp16: "onnx/model_fp16.onnx", fp32: "onnx/model.onnx" } as const satisfies Record<EmbedderSpec["dtype"], string>;

/** A cross-encoder's folder in transformers.js layout. It lives beside the embedder, in the same runtime. */
export const rerankerSpec = z.object({ modelFolder: z.string(), /** Question and passage together; the passage is cut. */ maxTokens: z.number().int().positive(), threads: z.number().int().positive() });
export type RerankerSpec = z.infer<typeof rerankerSpec>;

export const embedderContract = {
  load: oc.input(embedderSpec).output(z.object({ dimensions: z.number().int(), loadMs: z.number() })),
  /** Token count of each text, special tokens included, prefixes not. */
  countTokens: oc.input(z.object({ texts: z.array(z.string()) })).output(z.array(z.number().int())),
  /** One L2-normalised vector per text, each computed alone so that it depends on nothing but the text; see engine/base/vectors.ts for the encoding. */
  embed: oc
    .input(z.object({ texts: z.array(z.string()), kind: z.enum(["query", "passage"]) }))
    .output(z.object({ vectors: z.array(z.string()), /** true where a text was cut at maxTokens */ cut: z.array(z.boolean()) })),
  /** One score per text, higher fits the question better. The model is loaded with the first call for its folder. Stops between texts. */
  rerank: oc.input(z.object({ spec: rerankerSpec, question: z.string(), texts: z.array(z.string()).max(200) })).output(z.object({ scores: z.array(z.number()) })),
};
