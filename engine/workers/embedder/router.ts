import { implement, onError } from "@orpc/server";
import { LorekeepError } from "../../base/errors.ts";
import { encodeVector } from "../../base/vectors.ts";
import { toWorkerError } from "../worker-errors.ts";
import { embedderContract, type EmbedderSpec } from "./contract.ts";
import { loadModel, type LoadedModel } from "./model.ts";
import { Turnstile } from "./turnstile.ts";

/** The embedder's procedures around one loaded model; loading another replaces it. */
export function createEmbedderRouter() {
  const os = implement(embedderContract).use(onError((error) => { throw toWorkerError(error); }));
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
  return os.router({
    load: os.load.handler(async ({ input }) => {
      const begun = performance.now();
      const model = await turnstile.pass("query", () => replace(input));
      return { dimensions: model.dimensions, loadMs: performance.now() - begun };
    }),
    countTokens: os.countTokens.handler(({ input }) => input.texts.map((text) => loaded().countTokens(text))),
    embed: os.embed.handler(async ({ input, signal }) => {
      const vectors: string[] = [];
      const cut: boolean[] = [];
      for (const text of input.texts) {
        signal?.throwIfAborted();
        const embedding = await turnstile.pass(input.kind, () => loaded().embed(text, input.kind));
        vectors.push(encodeVector(embedding.vector));
        cut.push(embedding.cut);
      }
      return { vectors, cut };
    }),
  });
}
