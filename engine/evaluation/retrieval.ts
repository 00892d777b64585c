import type { AnswerMeans } from "../answer/means.ts";
import { search, type SearchOutput } from "../answer/find/search.ts";
import { LorekeepError } from "../base/errors.ts";
import type { RetrievalEvent, RetrievalInput, RetrievalReport } from "../contract/evaluation.ts";
import type { KnownQuestion } from "../contract/questions.ts";
import type { Candidate } from "../contract/search.ts";
import { citationReport, citedAnswer, type CitedAnswer } from "./citations.ts";
import { openCorpus } from "./corpus.ts";
import type { EvaluationMeans } from "./means.ts";
import { bootstrap } from "./metrics.ts";
import { isExpected } from "./expected.ts";
import { holds } from "./phrase.ts";
import { withCandidates } from "./probe.ts";
import type { QuestionSets } from "./question-sets.ts";
import { readQuestions, type JudgedQuestion, type Questions } from "./read-questions.ts";
import { gainsOf, latencyOf, measuresOf, rankingOf, type Judged } from "./stage-measures.ts";

type Emit = (event: RetrievalEvent) => void;

/** Where a run searches, and how a question's right passages are told. */
interface Ground {
  readonly means: AnswerMeans;
  readonly documents: number;
  readonly passages: number;
  /** What a passage counts as in the ranking: passages of the same unit count once. */
  readonly unitOf: (candidate: Candidate, question: JudgedQuestion | KnownQuestion) => string;
  dispose(): Promise<void>;
}

/** The one unit that a known question's right passages all are. */
const RIGHT = "right";
const MOST_MISSES = 100;

/** Asks every question and measures each stage. Emits progress and broken lines on the way, the report at the end. */
export async function evaluateRetrieval(input: RetrievalInput, means: EvaluationMeans & { readonly sets: QuestionSets }, emit: Emit, signal: AbortSignal): Promise<void> {
  const begun = performance.now();
  const started = new Date().toISOString();
  const questions = await questionsOf(input, means.sets, (problem) => emit({ type: "problem", ...problem }));
  const ground = await groundOf(questions, input, means, emit, signal);
  try {
    const asked = await askAll(questions, input, ground, emit, signal);
    const answers = questions.kind === "questions" && input.answers ? await answerAll(questions.questions, input, means, emit, signal) : [];
    const report: RetrievalReport = {
      ...reportOf(questions, asked, answers, input), started, seconds: (performance.now() - begun) / 1000,
      embedder: means.embedder.name, documents: ground.documents, passages: ground.passages, depth: input.depth,
    };
    emit({ type: "done", report });
  } finally {
    await ground.dispose();
  }
}

async function questionsOf(input: RetrievalInput, sets: QuestionSets, report: Parameters<typeof readQuestions>[1]): Promise<Questions> {
  if ((input.path === undefined) === (input.setId === undefined)) throw new LorekeepError("INVALID", { reason: "Name a folder or a question set.", field: "path" });
  const questions: Questions = input.setId === undefined ? await readQuestions(input.path ?? "", report) : { kind: "questions", ...sets.get(input.setId) };
  if (questions.questions.length === 0) throw new LorekeepError("INVALID", { reason: "This question set is empty.", next: "Save a question on the Retrieval page first.", field: "setId" });
  return questions.kind === "beir" ? { ...questions, questions: questions.questions.slice(0, input.most) } : { ...questions, questions: questions.questions.slice(0, input.most) };
}

async function groundOf(questions: Questions, input: RetrievalInput, means: EvaluationMeans, emit: Emit, signal: AbortSignal): Promise<Ground> {
  if (questions.kind === "beir" && !input.here) {
    const corpus = await openCorpus(questions.folder, means, {
      progress: (step, done, total) => emit({ type: "progress", step, done, total }),
      problem: (problem) => emit({ type: "problem", ...problem }),
    }, signal);
    return { ...corpus, unitOf: ({ passage }) => corpus.idOf(passage.path) };
  }
  const { documents, passages } = await means.answering.store.stats();
  const withoutEnding = (path: string) => (path.split(/[\\/]/).pop() ?? path).replace(/\.[^.]+$/, "");
  const unitOf: Ground["unitOf"] = (candidate, question) =>
    "relevant" in question ? withoutEnding(candidate.passage.path) : isExpected(candidate.passage, question) ? RIGHT : candidate.passage.id;
  return { means: means.answering, documents, passages, unitOf, dispose: () => Promise.resolve() };
}

export interface Asked extends Judged {
  readonly question: JudgedQuestion | KnownQuestion;
  readonly ms: SearchOutput["ms"];
  /** With a phrase: whether the sentence highlighted in the first passage holds it. */
  readonly highlighted?: boolean;
}

