import { implement, ORPCError } from "@orpc/server";
import { LorekeepError } from "../../base/errors.ts";
import { encodeVector } from "../../base/vectors.ts";
import { embedderContract, type EmbedderSpec, type RerankerSpec } from "./contract.ts";
import { loadModel, type LoadedModel } from "./model.ts";
import { loadReranker, type LoadedReranker } from "./reranker.ts";
import { Turnstile } from "./turnstile.ts";

/** The embedder's procedures around one loaded model; loading another replaces it. */
export function createEmbedderRouter() {
  const os = implement(embedderContract);
  const turnstile = new Turnstile();
  let current: LoadedModel | undefined;
  const loaded = (): LoadedModel => {
    if (!current) throw new LorekeepError("NEEDS_MODEL", "No embedding model is loaded.");
    return current;
  };
  const replace = async (spec: EmbedderSpec): Promise<LoadedModel> => {
    await current?.dispose();
    current = undefined;
    current = await loadModel(spec);
    return current;
  };
  let reranker: LoadedReranker | undefined;
  const rerankerFor = async (spec: RerankerSpec): Promise<LoadedReranker> => {
    if (reranker && JSON.stringify(reranker.spec) === JSON.stringify(spec)) return reranker;
    await reranker?.dispose();
    reranker = undefined;
    reranker = await loadReranker(spec);
    return reranker;
  };
  return os.router({
    load: os.load.handler(({ input }) => overTheWire(async () => {
      const begun = performance.now();
      const model = await turnstile.pass("query", () => replace(input));
      return { dimensions: model.dimensions, loadMs: performance.now() - begun };
    })),
    countTokens: os.countTokens.handler(({ input }) => overTheWire(async () => input.texts.map((text) => loaded().countTokens(text)))),
    embed: os.embed.handler(({ input, signal }) => overTheWire(async () => {
      const vectors: string[] = [];
      const cut: boolean[] = [];
      for (const text of input.texts) {
        signal?.throwIfAborted();
        const embedding = await turnstile.pass(input.kind, () => loaded().embed(text, input.kind));
        vectors.push(encodeVector(embedding.vector));
        cut.push(embedding.cut);
      }
      return { vectors, cut };
    })),
    rerank: os.rerank.handler(({ input, signal }) => overTheWire(async () => {
      const scores: number[] = [];
      for (const text of input.texts) {
        signal?.throwIfAborted();
        scores.push(await turnstile.pass("query", async () => (await rerankerFor(input.spec)).score(input.question, text)));
      }
      return { scores };
    })),
  });
}

/** The supervisor reads code and details of an expected failure from an ORPCError; anything else stays what it is: a bug or an abort. */
async function overTheWire<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof LorekeepError ? new ORPCError(error.code, { message: error.message, data: error.details }) : error;
  }
}
