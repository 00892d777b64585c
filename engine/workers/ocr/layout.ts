import { normaliseLine } from "../../base/normalise.ts";
import type { RecognisedParagraph, RecognisedWord } from "./contract.ts";
import type { ReadPage } from "./tesseract.ts";

/** A word below this is a guess at a stain. */
const MIN_WORD = 0.2;
/** A paragraph below this mean is what layout analysis made of a photograph. */
const MIN_PARAGRAPH = 0.45;

/** Tesseract's blocks as paragraphs in its reading order, without what is no text; the boxes lie on the picture as it was given. */
export function paragraphsOf({ blocks, rotateRadians, width, height }: ReadPage): RecognisedParagraph[] {
  const upright = unrotate(rotateRadians, width, height);
  const paragraphs = (blocks ?? []).flatMap((block) => block.paragraphs);
  return paragraphs.flatMap((paragraph) => {
    const lines = paragraph.lines.map((line) => line.words.flatMap(({ text, confidence, bbox }): RecognisedWord[] => {
      const said = normaliseLine(text);
      return said === "" || confidence / 100 < MIN_WORD ? [] : [{ text: said, confidence: confidence / 100, box: upright([bbox.x0, bbox.y0, bbox.x1, bbox.y1]) }];
    })).filter((line) => line.length > 0);
    return isText(lines.flat()) ? [{ lines }] : [];
  });
}

function isText(words: readonly RecognisedWord[]): boolean {
  if (!words.some(({ text }) => /[\p{L}\p{N}]/u.test(text))) return false;
  return words.reduce((sum, { confidence }) => sum + confidence, 0) / words.length >= MIN_PARAGRAPH;
}

/** Tesseract turned the picture around its middle by `angle` before it read; this turns a box's middle back and keeps its size. */
function unrotate(angle: number, width: number, height: number): (corners: readonly [number, number, number, number]) => RecognisedWord["box"] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return ([x0, y0, x1, y1]) => {
    const [dx, dy] = [(x0 + x1) / 2 - width / 2, (y0 + y1) / 2 - height / 2];
    const [x, y] = [width / 2 + dx * cos + dy * sin, height / 2 - dx * sin + dy * cos];
    return [x - (x1 - x0) / 2, y - (y1 - y0) / 2, x1 - x0, y1 - y0];
  };
}
