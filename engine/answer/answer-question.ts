import { isAbort } from "../base/errors.ts";
import type { AssistantMessage } from "../contract/answers.ts";
import type { Candidate } from "../contract/search.ts";
import { assemble } from "./context/assemble.ts";
import { focus } from "./context/focus.ts";
import { bestSentences } from "./evidence/best-sentences.ts";
import type { ChatModelReady } from "./write/chat-model.ts";
import { check, isSupported, isUnsupported } from "./evidence/check.ts";
import { cite } from "./evidence/cite.ts";
import { compose, type Composed } from "./write/compose.ts";
import { completed, condense, type Condensed } from "./question/condense.ts";
import { Draft } from "./write/draft.ts";
import { formatCheck, withFormat } from "./write/format.ts";
import { find as findPassages, type Found as FoundPassages } from "./find/find.ts";
import { sentenceEmbedder, type AnswerMeans, type Question } from "./means.ts";
import type { AnswerListener } from "./listener.ts";
import { modeParts } from "./modes.ts";
import { requireDocuments, requireFineTune, withQuotesHint } from "./needs.ts";
import { ruleLines } from "./write/prompt.ts";
import { quote } from "./write/quotes.ts";
import { rerank } from "./find/rerank.ts";
import { rewrite } from "./question/rewrite.ts";
import { wholeSmallDocuments } from "./context/small-documents.ts";

/** What becomes of an assistant message: everything but its place in the conversation. */
export type Answered = Pick<AssistantMessage, "text" | "state" | "error" | "sources" | "sentences" | "trace" | "format">;

/**
 * The second sentence of the design: condense -> retrieve -> rerank -> assemble -> generate -> cite -> check (-> look again).
 * Never rejects: a failure becomes the answer's error, a stop leaves what was written, and the trace is complete either way.
 */
export async function answerQuestion(question: Question, means: AnswerMeans, listener: AnswerListener, signal: AbortSignal): Promise<Answered> {
  const draft = new Draft({ ...question, options: withFormat(question.options, means.fineTuneFormat) }, listener);
  const resume = means.whileAnswering?.();
  try {
    const schema = formatCheck(draft.question.options);
    requireDocuments(question.options, means);
    if (modeParts[question.options.mode].model) await write(draft, means, signal);
    else await quotePassages(draft, means, signal);
    draft.checked(schema?.(draft.text));
    return draft.complete();
  } catch (error) {
    await review(draft, means);
    return signal.aborted && (isAbort(error) || error === signal.reason) ? draft.stopped() : draft.failed(withQuotesHint(error));
  } finally {
    resume?.();
  }
}

/** condense -> retrieve -> rerank: the candidates, best first. */
async function find(draft: Draft, means: AnswerMeans, signal: AbortSignal): Promise<Found> {
  const { question, trace } = draft;
  const settings = means.settings().answers;
  const { search } = means.settings();
  const { filter, ignoreFilters } = question.options;
  const condensed = await trace.step("condense", () => standAlone(draft, means, signal));
  trace.record({ condensed });
  const retrieved = await trace.step("retrieve", () => findPassages(condensed.text, means, { filter, unlocked: question.unlocked, limit: settings.candidates, settings: search, ignoreFilters, signal }));
  const { understood: { filters, parts }, evidence, scope } = retrieved;
  trace.record({ evidence, condensed: { ...condensed, ...(filters.length > 0 ? { filters: [...filters] } : {}), ...(parts.length > 1 ? { parts: [...parts] } : {}), ...(ignoreFilters?.length ? { ignored: ignoreFilters } : {}) } });
  trace.note(...retrieved.notes);
  const reranked = await trace.step("rerank", () => rerank(condensed.text, retrieved.candidates, { reranker: means.reranker?.(search), budgetMs: search.rerankBudgetMs, depth: search.rerankDepth, signal }));
  if (reranked.note) trace.noteStep(reranked.note);
  trace.record({ candidates: reranked.candidates });
  if (evidence.weak) trace.note(WEAK);
  return { candidates: reranked.candidates, scope, queryVector: retrieved.queryVector, weak: evidence.weak };
}