async function askAll({ questions }: Questions, input: RetrievalInput, ground: Ground, emit: Emit, signal: AbortSignal): Promise<Asked[]> {
  const means = withCandidates(ground.means, input.depth);
  const asked: Asked[] = [];
  for (const question of questions) {
    signal.throwIfAborted();
    if (asked.length % 10 === 0) emit({ type: "progress", step: "searching", done: asked.length, total: questions.length });
    if (isUnanswerable(question)) continue;
    const found = await search({ text: question.question, filter: input.filter, limit: 10, includePrivate: input.includePrivate }, means, signal);
    const relevant = "relevant" in question ? question.relevant : new Map([[RIGHT, 1]]);
    const unit = (candidate: Candidate) => ground.unitOf(candidate, question);
    asked.push({ question, relevant, rankings: rankingOf(found.candidates, unit), ms: found.ms, ...highlighted(found, question) });
  }
  return asked;
}

const isUnanswerable = (question: JudgedQuestion | KnownQuestion): boolean => "unanswerable" in question && question.unanswerable === true;

function highlighted({ hits: [hit] }: SearchOutput, question: JudgedQuestion | KnownQuestion): { highlighted?: boolean } {
  if (!("expectPhrase" in question) || question.expectPhrase === undefined) return {};
  if (!hit?.best) return { highlighted: false };
  const { text, range } = hit.passage;
  const sentence = text.slice(Math.max(0, hit.best.start - range.start), hit.best.end - range.start);
  return { highlighted: holds(sentence, question.expectPhrase) };
}

interface AnsweredQuestion { readonly question: KnownQuestion; readonly answer: CitedAnswer }

async function answerAll(questions: readonly KnownQuestion[], input: RetrievalInput, means: EvaluationMeans, emit: Emit, signal: AbortSignal): Promise<AnsweredQuestion[]> {
  const wanted = questions.filter(({ expectPhrase, unanswerable }) => expectPhrase !== undefined || unanswerable);
  const mode = input.answers ?? "quotes";
  const answered: AnsweredQuestion[] = [];
  for (const question of wanted) {
    signal.throwIfAborted();
    if (answered.length % 5 === 0) emit({ type: "progress", step: "answering", done: answered.length, total: wanted.length });
    answered.push({ question, answer: await citedAnswer(question, { mode, filter: input.filter, includePrivate: input.includePrivate }, means, signal) });
  }
  return answered;
}

type Measured = Omit<RetrievalReport, "started" | "seconds" | "embedder" | "documents" | "passages" | "depth">;

function reportOf(questions: Questions, asked: readonly Asked[], answered: readonly AnsweredQuestion[], input: RetrievalInput): Measured {
  const stages = measuresOf(asked);
  const lit = asked.flatMap((one) => (one.highlighted === undefined ? [] : [Number(one.highlighted)]));
  const unanswerable = questions.questions.length - asked.length;
  const answerable = answered.filter(({ question }) => !question.unanswerable);
  const refused = (some: readonly AnsweredQuestion[]) => bootstrap(some.map(({ answer }) => Number(answer.refused)));
  return {
    name: questions.name, kind: questions.kind, questions: asked.length, unanswerable, stages, gains: gainsOf(asked), latency: latencyOf(asked.map(({ ms }) => ms)),
    ...(lit.length > 0 ? { highlight: bootstrap(lit) } : {}),
    ...(answerable.length > 0 ? { citations: citationReport(input.answers ?? "quotes", answerable.map(({ answer }) => answer)) } : {}),
    ...(answered.length > 0 ? { refusals: { unanswerable: refused(answered.filter(({ question }) => question.unanswerable)), answerable: refused(answerable) } } : {}),
    misses: missesOf(asked),
  };
}

function missesOf(asked: readonly Asked[]): RetrievalReport["misses"] {
  return asked.flatMap(({ question, relevant, rankings }) => {
    const last = rankings.reranked ?? rankings.fused ?? [];
    const at = last.findIndex((unit) => (relevant.get(unit) ?? 0) > 0);
    if (at >= 0 && at < 10) return [];
    const expected = "relevant" in question ? { expectDocument: [...relevant.keys()].join(", ") } : { ...(question.expectDocument === undefined ? {} : { expectDocument: question.expectDocument }), ...(question.expectPhrase === undefined ? {} : { expectPhrase: question.expectPhrase }) };
    return [{ id: question.id, question: question.question, ...(at < 0 ? {} : { rank: at + 1 }), ...expected }];
  }).slice(0, MOST_MISSES);
}
