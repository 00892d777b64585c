import { useEngineQuery } from "../engine/queries.ts";

export const useSets = () => useEngineQuery(["evaluation", "sets"], (engine, signal) => engine.evaluation.sets.list(undefined, { signal }));
export const useRuns = () => useEngineQuery(["evaluation", "runs"], (engine, signal) => engine.evaluation.runs.list(undefined, { signal }));
