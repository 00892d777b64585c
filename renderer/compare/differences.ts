import { diffWordsWithSpace } from "diff";

export interface Piece { readonly text: string; /** The other answer does not have it here. */ readonly own: boolean }

/** Letters beyond which nothing is marked: the comparison of words is quadratic where two texts share little. */
const LONGEST = 20_000;

/** An answer in pieces: what it shares with the other, and what is its own. */
export function differences(other: string, text: string): Piece[] {
  if (other.length + text.length > LONGEST) return [{ text, own: false }];
  return diffWordsWithSpace(other, text).filter(({ removed }) => !removed).map(({ value, added }) => ({ text: value, own: added }));
}
