import type { Mutex } from "../base/mutex.ts";
import type { AnswerOptions, Message } from "../contract/answers.ts";
import type { Settings } from "../contract/settings.ts";
import type { SearchSettings } from "../contract/search.ts";
import type { SearchScope } from "../knowledge/store.ts";
import type { Embedder, KnowledgeStore } from "../knowledge/store.ts";
import type { ChatModel } from "./write/chat-model.ts";
import type { EmbedSentences } from "./evidence/cite.ts";
import type { FineTuneFormat } from "./write/format.ts";
import type { MakeNonce } from "./write/nonce.ts";
import type { SearchCache } from "./find/find.ts";
import type { Reranker } from "./find/rerank.ts";

/** All that an answer is made with. */
export interface AnswerMeans {
  readonly store: KnowledgeStore;
  readonly embedder: Embedder;
  readonly chatModel: ChatModel;
  /** One generation at a time: held from loading the model to its last token. */
  readonly turn: Mutex;
  /** The one the settings name now; none: the order of the search stands. */
  readonly reranker?: (search: SearchSettings) => Reranker | undefined;
  /** Searches already made. Absent: each is made anew. */
  readonly searches?: SearchCache;
  readonly settings: () => Settings;
  /** What is private and locked now. */
  readonly privacy: () => Pick<SearchScope, "excludeDocumentIds" | "excludeCollectionIds">;
  /** Documents in the index. */
  readonly hasDocuments: () => number;
  /** Marks the frames of one request; default: random, so that no answer is sure to repeat. */
  readonly nonce?: MakeNonce;
  /** What the answers of a fine-tune (by its id, or that of one of its versions) look like, where it says so. */
  readonly fineTuneFormat?: (id: string) => FineTuneFormat | undefined;
  /** Called while an answer is made, so that indexing gives way; the returned function ends it. */
  readonly whileAnswering?: () => () => void;
}

/** A question in its conversation. */
export interface Question {
  readonly text: string;
  /** The messages before it, oldest first. */
  readonly path: readonly Message[];
  readonly options: AnswerOptions;
  /** Private documents may be used in this conversation. */
  readonly unlocked: boolean;
}

/** Sentences are embedded as queries are: those go first in the embedder, also while passages wait for this very answer. */
export function sentenceEmbedder(embedder: Embedder, signal?: AbortSignal): EmbedSentences {
  return (texts) => Promise.all(texts.map((text) => embedder.embedQuery(text, signal)));
}

export function scopeOf(filter: AnswerOptions["filter"], means: Pick<AnswerMeans, "privacy">, withPrivate: boolean): SearchScope {
  return withPrivate ? { filter, excludeDocumentIds: [], excludeCollectionIds: [] } : { filter, ...means.privacy() };
}
