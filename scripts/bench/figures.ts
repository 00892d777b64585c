/** The figures of one question's ranking of passages: documents where documents are judged, the answer's span where that is known. */
import type { Passage } from "../../engine/contract/search.ts";
import { holds as holdsPhrase } from "../../engine/evaluation/phrase.ts";
import { ndcg, recall, reciprocalRank } from "../../engine/evaluation/metrics.ts";
import type { Collection, Question } from "./collections.ts";

type Where = Pick<Passage, "documentId" | "range" | "text">;

export const holds = ({ documentId, range }: Where, { relevant, span }: Question): boolean =>
  relevant.has(documentId) && span !== undefined && range.start <= span.start && range.end >= span.end;

/** The answer's words in the right document, wherever they stand there: a later sentence may answer as well as the one the question was made from. */
const says = ({ documentId, text }: Where, { relevant, answer }: Question): boolean => relevant.has(documentId) && answer !== undefined && holdsPhrase(text, answer);

const hasSpans = ({ questions }: Collection): boolean => questions.some(({ span }) => span);

/** Names of what {@link figures} gives for each of the collection's questions. */
export const headOf = (collection: Collection): readonly string[] => (hasSpans(collection) ? ["answer's own place in the first", "in the first five", "answer's words in the first", "in the first five"] : ["nDCG@10", "recall@10", "recall@100", "MRR@10"]);

export function figures(order: readonly Where[], question: Question): number[] {
  if (question.span) return [holds, says].flatMap((right) => [1, 5].map((depth) => Number(order.slice(0, depth).some((one) => right(one, question)))));
  const ranking = [...new Set(order.map(({ documentId }) => documentId))];
  return [ndcg(ranking, question.relevant, 10), recall(ranking, question.relevant, 10), recall(ranking, question.relevant, 100), reciprocalRank(ranking, question.relevant, 10)];
}
