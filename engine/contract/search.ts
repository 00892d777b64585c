import { oc } from "@orpc/contract";
import { z } from "zod";
import { charRange, documentFormat } from "./document.ts";
import { errorMap } from "./errors.ts";
import { id } from "./library.ts";

const base = oc.errors(errorMap);

/** Narrows a search. Every given condition must hold. */
export const searchFilter = z.object({
  collectionIds: z.array(id).optional(),
  documentIds: z.array(id).optional(),
  formats: z.array(documentFormat).optional(),
  /** Part of the path, case-insensitive. */
  path: z.string().optional(),
  /** ISO dates; compared with the file's modification time. */
  modifiedAfter: z.string().optional(),
  modifiedBefore: z.string().optional(),
  tags: z.array(z.string()).optional(),
});
export type SearchFilter = z.infer<typeof searchFilter>;

/** A passage: a stretch of one document's text, sized for the embedder, with where it came from. */
export const passage = z.object({
  id,
  documentId: id,
  collectionId: id,
  path: z.string(),
  title: z.string().optional(),
  format: documentFormat,
  headingPath: z.array(z.string()),
  /** 1-based page, slide or sheet. */
  page: z.number().int().positive().optional(),
  /** Order within the document. */
  position: z.number().int().nonnegative(),
  range: charRange,
  text: z.string(),
  modified: z.string().optional(),
});
export type Passage = z.infer<typeof passage>;

/**
 * Where one candidate stood at one stage. rank is 1-based. `completed`: this leg did not find the passage among its own hits; its score was asked
 * for afterwards, and the rank is the one among all candidates.
 */
export const stageScore = z.object({ rank: z.number().int().positive(), score: z.number(), completed: z.boolean().optional() });

/** Another place that says the same: a copy of the file, or boilerplate. */
export const place = z.object({ passageId: id, documentId: id, path: z.string(), page: z.number().int().positive().optional(), range: charRange });
export type Place = z.infer<typeof place>;

/** A candidate passage with its way through the stages; `dropped` says where and why it left, `of` which passage stands for it. */
export const candidate = z.object({
  passage,
  /** Which parts of a question with several parts found it, 1-based. Absent: the question has one part. */
  parts: z.array(z.number().int().positive()).optional(),
  dense: stageScore.optional(),
  lexical: stageScore.optional(),
  fused: stageScore.optional(),
  reranked: stageScore.optional(),
  dropped: z.object({ stage: z.enum(["retrieve", "rerank", "assemble"]), reason: z.enum(["limit", "duplicate", "budget", "merged", "private", "same-section"]), of: id.optional() }).optional(),
});
export type Candidate = z.infer<typeof candidate>;

/** How passages are found, as data. One rule for every collection: nothing here was tuned on test questions (docs/benchmarks.md). */
export const searchSettings = z.object({
  /** How the two legs become one list: standardised scores of both, or reciprocal ranks. */
  fusion: z.enum(["z-score", "rrf"]).default("z-score"),
  /** Share of the dense leg; the lexical one has the rest. */
  denseWeight: z.number().min(0).max(1).default(0.5),
  /** Languages the embedder was made for, ISO 639-1. Empty: every language. */
  embedderLanguages: z.array(z.string()).default(["en"]),
  /** Share of the dense leg where the question is in a language the embedder was not made for. */
  foreignDenseWeight: z.number().min(0).max(1).default(0.25),
  /** Look for rare words that stand nowhere with a letter or two changed. */
  typos: z.boolean().default(true),
  /** Take file names, types and dates in a question for filters. */
  understandFilters: z.boolean().default(true),
  /** Search the parts of a question with several parts apart. */
  splitParts: z.boolean().default(true),
  /** Milliseconds the loaded model may take to complete a follow-up that the rules are unsure about. 0: by rule alone. */
  condenseBudgetMs: z.number().int().min(0).max(60000).default(3000),
  /** 0: age does not matter. 1: of two equally good passages, the newer by far first. */
  recency: z.number().min(0).max(1).default(0),
  /** Evidence (0..1) below which a search is said to have found no answer. 0: never said. */
  leastEvidence: z.number().min(0).max(1).default(0.3),
  /** An installed reranker by its id (`models.rerankers`); empty: none. */
  reranker: z.string().max(4000).default(""),
  /** Folder of a cross-encoder in transformers.js layout that is not installed here; `reranker` goes before it. Empty: none. */
  rerankerFolder: z.string().max(4000).default(""),
  /** Milliseconds reranking may take, and the candidates it reads. */
  rerankBudgetMs: z.number().int().min(10).max(60000).default(1500),
  rerankDepth: z.number().int().min(1).max(200).default(20),
});
export type SearchSettings = z.infer<typeof searchSettings>;

/** Single settings of a search, without their defaults: `.partial()` alone would fill the absent ones in, and so reset what the person has set. */
export const searchChange = z
  .object(Object.fromEntries(Object.entries(searchSettings.shape).map(([name, field]) => [name, field.unwrap()])) as { [K in keyof typeof searchSettings.shape]: ReturnType<(typeof searchSettings.shape)[K]["unwrap"]> })
  .partial();

/** A condition read out of the question's own words: shown to the person, who can remove it (`ignoreFilters`). */
export const recognisedFilter = z.object({
  kind: z.enum(["file", "type", "date", "tag"]),
  /** The words of the question, as they stand there; what `ignoreFilters` names. */
  words: z.string(),
  filter: searchFilter,
});
export type RecognisedFilter = z.infer<typeof recognisedFilter>;

/** Whether what was found can hold the answer. `weak`: nothing in the documents answers this. */
export const evidence = z.object({
  /** 0..1, calibrated on answerable and unanswerable questions. */
  score: z.number(),
  least: z.number(),
  weak: z.boolean(),
  /** What it is made of: the best cosine, the share of the question's words (by rarity) in the best passage, the lead over the rest. */
  features: z.object({ cosine: z.number(), words: z.number(), lead: z.number() }),
});
export type Evidence = z.infer<typeof evidence>;

/** What was searched for: each part with the words taken for filters left out. */
export const understood = z.object({ parts: z.array(z.string()), filters: z.array(recognisedFilter), filter: searchFilter });
export type Understood = z.infer<typeof understood>;

export const searchHit = z.object({ passage, score: z.number(), /** Best sentence, with a neighbour nearly as good, as a range in the document's text. */ best: charRange.optional() });

const searchInput = z.object({
  text: z.string().min(1).max(20000),
  filter: searchFilter.default({}),
  limit: z.number().int().min(1).max(1000).default(10),
  includePrivate: z.boolean().default(false),
  /** Replaces single settings for this search: what the test page changes live. */
  settings: searchChange.optional(),
  /** Words of the question that are not to be taken for a filter. */
  ignoreFilters: z.array(z.string()).optional(),
});

export const searchContract = {
  query: base
    .input(searchInput)
    .output(z.object({
      hits: z.array(searchHit), candidates: z.array(candidate), ms: z.record(z.string(), z.number()),
      understood: understood.optional(), evidence: evidence.optional(), notes: z.array(z.string()).optional(),
    })),
  /**
   * Does the work of a search ahead of it, while the person is still typing; the search itself then finds it done. In a conversation what was typed
   * is completed from it first, and private documents are looked at where it may use them.
   */
  prefetch: base.input(searchInput.pick({ text: true, filter: true, includePrivate: true, ignoreFilters: true }).extend({ conversationId: id.optional() })).output(z.object({ ms: z.number() })),
};