/** What is searched for: as a person edited it, else by rule, else with the help of the model that is loaded. */
async function standAlone({ question, trace }: Draft, means: AnswerMeans, signal: AbortSignal): Promise<Omit<Condensed, "how"> & { how: Condensed["how"] | "edited" }> {
  const { text, path, options: { searchFor } } = question;
  if (searchFor !== undefined) return { text: searchFor, how: "edited" };
  const { unsure, ...byRule } = condense(text, path);
  const rewritten = unsure && (await rewrite(text, unsure, means, { budgetMs: means.settings().search.condenseBudgetMs, signal }));
  if (rewritten?.note) trace.note(rewritten.note);
  return rewritten && rewritten.carried.length > 0 ? completed(text, rewritten.carried, "model") : byRule;
}

interface Found {
  readonly candidates: readonly Candidate[];
  readonly scope: FoundPassages["scope"];
  readonly queryVector: Float32Array;
  /** Nothing in the documents answers this, by {@link evidenceFor}. */
  readonly weak: boolean;
  /** The candidates are not to be shown with what stands around them. */
  readonly asTheyAre?: boolean;
}

const WEAK = "Nothing in your documents seems to answer this: what was found has too little in common with the question.";

/** assemble -> generate, when it is this question's turn. What is looked up is looked up meanwhile. */
async function write(draft: Draft, means: AnswerMeans, signal: AbortSignal): Promise<void> {
  const grounded = modeParts[draft.question.options.mode].documents;
  const finding = grounded ? find(draft, means, signal) : Promise.resolve(undefined);
  finding.catch(() => undefined); // Awaited below; this keeps a failure during the wait from counting as unhandled.
  try {
    await means.turn.run(signal, async () => {
      const model = await load(draft, means, signal);
      const found = await finding;
      if (found?.weak && saysSo(draft.question)) draft.unanswered(found.candidates);
      else await attempt(draft, model, found, means, signal);
      await review(draft, means, signal);
      if (found && isUnsupported(draft.sentences)) await lookAgain(draft, model, found, means, signal);
    });
  } finally {
    await Promise.allSettled([finding]); // So that the trace of an answer without a model still shows what was found.
  }
}

/** Documents mode answers from documents or not at all. A fine-tune may know, and an answer with a schema has its own way to say that it does not. */
function saysSo({ options }: Question): boolean {
  return options.mode === "documents" && options.jsonSchema === undefined;
}

async function attempt(draft: Draft, model: ChatModelReady, found: Found | undefined, means: AnswerMeans, signal: AbortSignal): Promise<void> {
  const composed = await put(draft, model, found, means, signal);
  await generate(draft, composed, means, signal);
}

/** Sources the model is given first when it is asked again: a small one misreads what stands side by side (docs/benchmarks.md, "Looking again"). */
const FEWER = [1, 2];

/**
 * Where nothing of what was written stands in the sources, the model is asked again with less of them. What then stands there takes the first one's place, which
 * the trace keeps; otherwise the first stays, marked as it is. So it stays, too, where this is stopped or fails: it was finished.
 */
