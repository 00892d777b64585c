import { eld } from "eld/extrasmall";

/** Enough for a sure answer, little enough to cost nothing. */
const SAMPLE = 4000;

/** ISO 639-1 of what a text is mostly written in; undefined where that is not sure (tables, code, a few words). */
export function detectLanguage(text: string): string | undefined {
  // The beginning is often a title page or an abstract in another language; the middle is the text itself.
  const start = Math.max(0, Math.floor(text.length / 2) - SAMPLE / 2);
  const found = eld.detect(text.slice(start, start + SAMPLE));
  return found.language !== "" && found.isReliable() ? found.language : undefined;
}
