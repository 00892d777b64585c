import { answerQuestion, type Answered } from "../answer/answer-question.ts";
import { silent } from "../answer/listener.ts";
import type { AnswerMeans } from "../answer/means.ts";
import { documentText } from "../contract/document.ts";
import type { RetrievalReport } from "../contract/evaluation.ts";
import type { KnownQuestion } from "../contract/questions.ts";
import type { SearchFilter } from "../contract/search.ts";
import { asError } from "./failure.ts";
import type { EvaluationMeans } from "./means.ts";
import { bootstrap } from "./metrics.ts";
import { holds } from "./phrase.ts";

type Flags = readonly boolean[];

/** What one answer's citations are worth. */
export interface CitedAnswer {
  /** Per sentence that claims something. */
  readonly exact: Flags;
  readonly passage: Flags;
  readonly highlight: Flags;
  /** It cites nothing and claims nothing: "nothing in your documents answers this". */
  readonly refused: boolean;
}

export interface Asking {
  readonly mode: "quotes" | "documents";
  readonly filter: SearchFilter;
  readonly includePrivate: boolean;
}

/** Asks as a person would, outside of any conversation, and checks each citation against the document itself. @throws LorekeepError that the answer failed with */
export async function citedAnswer(question: KnownQuestion, asking: Asking, means: EvaluationMeans, signal: AbortSignal): Promise<CitedAnswer> {
  const answered = await answerOf(question, asking, means.answering, signal);
  if (answered.error) throw asError(answered.error);
  const claims = answered.sentences.filter(({ claim }) => claim);
  const phrase = question.expectPhrase;
  const sourceText = (number: number) => answered.sources.find((source) => source.number === number)?.text ?? "";
  return {
    exact: await Promise.all(claims.map((sentence) => isExact(sentence, answered, means))),
    passage: phrase === undefined ? [] : claims.map(({ citations }) => citations.some(({ source }) => holds(sourceText(source), phrase))),
    highlight: phrase === undefined ? [] : claims.map(({ citations }) => citations.some(({ text }) => holds(text, phrase))),
    refused: !claims.some(({ citations }) => citations.length > 0),
  };
}

async function answerOf({ question }: KnownQuestion, { mode, filter, includePrivate }: Asking, means: AnswerMeans, signal: AbortSignal): Promise<Answered> {
  const answered = await answerQuestion({ text: question, path: [], options: { mode, adapters: [], filter, sampling: { temperature: 0, seed: 1 } }, unlocked: includePrivate }, means, silent, signal);
  signal.throwIfAborted();
  return answered;
}

/** The words of a citation stand at its range in what the reader found, and inside the source that is named. */
async function isExact({ citations }: Answered["sentences"][number], { sources }: Answered, { library }: EvaluationMeans): Promise<boolean> {
  for (const { source: number, range, text } of citations) {
    const source = sources.find((one) => one.number === number);
    if (!source || range.start < source.range.start || range.end > source.range.end) continue;
    const { blocks } = await library.parts.shelf.read(source.passage.documentId);
    if (documentText(blocks).slice(range.start, range.end) === text) return true;
  }
  return false;
}

const share = (flags: Flags) => bootstrap(flags.map(Number));

export function citationReport(mode: Asking["mode"], answers: readonly CitedAnswer[]): NonNullable<RetrievalReport["citations"]> {
  const answered = answers.filter(({ refused }) => !refused);
  const all = (pick: (answer: CitedAnswer) => Flags) => answered.flatMap(pick);
  return {
    mode, answers: answered.length, sentences: all(({ exact }) => exact).length,
    exact: share(all(({ exact }) => exact)), sentencePassage: share(all(({ passage }) => passage)), sentenceHighlight: share(all(({ highlight }) => highlight)),
    passage: share(answered.map(({ passage }) => passage.includes(true))), highlight: share(answered.map(({ highlight }) => highlight.includes(true))),
    firstPassage: share(answered.map(({ passage }) => passage[0] ?? false)), firstHighlight: share(answered.map(({ highlight }) => highlight[0] ?? false)),
  };
}
