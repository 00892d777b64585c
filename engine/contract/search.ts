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

/** Where one candidate stood at one stage. rank is 1-based. */
export const stageScore = z.object({ rank: z.number().int().positive(), score: z.number() });

/** A candidate passage with its way through the stages; `dropped` says where and why it left. */
export const candidate = z.object({
  passage,
  dense: stageScore.optional(),
  lexical: stageScore.optional(),
  fused: stageScore.optional(),
  reranked: stageScore.optional(),
  dropped: z.object({ stage: z.enum(["retrieve", "rerank", "assemble"]), reason: z.enum(["limit", "duplicate", "budget", "merged", "private"]) }).optional(),
});
export type Candidate = z.infer<typeof candidate>;

export const searchHit = z.object({ passage, score: z.number(), /** Best sentence, as a range in the document's text. */ best: charRange.optional() });

export const searchContract = {
  query: base
    .input(z.object({ text: z.string().min(1).max(20000), filter: searchFilter.default({}), limit: z.number().int().min(1).max(1000).default(10), includePrivate: z.boolean().default(false) }))
    .output(z.object({ hits: z.array(searchHit), candidates: z.array(candidate), ms: z.record(z.string(), z.number()) })),
};
