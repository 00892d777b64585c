import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { source } from "./answers.ts";
import { charRange, documentReason } from "./document.ts";
import { errorMap } from "./errors.ts";
import { documentState, id } from "./library.ts";
import { setsContract } from "./questions.ts";
import { runsContract } from "./runs.ts";
import { candidate, evidence, searchChange, searchFilter, understood } from "./search.ts";

const base = oc.errors(errorMap);

/** What the retrieval page changes for one search, without changing the settings. Absent: as set. */
export const probeSettings = z.object({
  candidates: z.number().int().min(1).max(2000),
  sources: z.number().int().min(1).max(100),
  /** Tokens the sources may take together, counted with the embedder's tokenizer. Absent: no limit. */
  budget: z.number().int().positive(),
  /** Single settings of the search, such as the weight of meaning. */
  search: searchChange,
}).partial();
export type ProbeSettings = z.infer<typeof probeSettings>;

const probeInput = z.object({ question: z.string().min(1).max(20000), filter: searchFilter.default({}), includePrivate: z.boolean().default(false), settings: probeSettings.default({}), /** Words of the question that are not to be taken for a filter. */ ignoreFilters: z.array(z.string()).default([]) });
export type ProbeInput = z.output<typeof probeInput>;
export const probeResult = z.object({
  /** Best first; what did not become a source says where and why it left. */
  candidates: z.array(candidate),
  sources: z.array(source),
  /** In each candidate the sentence that fits best, as a range of the document. */
  best: z.array(charRange.optional()),
  /** The settings that held. `counter` says whose tokens the budget was counted in: those of the chat model that is loaded, else the embedder's. */
  settings: z.object({
    candidates: z.number().int(), sources: z.number().int(), budget: z.number().int().optional(),
    counter: z.object({ kind: z.enum(["model", "embedder"]), name: z.string() }).optional(),
  }),
  /** Conditions read out of the question, whether the evidence is enough to answer, and what the search had to say. */
  understood: understood.optional(), evidence: evidence.optional(), notes: z.array(z.string()).optional(),
  ms: z.record(z.string(), z.number()),
});
export type ProbeResult = z.infer<typeof probeResult>;

/** What was expected to be found: words, a document (id, file name or end of the path), or both. */
export const whyInput = probeInput.extend({ phrase: z.string().max(4000).optional(), document: z.string().max(4000).optional() });
export type WhyInput = z.output<typeof whyInput>;

export const whyStepNames = ["file", "text", "passages", "scope", "words", "meaning", "fused", "reranked", "sources"] as const;
/** ok: came through; weak: came through badly, which may be why it fell later; cut: fell here; open: not reached. */
export const whyStep = z.object({
  name: z.enum(whyStepNames),
  state: z.enum(["ok", "weak", "cut", "open"]),
  sentence: z.string(),
  /** Words and meaning: rank among all passages in scope (absent: deeper than was looked), and the score. */
  rank: z.number().int().positive().optional(),
  score: z.number().optional(),
  /** Words: those of the question by what became of them. */
  terms: z.object({ matching: z.array(z.string()), missing: z.array(z.string()), ignored: z.array(z.string()) }).optional(),
  /** Text and passages: the words that were found, or come nearest. */
  quote: z.string().optional(),
});
export type WhyStep = z.infer<typeof whyStep>;

/** A closed set: each says in which of the steps it was lost. */
export const whyVerdicts = [
  "found", "merged", "duplicate", "no-documents", "no-such-document", "phrase-nowhere", "phrase-not-in-document", "needs-ocr", "not-read-yet", "not-readable",
  "in-no-passage", "private", "filtered", "not-among-candidates", "no-words-in-common", "beyond-sources", "same-section", "no-room", "weak-evidence",
] as const;

/** The one change that would bring it in. `try` repeats the question with it; absent where the change is outside of the search. */
export const whyChange = z.object({
  kind: z.enum(["raise-candidates", "raise-sources", "raise-budget", "remove-filter", "ignore-recognised", "lower-threshold", "unlock-private", "rephrase", "nearest-phrase", "wait", "retry", "ocr", "add-document"]),
  /** What to do, as a person would say it. */
  sentence: z.string(),
  try: whyInput.optional(),
  /** Whether the change was tried and does bring it in. Absent: not tried. */
  proved: z.boolean().optional(),
});
export const whyReport = z.object({
  question: z.string(), phrase: z.string().optional(),
  document: z.object({ id, path: z.string(), name: z.string(), state: documentState, reason: documentReason.optional() }).optional(),
  /** Passages that hold what was expected, best ranked first. */
  expected: z.array(candidate),
  steps: z.array(whyStep),
  verdict: z.object({ code: z.enum(whyVerdicts), sentence: z.string(), change: whyChange.optional() }),
  /** What the same search did bring, as it stands. */
  probe: probeResult.optional(),
  ms: z.number(),
});
export type WhyReport = z.infer<typeof whyReport>;

