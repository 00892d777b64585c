import type { AnswerSentence } from "../../engine/contract/index.ts";
import { jsonPieces, type JsonPiece } from "../markdown/json.ts";

/** A piece of a JSON answer. `sentence`: which one it belongs to; `chips`: the sentences whose citations stand behind it. */
export interface AnswerPiece extends JsonPiece { readonly sentence: number; readonly chips: readonly number[] }

/** A JSON answer's pieces, strings cut where one sentence ends within them; the citations of a sentence stand behind its longest stretch of words. */
export function answerPieces(text: string, sentences: readonly AnswerSentence[]): AnswerPiece[] {
  const pieces = jsonPieces(text).flatMap((piece) => cut(piece, sentences)).map((piece) => ({ ...piece, sentence: piece.range ? sentences.findIndex(({ range }) => (piece.range?.start ?? 0) < range.end && (piece.range?.end ?? 0) > range.start) : -1 }));
  const anchors = sentences.map((_, sentence) => {
    const own = pieces.filter((piece) => piece.sentence === sentence);
    const words = own.filter(({ kind }) => kind === "string");
    return words.reduce<typeof pieces[number] | undefined>((longest, piece) => (longest && longest.text.length >= piece.text.length ? longest : piece), undefined) ?? own.at(-1);
  });
  return pieces.map((piece) => ({ ...piece, chips: anchors.flatMap((anchor, sentence) => (anchor === piece ? [sentence] : [])) }));
}

/** A closing quotation mark alone stays with the words before it. */
function cut(piece: JsonPiece, sentences: readonly AnswerSentence[]): JsonPiece[] {
  const { kind, text, range } = piece;
  if (kind !== "string" || !range) return [piece];
  const ends = sentences.map(({ range: { end } }) => end - range.start).filter((end) => end > 1 && end < text.length && !/^\s*"?$/u.test(text.slice(end)));
  return [0, ...ends].map((from, i) => {
    const to = ends[i] ?? text.length;
    return { kind, text: text.slice(from, to), range: { start: range.start + from, end: range.start + to } };
  });
}
