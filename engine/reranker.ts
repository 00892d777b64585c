import { availableParallelism } from "node:os";
import { basename } from "node:path";
import type { Reranker } from "./answer/find/rerank.ts";
import { LorekeepError } from "./base/errors.ts";
import type { SearchSettings } from "./contract/search.ts";
import type { Settings } from "./contract/settings.ts";
import type { WorkerEmbedder } from "./knowledge/embedder.ts";
import type { Ranker } from "./models/ranker.ts";
import { installedRerankers, rerankerName } from "./models/rerankers.ts";
import type { ModelShelf } from "./models/shelf.ts";

export interface RerankerParts {
  readonly shelf: ModelShelf;
  readonly ranker: Ranker;
  readonly embedder: WorkerEmbedder;
  readonly settings: () => Settings;
}

/** What reranking asks of a model (engine/answer/find/rerank.ts), met by the embedder's worker for ONNX folders and by the ranker for GGUF files. */
export function createRerankers({ shelf, ranker, embedder, settings }: RerankerParts): (search: SearchSettings) => Reranker | undefined {
  const spec = (path: string) => {
    const { gpu, threads = Math.max(1, Math.floor(availableParallelism() / 2)) } = settings().models;
    return { path, gpu, threads };
  };
  const chosen = async (id: string) => {
    const found = (await installedRerankers(shelf)).find((one) => one.id === id);
    if (found) return found;
    throw new LorekeepError("NOT_FOUND", { reason: "it is not installed any more", next: "Choose another reranker in the settings, or none." });
  };
  const installed = (id: string): Reranker => ({
    name: rerankerName(id, shelf) ?? "you chose",
    prepare: async () => {
      const { format, path } = await chosen(id);
      if (format === "gguf") await ranker.prepare(spec(path));
    },
    score: async (question, texts, signal) => {
      const { format, path } = await chosen(id);
      return format === "gguf" ? ranker.score(spec(path), question, texts, signal) : embedder.rerank(path, question, texts, signal);
    },
  });
  return ({ reranker, rerankerFolder }) => {
    if (reranker !== "") return installed(reranker);
    return rerankerFolder === "" ? undefined : { name: basename(rerankerFolder), score: (question, texts, signal) => embedder.rerank(rerankerFolder, question, texts, signal) };
  };
}