export const measured = z.object({ mean: z.number(), low: z.number(), high: z.number() });
export const stages = ["lexical", "dense", "fused", "reranked"] as const;
export const measures = ["ndcg@10", "recall@1", "recall@5", "recall@10", "recall@100", "mrr@10"] as const;
export type Stage = (typeof stages)[number];
export type Measure = (typeof measures)[number];

export const retrievalReport = z.object({
  name: z.string(), kind: z.enum(["beir", "questions"]), started: z.string(), seconds: z.number(),
  embedder: z.string(), documents: z.number().int(), passages: z.number().int(),
  questions: z.number().int(), unanswerable: z.number().int(),
  /** Passages per leg that were looked at. */
  depth: z.number().int(),
  stages: z.array(z.object({ stage: z.enum(stages), measures: z.record(z.enum(measures), measured) })),
  /** By how much the last stage beats each leg, question by question (paired bootstrap). */
  gains: z.array(z.object({ stage: z.enum(stages), over: z.enum(stages), measure: z.enum(measures), ...measured.shape })),
  latency: z.array(z.object({ step: z.string(), p50: z.number(), p95: z.number() })),
  /** Over the questions with a phrase: it stands in the sentence that is highlighted in the first passage. */
  highlight: measured.optional(),
  citations: z.object({
    mode: z.enum(["quotes", "documents"]), answers: z.number().int(), sentences: z.number().int(),
    /** Share of the sentences of which a citation's words stand, letter by letter, in the document and inside the cited passage. */
    exact: measured,
    /** Shares of the answers in which some cited passage, some highlight, and the first of each, hold the expected phrase. */
    passage: measured, highlight: measured, firstPassage: measured, firstHighlight: measured,
    /** Shares of sentences whose cited passage, and whose highlight, hold the expected phrase. */
    sentencePassage: measured, sentenceHighlight: measured,
  }).optional(),
  /** Shares of the questions that were said not to be answered, where Quotes was asked. */
  refusals: z.object({ unanswerable: measured, answerable: measured }).optional(),
  /** Questions whose expected passage was not among the first ten, at most 100. */
  misses: z.array(z.object({ id, question: z.string(), rank: z.number().int().optional(), expectDocument: z.string().optional(), expectPhrase: z.string().optional() })),
});
export type RetrievalReport = z.infer<typeof retrievalReport>;

export const retrievalEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("progress"), step: z.enum(["reading", "indexing", "searching", "answering"]), done: z.number().int(), total: z.number().int() }),
  /** A line that could not be used; the others go on. */
  z.object({ type: z.literal("problem"), file: z.string(), line: z.number().int(), reason: z.string() }),
  z.object({ type: z.literal("done"), report: retrievalReport }),
]);
export type RetrievalEvent = z.infer<typeof retrievalEvent>;

const retrievalInput = z.object({
  /** A BEIR folder (corpus.jsonl, queries.jsonl, qrels/test.tsv), a JSON Lines file of known questions or a folder of such; or a set kept here. */
  path: z.string().min(1).optional(), setId: id.optional(),
  /** BEIR: ask the open library instead of indexing the corpus apart; documents are known by their file name without its ending. */
  here: z.boolean().default(false),
  filter: searchFilter.default({}), includePrivate: z.boolean().default(false),
  depth: z.number().int().min(10).max(1000).default(200),
  /** Only the first so many questions. */
  most: z.number().int().positive().optional(),
  /** Also answers every question that has a phrase or is unanswerable, and checks the citations. */
  answers: z.enum(["quotes", "documents"]).optional(),
});
export type RetrievalInput = z.output<typeof retrievalInput>;

export const evaluationContract = {
  /** Closing the stream stops; what was indexed for it stays and is gone on with. */
  retrieval: base.input(retrievalInput).output(eventIterator(retrievalEvent)),
  why: base.input(whyInput).output(whyReport),
  /** One search as an answer would do it, under other settings. */
  probe: base.input(probeInput).output(probeResult),
  sets: setsContract,
  runs: runsContract,
};
