import { os, stream } from "../contract/server.ts";
import type { Evaluation } from "./evaluation.ts";

/** The contract's part `evaluation`. */
export function evaluationRoutes(evaluation: Evaluation, tell: () => void) {
  const { sets } = evaluation;
  return {
    retrieval: os.evaluation.retrieval.handler(({ input, signal }) => stream(evaluation.retrieval(input, signal))),
    why: os.evaluation.why.handler(({ input, signal }) => evaluation.why(input, signal)),
    probe: os.evaluation.probe.handler(({ input, signal }) => evaluation.probe(input, signal)),
    sets: {
      list: os.evaluation.sets.list.handler(() => sets.list()),
      save: os.evaluation.sets.save.handler(async ({ input }) => {
        const saved = await sets.save(input);
        tell();
        return saved;
      }),
      remove: os.evaluation.sets.remove.handler(async ({ input }) => {
        await sets.remove(input.id);
        tell();
      }),
    },
  };
}
