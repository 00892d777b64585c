import type { AnswerMeans } from "../answer/means.ts";
import type { Library } from "../ingest/library.ts";
import type { Embedder } from "../knowledge/store.ts";
import type { WorkerHost } from "../workers/host.ts";

/** All that the evaluation works with: what answers are made with, and the library they come from. */
export interface EvaluationMeans {
  /** The workspace; corpora lie in its folder `evaluation`, question sets in `question-sets.json`. */
  readonly workspace: string;
  readonly answering: AnswerMeans;
  readonly library: Pick<Library, "parts" | "privacy">;
  readonly embedder: Embedder;
  readonly workerHost: WorkerHost;
}
