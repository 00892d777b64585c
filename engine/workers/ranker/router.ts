import { implement, onError } from "@orpc/server";
import { LorekeepError } from "../../base/errors.ts";
import { Mutex } from "../../base/mutex.ts";
import { LlamaRuntime } from "../generator/llama.ts";
import { loadRankingModel, type RankingModel } from "../generator/ranking.ts";
import { toWorkerError } from "../worker-errors.ts";
import { rankerContract } from "./contract.ts";

/** The ranker's procedures around one loaded model. */
export function createRankerRouter() {
  const os = implement(rankerContract).use(onError((error) => { throw toWorkerError(error); }));
  const turn = new Mutex();
  const runtime = new LlamaRuntime();
  let current: { readonly key: string; readonly model: RankingModel } | undefined;
  return os.router({
    // Without the caller's signal: a load that one question did not wait for serves the next one.
    load: os.load.handler(({ input }) => turn.run(undefined, async () => {
      const begun = performance.now();
      const key = JSON.stringify(input);
      if (current?.key !== key) {
        await current?.model.dispose();
        current = undefined;
        current = { key, model: await loadRankingModel(runtime, input) };
      }
      return { loadMs: performance.now() - begun };
    })),
    rank: os.rank.handler(({ input, signal }) => turn.run(signal, async () => {
      if (!current) throw new LorekeepError("NEEDS_MODEL", "No reranker is loaded.");
      const scores: number[] = [];
      for (const text of input.texts) {
        signal?.throwIfAborted();
        scores.push(await current.model.score(input.question, text));
      }
      return { scores };
    })),
  });
}
