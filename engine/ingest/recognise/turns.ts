import type { Rect } from "../../contract/document.ts";
import type { RecognisedParagraph } from "../../workers/ocr/contract.ts";

/** Degrees, clockwise, by which a picture is turned before it is read. */
export type Turn = 0 | 90 | 180 | 270;

/** What is tried with a picture that may lie on its side or upside down, the likeliest first. */
export const OTHER_TURNS: readonly Turn[] = [90, 270, 180];

/** Upright text is read with a mean confidence around .95, also where it is noisy; lying or standing on its head it comes out around .5. */
const UNSURE = 0.7;
/** A word that is read for sure. */
const SURE = 0.7;
/** Letters read for sure that no picture gives by chance in a wrong direction. */
const ENOUGH = 30;
/** A turn must read this many times as much for sure, or the picture stays as it is. */
const CLEARLY = 1.5;

type Paragraphs = readonly RecognisedParagraph[];

const wordsOf = (paragraphs: Paragraphs) => paragraphs.flatMap(({ lines }) => lines.flat());

/** Mean confidence by letters, 0..1; undefined where there is no word. */
function meanConfidence(paragraphs: Paragraphs): number | undefined {
  const words = wordsOf(paragraphs);
  const letters = words.reduce((sum, { text }) => sum + text.length, 0);
  return letters === 0 ? undefined : words.reduce((sum, { text, confidence }) => sum + text.length * confidence, 0) / letters;
}

/** Something was read, and so badly that it may have been read in the wrong direction. A picture without any word holds no text. */
export const mayLieTurned = (paragraphs: Paragraphs): boolean => (meanConfidence(paragraphs) ?? 1) < UNSURE;

/** So much was read so well that no other direction can be right. */
export const isRightWayRound = (paragraphs: Paragraphs): boolean => (meanConfidence(paragraphs) ?? 0) >= UNSURE && sureLetters(paragraphs) >= ENOUGH;

/** Letters and digits in words of at least two that were read for sure. */
export function sureLetters(paragraphs: Paragraphs): number {
  return wordsOf(paragraphs).reduce((sum, { text, confidence }) => {
    const letters = text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
    return sum + (confidence >= SURE && letters > 1 ? letters : 0);
  }, 0);
}

/** Whether `turned` is what a person would call the right way round, seen from `before`. */
export const readsBetter = (turned: Paragraphs, before: Paragraphs): boolean => sureLetters(turned) > sureLetters(before) * CLEARLY;

/** A box in a picture of `width` by `height` that was turned by `turn`, in the picture as it was before. */
export function turnedBack([x, y, w, h]: Rect, { turn, width, height }: { turn: Turn; width: number; height: number }): Rect {
  switch (turn) {
    case 0: return [x, y, w, h];
    case 90: return [y, width - x - w, h, w];
    case 180: return [width - x - w, height - y - h, w, h];
    case 270: return [height - y - h, x, h, w];
  }
}