async function lookAgain(draft: Draft, model: ChatModelReady, found: Found, means: AnswerMeans, signal: AbortSignal): Promise<void> {
  if (!means.settings().answers.lookAgain) return;
  try {
    await draft.trace.step("look-again", async () => {
      for (const narrower of narrowed(draft, found)) {
        const other = draft.another();
        await attempt(other, model, narrower, means, signal);
        await review(other, means, signal);
        if (isSupported(other.sentences)) return draft.withdrawFor(other);
      }
    });
  } catch (error) {
    draft.trace.note(signal.aborted ? "Looking again was stopped." : `Looking again failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What was found, less and less of it: the best, the two best, and of the best only its lines about the question. */
function narrowed({ sources, searched }: Draft, found: Found): Found[] {
  const fewer = FEWER.filter((count) => count < sources.length).map((count) => ({ ...found, candidates: found.candidates.slice(0, count) }));
  const [best] = found.candidates;
  const [lines] = best ? focus(searched, [best.passage]) : [];
  return best && lines && lines.text !== best.passage.text ? [...fewer, { ...found, candidates: [{ ...best, passage: lines }], asTheyAre: true }] : fewer;
}

/** assemble: sources, history and question in the model's context. */
async function put(draft: Draft, model: ChatModelReady, found: Found | undefined, means: AnswerMeans, signal: AbortSignal): Promise<Composed> {
  const composed = await draft.trace.step("assemble", async () => {
    const whole = found && !found.asTheyAre ? await wholeSmallDocuments(found.candidates, found.scope, means.store) : [];
    return compose({ question: draft.question, searched: draft.searched, candidates: found?.candidates ?? [], whole, model, asTheyAre: found?.asTheyAre }, means, signal);
  });
  draft.assembled(composed);
  return composed;
}

async function load(draft: Draft, means: AnswerMeans, signal: AbortSignal): Promise<ChatModelReady> {
  const { options } = draft.question;
  const model = await draft.trace.step("load", () => means.chatModel.ensureLoaded(options.modelId, signal));
  const note = requireFineTune(options, model);
  if (note) draft.trace.note(note);
  draft.loaded(model, modeParts[options.mode].fineTune ? await means.chatModel.resolveAdapters(options.adapters) : []);
  return model;
}

async function generate(draft: Draft, composed: Composed, means: AnswerMeans, signal: AbortSignal): Promise<void> {
  await draft.trace.step("generate", async () => {
    const adapters = draft.adapters.map(({ path, scale }) => ({ path, scale }));
    for await (const event of means.chatModel.generate({ ...composed.input, adapters }, signal)) {
      if (event.type === "text") draft.write(event.text);
      else if (event.type === "thought") draft.thought(event.text);
      else if (event.type === "done") draft.written(event);
    }
    signal.throwIfAborted();
  });
}

/** Quotes mode: assemble, and let the sources speak for themselves. */
async function quotePassages(draft: Draft, means: AnswerMeans, signal: AbortSignal): Promise<void> {
  const { candidates, queryVector, weak } = await find(draft, means, signal);
  const worthy = weak || !isAnyHit(candidates) ? [] : candidates;
  const assembled = await draft.trace.step("assemble", () =>
    assemble(worthy, { question: draft.searched, limit: means.settings().answers.sources, budget: Infinity, countTokens: async (sources) => sources.map(() => 0) }));
  draft.assembled({ ...assembled, candidates: worthy.length > 0 ? assembled.candidates : candidates });
  const texts = assembled.sources.map((source) => source.text);
  const best = await draft.trace.step("cite", () => bestSentences(draft.searched, texts, { most: 2, meaning: { query: queryVector, embed: sentenceEmbedder(means.embedder, signal) } }));
  draft.quoted(quote(assembled.sources, best, { severalParts: worthy.some(({ parts }) => parts !== undefined) }));
  await review(draft, means, signal);
}

/** Unrelated texts have a cosine around 0 to 0.2; no word in common and no meaning in common is no hit. */
const LEAST_COSINE = 0.25;

function isAnyHit(candidates: readonly Candidate[]): boolean {
  return candidates.some((candidate) => (candidate.lexical?.score ?? 0) > 0 || (candidate.dense?.score ?? 0) >= LEAST_COSINE);
}

/** cite -> check. Without a signal (after a stop or a failure) by the words alone, which takes no time. */
async function review(draft: Draft, means: AnswerMeans, signal?: AbortSignal): Promise<void> {
  const { mode } = draft.question.options;
  if (draft.text === "") return;
  const { trace, sources } = draft;
  const embed = signal ? sentenceEmbedder(means.embedder, signal) : undefined;
  const cited = mode === "quotes" ? draft.sentences : await trace.step("cite", () => cite(draft.text, sources, { question: draft.searched, embed }));
  draft.sentences = await trace.step("check", () =>
    check(cited, { grounded: modeParts[mode].documents, rules: ruleLines(mode), nonce: draft.nonce, sources: sources.map((source) => source.number) }));
}
