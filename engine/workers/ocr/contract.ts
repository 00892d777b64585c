import { oc } from "@orpc/contract";
import { z } from "zod";

/** x, y, width, height in pixels of the picture, origin top left. */
const box = z.tuple([z.number(), z.number(), z.number(), z.number()]);

/** Word confidence is Tesseract's, 0..1. */
const word = z.object({ text: z.string(), confidence: z.number(), box });
export type RecognisedWord = z.infer<typeof word>;

/** Lines of words, as the layout analysis found them. */
const paragraph = z.object({ lines: z.array(z.array(word)) });
export type RecognisedParagraph = z.infer<typeof paragraph>;

export const recognised = z.object({ paragraphs: z.array(paragraph), /** Radians by which the text leans, clockwise. */ skew: z.number() });
export type Recognised = z.infer<typeof recognised>;

export const ocrContract = {
  /**
   * The words of one picture in reading order. One call is one picture: a caller that is killed between two has lost none.
   * `languages` as Tesseract names them; their data comes with the program, or lies in `folder` as <name>.traineddata(.gz).
   */
  recognise: oc
    .input(z.object({ /** Base64. */ png: z.string(), languages: z.array(z.string().regex(/^[a-zA-Z_]{3,12}$/)).min(1), folder: z.string() }))
    .output(recognised),
};
