import type { AnswerMeans } from "../answer/means.ts";
import type { Conversation } from "../contract/answers.ts";
import type { Library } from "../ingest/library.ts";
import type { Embedder } from "../knowledge/store.ts";
import type { FineTunes } from "../models/fine-tunes.ts";
import type { ShelfItem } from "../models/types.ts";
import type { WorkerHost } from "../workers/host.ts";

/** All that the evaluation works with: what answers are made with, and the library they come from. */
export interface EvaluationMeans {
  /** The workspace; corpora lie in its folder `evaluation`, question sets in `question-sets.json`. */
  readonly workspace: string;
  readonly answering: AnswerMeans;
  readonly library: Pick<Library, "parts" | "privacy">;
  readonly embedder: Embedder;
  readonly workerHost: WorkerHost;
  /** Where a chat's answer becomes a known question. */
  readonly conversations: { get(id: string): Promise<Conversation> };
  /** Path of a file that the upload route took. @throws LorekeepError NOT_FOUND */
  readonly uploadPath: (id: string) => Promise<string>;
  /** Where versions of fine-tunes are kept, and what lies on the shelf: for the gate. */
  readonly fineTunes: Pick<FineTunes, "get" | "recordGate" | "recordScore">;
  readonly models: () => Promise<readonly ShelfItem[]>;
  /** An item as its file is now, hashed again where it changed. @throws LorekeepError NOT_FOUND, MODEL_REFUSED, CONFLICT */
  readonly refreshed: (itemId: string, signal?: AbortSignal) => Promise<ShelfItem>;
  /** Names on the shelf by id. */
  readonly modelNames: () => Promise<ReadonlyMap<string, string>>;
  /** Told what a person should know: a run that could not be read. */
  readonly onNotice: (text: string) => void;
}
