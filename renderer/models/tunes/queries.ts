import { useEngineQuery } from "../../engine/queries.ts";

export const useFineTunes = () => useEngineQuery(["models", "fine-tunes"], (engine, signal) => engine.models.fineTunes.list(undefined, { signal }));
